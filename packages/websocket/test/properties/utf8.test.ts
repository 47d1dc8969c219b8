import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { test } from "node:test";

import fc from "fast-check";

import { Utf8Validator } from "../../src/protocol/utf8.js";

/** Octets that are text more often than chance has it: characters, pieces of them, and noise. */
const octets = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }).map((text) => Buffer.from(text)),
      fc.string({ unit: "grapheme", maxLength: 40 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 4, min: 0x80 }).map((noise) => Buffer.from(noise)),
    ),
    { maxLength: 6 },
  )
  .map((parts) => new Uint8Array(Buffer.concat(parts)));

const cuts = fc.array(fc.nat(200), { maxLength: 8 });

test("the validator agrees with Node's, however the text is cut", () => {
  fc.assert(
    fc.property(octets, cuts, (bytes, cuts) => {
      const validator = new Utf8Validator(isUtf8);
      const ends = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
      let at = 0;
      let isText = true;
      for (const end of [...ends, bytes.length]) {
        isText &&= validator.push(bytes, at, end);
        at = end;
      }
      assert.equal(isText && validator.isBetweenCharacters, isUtf8(bytes));
    }),
    { numRuns: 2000 },
  );
});

test("a text is refused at the first octet that no text can have there", () => {
  fc.assert(
    fc.property(octets, (bytes) => {
      const validator = new Utf8Validator(isUtf8);
      let refusedAt = bytes.length;
      for (let at = 0; at < bytes.length; at += 1) {
        if (!validator.push(bytes, at, at + 1)) {
          refusedAt = at;
          break;
        }
      }
      assert.equal(refusedAt, firstWrong(bytes));
    }),
    { numRuns: 1000 },
  );
});

/** The first octet after which nothing can make the text well-formed, by trying what could. */
function firstWrong(bytes: Uint8Array): number {
  for (let at = 0; at < bytes.length; at += 1) {
    const head = bytes.subarray(0, at + 1);
    const isHopeful = ENDINGS.some((ending) => isUtf8(Buffer.concat([head, ending])));
    if (!isHopeful) return at;
  }
  return bytes.length;
}

/** Any character in progress can be ended by one of these. */
const ENDINGS: readonly Uint8Array[] = [[], [0x80], [0xa0], [0x90]].flatMap((first) =>
  [0, 1, 2].map((more) => Uint8Array.from([...first, ...Array<number>(more).fill(0x80)])),
);
