import assert from "node:assert/strict";
import { test } from "node:test";
import { newMaskingKey, newMaskingKeys } from "../../src/tester/masking-keys.js";

/** Keys enough to draw the pool anew several times. */
const COUNT = 20_000;

test("a key has four octets and stays as it is when later ones are drawn", () => {
  const keys = Array.from({ length: COUNT }, newMaskingKey);
  const before = keys.map((key) => Buffer.from(key).toString("hex"));
  for (let i = 0; i < COUNT; i++) newMaskingKey();
  assert.ok(keys.every(({ length }) => length === 4));
  assert.deepEqual(
    keys.map((key) => Buffer.from(key).toString("hex")),
    before,
  );
});

test("writing into one key does not change another", () => {
  const [first, second] = [newMaskingKey(), newMaskingKey()];
  const before = Buffer.from(second).toString("hex");
  first.fill(0);
  new Uint8Array(first.buffer).fill(0);
  assert.equal(Buffer.from(second).toString("hex"), before);
});

test("keys are not drawn twice, and every bit comes up both ways", () => {
  const keys = Array.from({ length: COUNT }, () => Buffer.from(newMaskingKey()).readUInt32BE());
  // By chance 0.05 of them are equal; a pool that is used twice, or the octets of zeros, would give thousands.
  assert.ok(new Set(keys).size > COUNT - 20);
  const set = keys.reduce((bits, key) => bits | key, 0) >>> 0;
  const clear = keys.reduce((bits, key) => bits | ~key, 0) >>> 0;
  assert.deepEqual([set, clear], [0xffffffff, 0xffffffff]);
});

test("many at once are as many, all different, and stay as they are", () => {
  for (const count of [0, 1, 1000, 4096, 4097, 10_000]) {
    const keys = newMaskingKeys(count);
    assert.equal(keys.length, 4 * count);
    const before = Buffer.from(keys).toString("hex");
    const more = newMaskingKeys(5000);
    assert.equal(Buffer.from(keys).toString("hex"), before);
    const words = [keys, more].flatMap((octets) => [...new Uint32Array(octets.buffer)]);
    assert.ok(new Set(words).size > words.length - 20);
  }
});
