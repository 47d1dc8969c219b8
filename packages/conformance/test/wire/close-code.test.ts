import assert from "node:assert/strict";
import { test } from "node:test";
import { isForbidden, isRegisteredLater, mayAppearOnTheWire } from "../../src/wire/close-code.js";

/** RFC 6455 §7.4.1 and §7.4.2, as ranges with both ends. */
const LEGAL: readonly (readonly [number, number])[] = [
  [1000, 1003],
  [1007, 1011],
  [3000, 4999],
];

test("a code may appear on the wire if the RFC defines it or leaves it to libraries and applications", () => {
  const wrong: number[] = [];
  for (let code = 0; code <= 0xffff; code++) {
    const legal = LEGAL.some(([from, to]) => code >= from && code <= to);
    if (mayAppearOnTheWire(code) !== legal) wrong.push(code);
  }
  assert.deepEqual(wrong, []);
});

test("three codes are forbidden on the wire", () => {
  const forbidden = Array.from({ length: 0x10000 }, (_, code) => code).filter(isForbidden);
  assert.deepEqual(forbidden, [1005, 1006, 1015]);
});

test("three codes were registered later", () => {
  const later = Array.from({ length: 0x10000 }, (_, code) => code).filter(isRegisteredLater);
  assert.deepEqual(later, [1012, 1013, 1014]);
});
