import assert from "node:assert/strict";
import { test } from "node:test";

import { clampedShort, enforcedShort, toOctets, wrappedShort } from "../../src/web/convert.js";

test("[Clamp] rounds to the nearest, halves to the even one, and stays in the range", () => {
  for (const [value, short] of [
    [NaN, 0],
    [undefined, 0],
    [-5, 0],
    [Infinity, 65_535],
    [1.4, 1],
    [1.5, 2],
    [2.5, 2],
    [2.6, 3],
    ["1000", 1000],
  ] as const)
    assert.equal(clampedShort(value), short, String(value));
});

test("[EnforceRange] cuts fractions off and refuses what is outside", () => {
  assert.equal(enforcedShort(1000.9, "it"), 1000);
  assert.equal(enforcedShort(-0.5, "it"), 0);
  for (const value of [NaN, Infinity, -1, 65_536]) assert.throws(() => enforcedShort(value, "it"), TypeError);
});

test("an unsigned short without either wraps around", () => {
  for (const [value, short] of [
    [65_537, 1],
    [-1, 65_535],
    [Infinity, 0],
    [1.9, 1],
  ] as const)
    assert.equal(wrappedShort(value), short);
});

test("detached memory has no octets", () => {
  const view = new Uint8Array(8);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  assert.equal(toOctets(view)?.length, 0);
  assert.equal(toOctets(view.buffer)?.length, 0);
  assert.equal(toOctets("text"), undefined);
});
