import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { message } from "../../src/case/expect.js";
import { Opcode } from "../../src/case/opcode.js";
import { octets } from "../../src/case/payload.js";
import { viewOf } from "../../src/record/event-view.js";
import { ComparingReader, EventReader } from "../../src/tester/message-reader.js";
import type { EventView } from "../../src/record/record.js";

const EXPECTED = Buffer.from("0123456789abcdef");

/** What the event of a message is, made from the whole message at once. */
function eventOf(payload: Uint8Array, type: "text" | "binary"): EventView {
  return viewOf(message(octets(payload), type));
}

/** Reads pieces whose octets are gone after the call, as those of a connection are. */
function read(reader: ComparingReader | EventReader, pieces: readonly Uint8Array[]): readonly boolean[] {
  return pieces.map((piece) => {
    const passing = new Uint8Array(piece);
    const isValid = reader.push(passing);
    passing.fill(0xee);
    return isValid;
  });
}

describe("ComparingReader", () => {
  const table: readonly (readonly [name: string, came: string, same: boolean])[] = [
    ["the same", "0123456789abcdef", true],
    ["another first octet", "x123456789abcdef", false],
    ["another octet in the middle", "01234567x9abcdef", false],
    ["another last octet", "0123456789abcdex", false],
    ["shorter", "0123456789abcde", false],
    ["empty", "", false],
    ["longer", "0123456789abcdef0", false],
    ["longer and other", "x123456789abcdef0123456789abcdef", false],
    ["the same twice", "0123456789abcdef0123456789abcdef", false],
  ];
  for (const [name, came, same] of table) {
    test(`${name}, cut at every offset`, () => {
      const whole = Buffer.from(came);
      for (let at = 0; at <= whole.length; at++) {
        for (let to = at; to <= whole.length; to++) {
          const reader = new ComparingReader(EXPECTED, Opcode.text);
          const pieces = [whole.subarray(0, at), whole.subarray(at, to), whole.subarray(to)];
          assert.deepEqual(read(reader, pieces), [true, true, true]);
          assert.equal(reader.end(), true);
          assert.equal(reader.isSame, same);
          assert.deepEqual(reader.event(), eventOf(whole, "text"));
        }
      }
    });
  }
  test("an empty message is expected and comes", () => {
    const reader = new ComparingReader(new Uint8Array(0), Opcode.binary);
    assert.equal(reader.isSame, true);
    assert.deepEqual(reader.event(), eventOf(new Uint8Array(0), "binary"));
  });
  test("an empty message is expected and another comes", () => {
    const reader = new ComparingReader(new Uint8Array(0), Opcode.binary);
    read(reader, [Buffer.from("a")]);
    assert.equal(reader.isSame, false);
    assert.deepEqual(reader.event(), eventOf(Buffer.from("a"), "binary"));
  });
  test("what was expected is left as it was", () => {
    read(new ComparingReader(EXPECTED, Opcode.text), [Buffer.alloc(16, "z")]);
    assert.equal(EXPECTED.toString(), "0123456789abcdef");
  });
  test("any message, however it is cut", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.uint8Array({ maxLength: 40 }),
        fc.array(fc.nat(40), { maxLength: 6 }),
        (expected, came, cuts) => {
          const at = [0, ...cuts.filter((cut) => cut < came.length).sort((a, b) => a - b), came.length];
          const reader = new ComparingReader(expected, Opcode.binary);
          read(
            reader,
            at.slice(1).map((to, index) => came.subarray(at[index], to)),
          );
          assert.equal(reader.isSame, Buffer.compare(expected, came) === 0);
          assert.deepEqual(reader.event(), eventOf(came, "binary"));
        },
      ),
    );
  });
});

describe("EventReader", () => {
  test("text, cut inside a character", () => {
    const text = Buffer.from("aé😀z");
    for (let at = 0; at <= text.length; at++) {
      const reader = new EventReader(Opcode.text);
      assert.deepEqual(read(reader, [text.subarray(0, at), text.subarray(at)]), [true, true]);
      assert.equal(reader.end(), true);
      assert.deepEqual(reader.event(), eventOf(text, "text"));
    }
  });
  test("text that is invalid is noticed where it becomes so", () => {
    const reader = new EventReader(Opcode.text);
    assert.deepEqual(read(reader, [Buffer.from("ab"), Buffer.from("eda0", "hex")]), [true, false]);
    assert.equal(reader.end(), false);
  });
  test("text that is cut off is noticed at its end", () => {
    const reader = new EventReader(Opcode.text);
    assert.deepEqual(read(reader, [Buffer.from("ce", "hex")]), [true]);
    assert.equal(reader.end(), false);
  });
  test("binary messages may hold anything", () => {
    const reader = new EventReader(Opcode.binary);
    assert.deepEqual(read(reader, [Buffer.from("eda080ff", "hex")]), [true]);
    assert.equal(reader.end(), true);
    assert.deepEqual(reader.event(), eventOf(Buffer.from("eda080ff", "hex"), "binary"));
  });
});
