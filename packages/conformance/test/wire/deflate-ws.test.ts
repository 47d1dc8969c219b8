import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { MessageDeflater } from "../../src/wire/deflate.js";
import { assertSame, inflater, inflateMessage, sampleMessages, WINDOWS } from "./deflate-kit.js";

/** The parts of ws's extension that are used here; ws does not export it, nor describe it. */
interface PerMessageDeflate {
  accept(parameters: readonly Record<string, readonly (string | true)[]>[]): unknown;
  compress(data: Buffer, fin: boolean, callback: (error: Error | null, data: Buffer) => void): void;
  decompress(data: Buffer, fin: boolean, callback: (error: Error | null, data: Buffer) => void): void;
  cleanup(): void;
}

const require = createRequire(import.meta.url);
const Extension = require(
  join(dirname(require.resolve("ws")), "lib", "permessage-deflate.js"),
) as new (options: { isServer: boolean }) => PerMessageDeflate;

describe("the permessage-deflate of ws", () => {
  for (const windowBits of WINDOWS) {
    for (const noContextTakeover of [false, true]) {
      for (const isServer of [true, false]) {
        const name = `${windowBits} bits, ${noContextTakeover ? "no " : ""}context takeover`;
        test(`${name}, ws as ${isServer ? "server" : "client"}`, async () => {
          const theirs = wsExtension(isServer, windowBits, noContextTakeover);
          const deflater = new MessageDeflater({ windowBits, noContextTakeover });
          const ours = inflater({ windowBits, noContextTakeover });
          for (const message of sampleMessages()) {
            const sent = Buffer.from(deflater.deflateSync(message));
            assertSame(await called((done) => theirs.decompress(sent, true, done)), message);
            const received = await called((done) => theirs.compress(message, true, done));
            assertSame(inflateMessage(ours, received), message);
          }
          assert.equal(ours.finish(), null);
          deflater.close();
          theirs.cleanup();
        });
      }
    }
  }
});

/** As if everything had been agreed for both directions. */
function wsExtension(isServer: boolean, windowBits: number, noContextTakeover: boolean): PerMessageDeflate {
  const extension = new Extension({ isServer });
  extension.accept([
    {
      server_max_window_bits: [String(windowBits)],
      client_max_window_bits: [String(windowBits)],
      ...(noContextTakeover
        ? { server_no_context_takeover: [true], client_no_context_takeover: [true] }
        : {}),
    },
  ]);
  return extension;
}

function called(run: (done: (error: Error | null, data: Buffer) => void) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    run((error, data) => (error === null ? resolve(data) : reject(error)));
  });
}
