import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { bytesOf, concat, hex, isRepeated, octets, repeat } from "../../src/case/payload.js";

describe("octets", () => {
  test("takes the UTF-8 of a string", () => {
    assert.deepEqual(bytesOf(octets("µ")), Uint8Array.of(0xc2, 0xb5));
  });
  test("takes octets as they are", () => {
    assert.deepEqual(bytesOf(octets(Uint8Array.of(0, 255))), Uint8Array.of(0, 255));
  });
  test("may be empty", () => {
    assert.equal(octets("").length, 0);
    assert.equal(bytesOf(octets("")).length, 0);
  });
});

describe("hex", () => {
  test("reads pairs of digits", () => {
    assert.deepEqual(bytesOf(hex("00fe7a")), Uint8Array.of(0x00, 0xfe, 0x7a));
  });
  test("reads nothing as nothing", () => {
    assert.equal(hex("").length, 0);
  });
  for (const wrong of ["0", "0g", "FE", "0x00", " 00", "00 01"]) {
    test(`throws on ${JSON.stringify(wrong)}`, () => {
      assert.throws(() => hex(wrong), RangeError);
    });
  }
});

describe("repeat", () => {
  const table: readonly (readonly [pattern: string, length: number, expected: string])[] = [
    ["ab", 4, "abab"],
    ["ab", 5, "ababa"],
    ["abc", 2, "ab"],
    ["abc", 0, ""],
    ["a", 1, "a"],
    ["", 3, "\0\0\0"],
  ];
  for (const [pattern, length, expected] of table) {
    test(`${JSON.stringify(pattern)} to ${length} octets`, () => {
      const payload = repeat(octets(pattern), length);
      assert.equal(payload.length, length);
      assert.equal(Buffer.from(bytesOf(payload)).toString(), expected);
    });
  }
  test("is told from a literal payload", () => {
    assert.equal(isRepeated(octets("abc")), false);
    assert.equal(isRepeated(repeat(octets("abc"), 3)), false);
    assert.equal(isRepeated(repeat(octets("abc"), 4)), true);
    assert.equal(isRepeated(repeat(octets("abc"), 2)), true);
  });
  test("every octet is that of the pattern at its place", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 300 }),
        (pattern, length) => {
          const bytes = bytesOf(repeat(octets(pattern), length));
          assert.deepEqual(
            [...bytes],
            Array.from({ length }, (_, index) => pattern[index % pattern.length]),
          );
        },
      ),
    );
  });
});

describe("concat", () => {
  test("joins literal and repeated payloads in order", () => {
    const joined = concat([octets("x"), repeat(octets("ab"), 3), octets(""), octets("y")]);
    assert.equal(Buffer.from(bytesOf(joined)).toString(), "xabay");
    assert.equal(joined.length, 5);
  });
  test("of nothing is empty", () => {
    assert.equal(concat([]).length, 0);
  });
  test("of one is that one", () => {
    const one = repeat(octets("*"), 1000);
    assert.equal(concat([one]), one);
  });
});
