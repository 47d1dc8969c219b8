import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { hasZeroPadBits, OpeningKeyTally } from "../../src/record/opening-keys.js";

function counted(value: number, at: number): string {
  const octets = Buffer.alloc(16);
  octets.writeUInt32BE(value, at);
  return octets.toString("base64");
}

test("random keys are fresh", () => {
  const tally = new OpeningKeyTally();
  for (let i = 0; i < 2000; i++) assert.equal(tally.add(randomBytes(16).toString("base64"), true), "fresh");
});

test("a key that comes again is repeated, even after ten thousand others", () => {
  const tally = new OpeningKeyTally();
  const first = randomBytes(16).toString("base64");
  tally.add(first, true);
  for (let i = 0; i < 10_001; i++) tally.add(randomBytes(16).toString("base64"), true);
  assert.equal(tally.add(first, true), "repeated");
});

for (const at of [0, 12]) {
  test(`a counter in the octets from ${at} on is seen at its second value`, () => {
    const tally = new OpeningKeyTally();
    assert.equal(tally.add(counted(1, at), true), "fresh");
    for (let i = 2; i < 300; i++) assert.equal(tally.add(counted(i, at), true), "similar");
  });
}

test("two halves that are the same, but not in the same place, say nothing", () => {
  const tally = new OpeningKeyTally();
  tally.add("AAAAAAAAAAABBBBBBBBBBA==", true);
  assert.equal(tally.add("BBBBBBBBBBAAAAAAAAAAAA==", true), "fresh");
});

test("pad bits", () => {
  for (let i = 0; i < 200; i++) assert.ok(hasZeroPadBits(randomBytes(16).toString("base64")));
  // The example of RFC 6455 §4.1 before erratum 3150.
  assert.ok(!hasZeroPadBits("AQIDBAUGBwgJCgsMDQ4PEC=="));
});

test("a key that was refused may come again, one of a connection that opened may not", () => {
  const tally = new OpeningKeyTally();
  const key = randomBytes(16).toString("base64");
  assert.equal(tally.add(key, false), "fresh");
  assert.equal(tally.add(key, false), "fresh");
  assert.equal(tally.add(key, true), "fresh");
  assert.equal(tally.add(key, false), "repeated");
});
