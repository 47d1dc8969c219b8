import assert from "node:assert/strict";
import { test } from "node:test";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";

import * as ws from "ws";

import {
  clientInflater,
  deflate,
  inflateTo,
  json,
  random,
  serverDeflater,
  suiteInBothModes,
} from "./support.js";

const TAIL = Buffer.from([0, 0, 0xff, 0xff]);
const MESSAGES = [
  Buffer.alloc(0),
  Buffer.from("x"),
  json(300),
  random(300),
  json(300),
  json(100_000),
  json(300),
];

suiteInBothModes("node:zlib and ws understand the same", () => {
  test("what we compress is a flushed deflate stream without its last four octets", async () => {
    const deflater = serverDeflater();
    for (const message of MESSAGES) {
      const payload = Buffer.concat([await deflate(deflater, message), TAIL]);
      const back = inflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH });
      assert.ok(message.equals(back));
    }
  });

  test("what node:zlib compresses is inflated, whatever its strategy", async () => {
    const inflater = clientInflater();
    for (const message of MESSAGES.slice(1)) {
      for (const strategy of [0, constants.Z_HUFFMAN_ONLY, constants.Z_RLE, constants.Z_FIXED]) {
        for (const level of [0, 1, 9]) {
          const flushed = deflateRawSync(message, { strategy, level, finishFlush: constants.Z_SYNC_FLUSH });
          const back = await inflateTo(inflater, flushed.subarray(0, -4));
          assert.ok(message.equals(back as Buffer), `strategy ${strategy}, level ${level}`);
        }
      }
    }
  });

  for (const hasTakeover of [false, true]) {
    for (const windowBits of [9, 12, 15]) {
      const how = `${windowBits} bits, ${hasTakeover ? "with" : "without"} context takeover`;

      test(`from us to ws, ${how}`, async () => {
        const theirs = peer(false, windowBits, hasTakeover);
        const ours = serverDeflater(windowBits, hasTakeover);
        for (const message of MESSAGES) {
          const back = await call(theirs, "decompress", await deflate(ours, message));
          assert.ok(message.equals(back));
        }
        theirs.cleanup();
        ours.close();
      });

      test(`from ws to us, ${how}`, async () => {
        const theirs = peer(true, windowBits, hasTakeover);
        const ours = clientInflater(windowBits, hasTakeover);
        for (const message of MESSAGES) {
          const back = await inflateTo(ours, await call(theirs, "compress", message));
          assert.ok(message.equals(back as Buffer));
        }
        theirs.cleanup();
        ours.close();
      });
    }
  }
});

/** What `@types/ws` does not know yet. */
interface PerMessageDeflate {
  accept(offers: readonly Record<string, unknown>[]): unknown;
  compress(data: Uint8Array, isLast: boolean, done: (error: Error | null, result: Buffer) => void): void;
  decompress(data: Uint8Array, isLast: boolean, done: (error: Error | null, result: Buffer) => void): void;
  cleanup(): void;
}

/** One side of `ws` after a handshake in which this was agreed on for the messages of the server. */
function peer(isServer: boolean, windowBits: number, hasTakeover: boolean): PerMessageDeflate {
  const { PerMessageDeflate: Class } = ws as unknown as {
    PerMessageDeflate: new (options: Record<string, unknown>) => PerMessageDeflate;
  };
  const peer = new Class({ isServer });
  const parameters: Record<string, unknown> = { server_max_window_bits: [String(windowBits)] };
  if (!hasTakeover) parameters["server_no_context_takeover"] = [true];
  peer.accept([parameters]);
  return peer;
}

async function call(
  peer: PerMessageDeflate,
  method: "compress" | "decompress",
  octets: Uint8Array,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    peer[method](octets, true, (error, result) => {
      if (error === null) resolve(Buffer.from(result));
      else reject(error);
    });
  });
}
