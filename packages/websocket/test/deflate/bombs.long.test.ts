import assert from "node:assert/strict";
import { test } from "node:test";
import { constants, createDeflateRaw } from "node:zlib";

import type { DeflateOptions } from "../../src/deflate/codec.js";
import { streamCounts } from "../../src/deflate/stream-pool.js";
import {
  LATER,
  OPTIONS,
  TOO_BIG,
  clientInflater,
  deflate,
  inflate,
  inflateTo,
  json,
  serverDeflater,
  suiteInBothModes,
} from "./support.js";

const MIB = 1024 * 1024;
const WAYS: [string, DeflateOptions][] = [
  ["at once", { ...OPTIONS, syncLimit: Number.POSITIVE_INFINITY }],
  ["at once, then later", OPTIONS],
  ["later", LATER],
];

suiteInBothModes("The limit holds", () => {
  for (const [how, options] of WAYS) {
    for (const hasTakeover of [false, true]) {
      const name = `${how}, ${hasTakeover ? "with" : "without"} context takeover`;

      test(`exactly the limit passes, one octet more does not, ${name}`, async () => {
        for (const octets of [1, 300, 65_535, 65_536, 65_537, 300_000, MIB]) {
          for (const message of [json(octets), Buffer.alloc(octets, "ab")]) {
            const payload = await deflate(serverDeflater(), message);
            const inflater = clientInflater(15, hasTakeover, options);
            const back = await inflateTo(inflater, payload, true, octets);
            assert.ok(message.equals(back as Buffer), `${octets} octets`);
            assert.equal(await inflateTo(inflater, payload, true, octets - 1), TOO_BIG);
            inflater.close();
          }
        }
      });

      test(`a limit of nothing lets nothing through, ${name}`, async () => {
        const inflater = clientInflater(15, hasTakeover, options);
        assert.equal((await inflateTo(inflater, Buffer.from([0]), true, 0)).length, 0);
        const payload = await deflate(serverDeflater(), Buffer.from("x"));
        assert.equal(await inflateTo(inflater, payload, true, 0), TOO_BIG);
      });

      test(`1 GiB out of 1 MiB costs the limit and one chunk, ${name}`, async () => {
        const bomb = await bombOf(1024);
        assert.ok(bomb.length < 1.1 * MIB);
        const inflater = clientInflater(15, hasTakeover, options);
        const before = memory();
        assert.equal(await inflateTo(inflater, bomb, true, 4 * MIB), TOO_BIG);
        const grown = memory() - before;
        assert.ok(grown < 16 * MIB, `grew by ${grown} octets`);
      });

      test(`a bomb in parts, ${name}`, async () => {
        const bomb = await bombOf(64);
        const inflater = clientInflater(15, hasTakeover, options);
        let octets = 0;
        for (let at = 0; ; at += 1000) {
          const part = await inflate(inflater, bomb.subarray(at, at + 1000), false, 3 * MIB - octets);
          if (!(part instanceof Uint8Array)) {
            assert.equal(part.id, TOO_BIG);
            break;
          }
          octets += part.length;
          assert.ok(octets <= 3 * MIB);
        }
        assert.ok(octets > 1.5 * MIB, "it was inflated up to the limit");
      });
    }
  }

  test("a bomb behind honest messages in one context", async () => {
    const deflater = serverDeflater(15, true);
    const inflater = clientInflater(15, true);
    for (let message = 0; message < 5; message++) {
      const back = await inflateTo(inflater, await deflate(deflater, json(300)), true, 1000);
      assert.ok(json(300).equals(back as Buffer));
    }
    const payload = await deflate(deflater, Buffer.alloc(5 * MIB));
    assert.equal(await inflateTo(inflater, payload, true, 1000), TOO_BIG);
    deflater.close();
  });

  test("bombs leave no stream behind", async () => {
    const bomb = await bombOf(8);
    const { lent } = streamCounts();
    for (let time = 0; time < 20; time++) {
      const inflater = clientInflater(15, time % 2 === 0, time % 3 === 0 ? LATER : OPTIONS);
      assert.equal(await inflateTo(inflater, bomb, true, MIB), TOO_BIG);
    }
    assert.equal(streamCounts().lent, lent);
  });
});

/** So many mebibytes of zeros, compressed. */
async function bombOf(mebibytes: number): Promise<Buffer> {
  bombs[mebibytes] ??= makeBomb(mebibytes);
  return bombs[mebibytes];
}

const bombs: Record<number, Promise<Buffer>> = {};

async function makeBomb(mebibytes: number): Promise<Buffer> {
  const stream = createDeflateRaw({ level: 6 });
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  const piece = Buffer.alloc(MIB);
  for (let piecesLeft = mebibytes; piecesLeft > 0; piecesLeft--)
    await new Promise((resolve) => stream.write(piece, resolve));
  await new Promise<void>((resolve) => stream.flush(constants.Z_SYNC_FLUSH, resolve));
  stream.destroy();
  return Buffer.concat(chunks).subarray(0, -4);
}

function memory(): number {
  const { external, arrayBuffers, heapUsed } = process.memoryUsage();
  return Math.max(external, arrayBuffers) + heapUsed;
}
