import { SyncDeflate, SyncInflate } from "@wireproof/peers";
import { corpus } from "wireproof";
import type { DeflateLoad, Terms } from "./plays.js";

/** Consecutive pieces of a corpus, compressed on the same terms. */
export interface DeflateStream {
  readonly messages: DeflateLoad["messages"];
  readonly count: number;
  readonly terms: Terms;
}

/** CPU seconds a message. */
export interface StreamCost {
  readonly deflate: number;
  readonly inflate: number;
}

/** So much of a stream is tried, but a few messages at least. */
const TRIED_OCTETS = 512 * 1024;
const TRIED_MESSAGES = 6;
/** The largest window of DEFLATE. A message that fills it leaves nothing of those before. */
const WINDOW_OCTETS = 32 * 1024;
const LIMIT_OCTETS = 16 * 1024 * 1024;

/** What a stream costs in zlib, tried with some of its messages and Node's zlib working synchronously. */
export function streamCost({ messages, count, terms }: DeflateStream): StreamCost {
  const pieces = some(messages, count);
  const compressed: Uint8Array[] = [];
  const compressor = new SyncDeflate(terms.windowBits);
  const deflate = cpuSeconds(() => {
    for (const piece of pieces) {
      if (!terms.keepsContext) compressor.reset();
      compressed.push(compressor.deflate(piece).slice());
    }
  });
  compressor.close();
  const decompressor = new SyncInflate();
  const inflate = cpuSeconds(() => {
    for (const piece of compressed) decompressor.inflate(piece, LIMIT_OCTETS);
  });
  decompressor.close();
  return { deflate: deflate / pieces.length, inflate: inflate / pieces.length };
}

/** Pieces in a row, as context may reach from one to the next; where it cannot, pieces from all over the stream. */
function some({ corpus: name, length }: DeflateLoad["messages"], count: number): readonly Uint8Array[] {
  const ring = corpus(name);
  const tried = Math.min(count, Math.max(TRIED_MESSAGES, Math.ceil(TRIED_OCTETS / length)));
  const step = length >= WINDOW_OCTETS ? Math.floor(count / tried) : 1;
  return Array.from({ length: tried }, (_, index) =>
    ring.slice((index * step * length) % ring.units, length),
  );
}

function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
