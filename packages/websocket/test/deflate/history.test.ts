import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { constants, inflateRawSync } from "node:zlib";

import fc from "fast-check";

import { History } from "../../src/deflate/history.js";

suite("History", () => {
  test("remembers the latest octets, as many as the window has", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 10 }),
        fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 12 }),
        (windowBits, appended) => {
          const history = new History(windowBits);
          let all = Buffer.alloc(0);
          for (const octets of appended) {
            history.append(octets);
            all = Buffer.concat([all, octets]);
            const latest = all.subarray(-(2 ** windowBits));
            assert.equal(history.octets, latest.length);
            assert.deepEqual(unpack(history), latest);
          }
        },
      ),
    );
  });

  test("a full window of 32 KiB fits in a block", () => {
    const history = new History(15);
    const octets = Buffer.alloc(100_000, "a window of many letters");
    history.append(octets);
    assert.deepEqual(unpack(history), octets.subarray(-32_768));
  });

  test("forgets", () => {
    const history = new History(9);
    history.append(Buffer.from("something"));
    history.clear();
    assert.equal(history.octets, 0);
    history.append(Buffer.from("else"));
    assert.deepEqual(unpack(history), Buffer.from("else"));
  });
});

function unpack(history: History): Buffer {
  return inflateRawSync(history.toStoredBlock(), { finishFlush: constants.Z_SYNC_FLUSH });
}
