import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { octetRing, textRing } from "../../src/corpora/ring.js";

const TEXT =
  "a–ü✓😀 plain ASCII in between, longer than the distance of two marks of the index, then ß€😀 ".repeat(3);
const UTF8 = new TextEncoder().encode(TEXT);
const CODE_POINTS = Array.from(TEXT);

describe("octets", () => {
  const octets = Uint8Array.from({ length: 10 }, (_, index) => index);
  const ring = octetRing(octets);

  test("a slice inside is a view", () => {
    const slice = ring.slice(2, 5);
    assert.deepEqual(slice, Uint8Array.of(2, 3, 4, 5, 6));
    assert.equal(slice.buffer, octets.buffer);
  });

  test("a slice up to the end does not wrap", () => {
    assert.deepEqual(ring.slice(7, 3), Uint8Array.of(7, 8, 9));
    assert.equal(ring.slice(7, 3).buffer, octets.buffer);
  });

  test("a slice past the end goes on at the beginning, in octets of its own", () => {
    const slice = ring.slice(8, 4);
    assert.deepEqual(slice, Uint8Array.of(8, 9, 0, 1));
    assert.notEqual(slice.buffer, octets.buffer);
  });

  test("a slice may be empty and may be all", () => {
    assert.equal(ring.slice(9, 0).length, 0);
    assert.deepEqual(ring.slice(3, 10), Uint8Array.of(3, 4, 5, 6, 7, 8, 9, 0, 1, 2));
  });

  test("what is not in the ring is refused", () => {
    const refused = [
      [10, 1],
      [-1, 1],
      [0.5, 1],
      [0, 11],
      [0, -1],
      [0, 1.5],
      [Number.NaN, 1],
    ] as const;
    for (const [from, length] of refused) assert.throws(() => ring.slice(from, length), RangeError);
  });
});

describe("text", () => {
  const ring = textRing(UTF8);

  test("units are code points, not octets and not UTF-16 code units", () => {
    assert.equal(ring.units, CODE_POINTS.length);
    assert.notEqual(ring.units, TEXT.length);
    assert.notEqual(ring.units, UTF8.length);
  });

  test("every slice of every start is what the string says", () => {
    const twice = [...CODE_POINTS, ...CODE_POINTS];
    for (let from = 0; from < ring.units; from += 1) {
      for (const length of [0, 1, 2, 63, 64, 65, ring.units - 1, ring.units]) {
        assert.equal(decoded(ring.slice(from, length)), twice.slice(from, from + length).join(""));
      }
    }
  });

  test("a slice that does not wrap is a view", () => {
    assert.equal(ring.slice(1, 3).buffer, UTF8.buffer);
  });

  test("text that is all ASCII has as many units as octets", () => {
    assert.equal(textRing(new TextEncoder().encode("plain")).units, 5);
  });
});

function decoded(utf8: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(utf8);
}
