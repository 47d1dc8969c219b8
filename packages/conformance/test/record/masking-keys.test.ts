import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import { MaskingKeyLog, MaskingKeyTally, REMEMBERED_KEYS } from "../../src/record/masking-keys.js";
import { RECORDED_KEYS, type MaskingKeysRecord } from "../../src/record/record.js";

function logOf(keys: readonly Uint8Array[]): MaskingKeysRecord {
  const log = new MaskingKeyLog();
  for (const key of keys) log.push(key);
  return log.record ?? assert.fail("nothing was recorded");
}

function numbered(values: readonly number[], little = false): readonly Buffer[] {
  return values.map((value) => {
    const key = Buffer.alloc(4);
    if (little) key.writeUInt32LE(value);
    else key.writeUInt32BE(value);
    return key;
  });
}

describe("the masking keys of a connection", () => {
  test("there are none without a masked frame", () => {
    assert.equal(new MaskingKeyLog().record, undefined);
  });

  test("the first ones are kept, all are counted", () => {
    const keys = Array.from({ length: 1000 }, () => randomBytes(4));
    const { frames, keys: kept } = logOf(keys);
    assert.equal(frames, 1000);
    assert.deepEqual(
      kept,
      keys.slice(0, RECORDED_KEYS).map((key) => key.toString("hex")),
    );
  });

  for (const [what, values, foreseen] of [
    ["a fixed key", [7, 7, 7, 7], 2],
    ["a counter", [1, 2, 3, 4, 5], 3],
    ["a counter that goes down and wraps", [2, 0, 0xffff_fffe, 0xffff_fffc], 2],
    ["two keys", [1, 2], 0],
    ["keys without a pattern", [5, 1000, 17, 90_000], 0],
  ] as const) {
    test(`${what}: ${foreseen} were foreseen`, () => {
      assert.equal(logOf(numbered(values)).foreseen, foreseen);
      assert.equal(logOf(numbered(values, true)).foreseen, foreseen);
    });
  }
});

describe("the masking keys of a peer", () => {
  test("a key that comes again is found, on another connection too", () => {
    const tally = new MaskingKeyTally();
    assert.equal(tally.add(logOf(numbered([1, 500, 70]))), 0);
    assert.equal(tally.add(logOf(numbered([90, 500]))), 1);
    assert.equal(tally.add(logOf(numbered([1, 1, 1]))), 3);
    const { frames, sampled, repeats, followers, foreseen } = tally.facts;
    assert.deepEqual([frames, sampled, repeats, followers, foreseen], [8, 8, 4, 2, 1]);
  });

  test("bits are counted from the first on the wire, and so are their changes within a connection", () => {
    const tally = new MaskingKeyTally();
    tally.add(logOf(numbered([0x8000_0000, 0x8000_0001])));
    tally.add(logOf(numbered([0x0000_0001])));
    const { ones, pairs, flips } = tally.facts;
    assert.deepEqual([ones[0], ones[1], ones[31]], [2, 0, 2]);
    assert.deepEqual([pairs, flips[0], flips[31]], [1, 0, 1]);
  });

  test("no more keys are remembered than the limit", () => {
    const tally = new MaskingKeyTally();
    const connections = Math.ceil(REMEMBERED_KEYS / RECORDED_KEYS) + 10;
    for (let i = 0; i < connections; i++) {
      const keys = Array.from({ length: RECORDED_KEYS }, (_, n) => i * RECORDED_KEYS + n);
      tally.add({ frames: 40, keys: keys.map((key) => key.toString(16).padStart(8, "0")), foreseen: 0 });
    }
    assert.deepEqual([tally.facts.sampled, tally.facts.frames], [REMEMBERED_KEYS, 40 * connections]);
  });
});
