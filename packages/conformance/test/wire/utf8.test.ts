import assert from "node:assert/strict";
import { isUtf8 as nodeIsUtf8 } from "node:buffer";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isUtf8, Utf8Validator } from "../../src/wire/utf8.js";
import { FACTS } from "../cases/facts.js";

/** Octets that reach the corners of UTF-8 more often than random ones do. */
const octets = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 10 }).map((value) => new Uint8Array(Buffer.from(value))),
  fc
    .array(
      fc.constantFrom(
        0,
        0x7f,
        0x80,
        0x8f,
        0x90,
        0x9f,
        0xa0,
        0xbf,
        0xc1,
        0xc2,
        0xdf,
        0xe0,
        0xed,
        0xef,
        0xf0,
        0xf4,
        0xf5,
      ),
      { maxLength: 6 },
    )
    .map((values) => Uint8Array.from(values)),
);

test("agrees with Node on any octets", () => {
  fc.assert(
    fc.property(octets, (bytes) => isUtf8(bytes) === nodeIsUtf8(bytes)),
    { numRuns: 500 },
  );
});

test("any chunking gives the same answer", () => {
  fc.assert(
    fc.property(octets, fc.array(fc.nat(40)), (bytes, cuts) => {
      const validator = new Utf8Validator();
      const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
      for (const [index, to] of at.slice(1).entries()) validator.push(bytes.subarray(at[index], to));
      assert.equal(validator.complete, nodeIsUtf8(bytes));
    }),
    { numRuns: 300 },
  );
});

test("a stream is given up exactly where no continuation could save it", () => {
  // Node cannot say so, but can be asked whether any ending makes the octets valid.
  const endings = ["", "80", "8080", "808080", "bf", "bfbf", "bfbfbf", "a080", "9080", "908080"].map((end) =>
    Buffer.from(end, "hex"),
  );
  fc.assert(
    fc.property(octets, (bytes) => {
      const validator = new Utf8Validator();
      const valid = validator.push(bytes);
      assert.equal(
        valid,
        endings.some((end) => nodeIsUtf8(Buffer.concat([bytes, end]))),
      );
      assert.equal(validator.valid, valid);
    }),
    { numRuns: 300 },
  );
});

describe("every single frame text of section 6", () => {
  const table = FACTS.flatMap(({ id, actions, expected }) => {
    const [first] = actions;
    if (!/^6\.([5-9]|1\d|2\d)\./.test(id) || first?.op !== "frame") return [];
    return [{ id, hex: first.payload.hex ?? "", valid: (expected["OK"] ?? []).length > 0 }];
  });
  test("there are 132 of them", () => assert.equal(table.length, 132));
  for (const { id, hex, valid } of table) {
    test(`${id}: ${hex} is ${valid ? "valid" : "invalid"}`, () => {
      const bytes = Buffer.from(hex, "hex");
      assert.equal(isUtf8(bytes), valid);
      const validator = new Utf8Validator();
      for (const octet of bytes) validator.push(Uint8Array.of(octet));
      assert.equal(validator.complete, valid);
    });
  }
});

describe("the octet at which a text becomes invalid", () => {
  const table: readonly (readonly [name: string, hex: string, at: number])[] = [
    ["stray continuation", "6180", 1],
    ["C0, which is never valid", "c0", 0],
    ["C1, which is never valid", "c1", 0],
    ["F5, which is never valid", "f5", 0],
    ["FF, which is never valid", "61ff", 1],
    ["overlong form of two octets less", "e09f", 1],
    ["overlong form behind F0", "f08f", 1],
    ["surrogate", "cebaeda080", 3],
    ["above U+10FFFF", "f490", 1],
    ["character cut short by ASCII", "c241", 1],
    ["third octet no continuation", "e28241", 2],
    ["fourth octet no continuation", "f09f9841", 3],
  ];
  for (const [name, hex, at] of table) {
    test(name, () => {
      const bytes = Buffer.from(hex, "hex");
      const validator = new Utf8Validator();
      assert.equal(validator.push(bytes.subarray(0, at)), true);
      assert.equal(validator.push(bytes.subarray(at, at + 1)), false);
      assert.equal(validator.push(Buffer.from("a")), false);
      assert.equal(validator.complete, false);
    });
  }
  test("an unfinished character is valid but not complete", () => {
    const validator = new Utf8Validator();
    validator.push(Buffer.from("e282", "hex"));
    assert.deepEqual([validator.valid, validator.complete], [true, false]);
    validator.push(Buffer.from("ac", "hex"));
    assert.deepEqual([validator.valid, validator.complete], [true, true]);
  });
});
