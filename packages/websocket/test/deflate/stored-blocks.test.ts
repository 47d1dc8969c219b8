import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { constants, inflateRawSync } from "node:zlib";

import { MessageDeflater } from "../../src/deflate/message-deflater.js";
import { deflateWhole } from "../../src/deflate/message-deflater.js";
import type { StreamPool } from "../../src/deflate/stream-pool.js";
import { storedBlocks } from "../../src/deflate/stored-blocks.js";
import { Outcome } from "../../src/deflate/zlib-stream.js";
import type { Ran, ZlibStream } from "../../src/deflate/zlib-stream.js";
import { OPTIONS, clientInflater, deflate, inflateTo, random } from "./support.js";

const SIZES = [1, 300, 65_534, 65_535, 65_536, 131_070, 200_000];

suite("Stored blocks", () => {
  test("inflate to what went in, as a message and as a part of one", () => {
    const tail = Buffer.from([0, 0, 0xff, 0xff]);
    for (const size of SIZES) {
      const octets = random(size);
      for (const stored of [Buffer.concat([storedBlocks(octets, true), tail]), storedBlocks(octets, false)]) {
        assert.deepEqual(Buffer.from(stored.subarray(-4)), tail);
        assert.ok(octets.equals(inflateRawSync(stored, { finishFlush: constants.Z_SYNC_FLUSH })));
      }
    }
  });

  test("nothing is an empty block, or nothing", () => {
    assert.deepEqual(storedBlocks(Buffer.alloc(0), true), Uint8Array.of(0));
    assert.deepEqual(storedBlocks(Buffer.alloc(0), false), new Uint8Array(0));
  });

  test("stand in for the documented function when that fails", () => {
    const octets = random(300);
    // zlib takes no such level.
    const payload = deflateWhole(octets, { windowBits: 15, level: 99, memLevel: 8 });
    assert.deepEqual(payload, storedBlocks(octets, true));
  });

  test("stand in for zlib when it has no memory", async () => {
    for (const syncLimit of [100_000, -1]) {
      const pool = new PoolWithoutMemory();
      const settings = { ...OPTIONS, syncLimit, windowBits: 15, hasTakeover: true };
      const deflater = new MessageDeflater({ ...settings, pool: pool as unknown as StreamPool });
      const inflater = clientInflater();
      for (const isLast of [false, true]) {
        const octets = random(300);
        const back = await inflateTo(inflater, await deflate(deflater, octets, isLast), isLast);
        assert.ok(octets.equals(back as Buffer));
      }
      assert.deepEqual([pool.lent, pool.takenBack], [2, 2]);
    }
  });
});

class PoolWithoutMemory {
  lent = 0;
  takenBack = 0;

  lend(): ZlibStream {
    this.lent++;
    const failed: Ran = { outcome: Outcome.Broken, taken: 0, chunks: [], given: 0 };
    return {
      runNow: () => failed,
      run: (_input, _from, _to, _limit, done) => setImmediate(done, failed),
      isBusy: false,
      isBroken: true,
      reset: () => assert.fail("broken streams are not reset"),
      close: () => {},
    };
  }

  takeBack(): void {
    this.takenBack++;
  }
}
