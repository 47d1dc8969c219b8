import { constants, createDeflateRaw, deflateRawSync } from "node:zlib";
import { corpus, type CorpusName } from "../../src/corpora/corpus.js";

export type Context = "reset" | "kept";

/**
 * Compressed octets ÷ octets of messages of `length` units cut from the ring one after the other, as RFC 7692 §7.2.1
 * compresses them: level 6, sync flush, the last four octets taken off.
 */
export async function ratioOf(
  name: CorpusName,
  length: number,
  windowBits: number,
  context: Context,
): Promise<number> {
  const messages = messagesOf(name, length);
  const octets = messages.reduce((sum, message) => sum + message.length, 0);
  const compressed =
    context === "reset" ? compressApart(messages, windowBits) : await compressTogether(messages, windowBits);
  return (compressed - TAIL * messages.length) / octets;
}

/** All of the corpus in one piece. */
export function ratioOfWhole(name: CorpusName, windowBits: number): number {
  const { octets } = corpus(name);
  return deflateRawSync(octets, { windowBits }).length / octets.length;
}

const TAIL = 4;

/** As many as the original sends, but not more than go round the ring twice. */
function messagesOf(name: CorpusName, length: number): readonly Uint8Array[] {
  const { units, slice } = corpus(name);
  const count = Math.min(1000, Math.ceil((2 * units) / length));
  return Array.from({ length: count }, (_, index) => slice((index * length) % units, length));
}

function compressApart(messages: readonly Uint8Array[], windowBits: number): number {
  const options = { windowBits, finishFlush: constants.Z_SYNC_FLUSH };
  return messages.reduce((sum, message) => sum + deflateRawSync(message, options).length, 0);
}

async function compressTogether(messages: readonly Uint8Array[], windowBits: number): Promise<number> {
  const deflate = createDeflateRaw({ windowBits });
  let compressed = 0;
  deflate.on("data", (chunk: Uint8Array) => {
    compressed += chunk.length;
  });
  for (const message of messages) {
    deflate.write(message);
    await new Promise<void>((resolve) => {
      deflate.flush(constants.Z_SYNC_FLUSH, resolve);
    });
  }
  deflate.close();
  return compressed;
}
