import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Opcode } from "../../src/case/opcode.js";
import { bytesOf, octets, repeat } from "../../src/case/payload.js";
import { fragments } from "../../src/play/fragments.js";
import type { Profile } from "../../src/record/record.js";

type Message = Parameters<typeof fragments>[0];

function message(length: number, fragmentSize: number): Message {
  return { opcode: Opcode.text, payload: bytesOf(repeat(octets("abc"), length)), fragmentSize };
}

function shapes(step: Message, profile: Profile): readonly string[] {
  return Array.from(
    fragments(step, profile),
    ({ opcode, fin, payload }) => `${opcode} ${payload.length}${fin ? " fin" : ""}`,
  );
}

describe("shapes", () => {
  const table: readonly (readonly [
    name: string,
    length: number,
    size: number,
    autobahn: string,
    modern: string,
  ])[] = [
    ["shorter than a fragment", 3, 4, "1 3 fin", "1 3 fin"],
    ["as long as a fragment", 4, 4, "1 4 fin", "1 4 fin"],
    ["empty", 0, 4, "1 0 fin", "1 0 fin"],
    ["one octet more", 5, 4, "1 4, 0 1 fin", "1 4, 0 1 fin"],
    ["a multiple", 8, 4, "1 4, 0 4, 0 0 fin", "1 4, 0 4 fin"],
    ["octet by octet", 3, 1, "1 1, 0 1, 0 1, 0 0 fin", "1 1, 0 1, 0 1 fin"],
  ];
  for (const [name, length, size, autobahn, modern] of table) {
    test(name, () => {
      assert.equal(shapes(message(length, size), "autobahn").join(", "), autobahn);
      assert.equal(shapes(message(length, size), "modern").join(", "), modern);
    });
  }
});

test("the fragments are the message, in order, and only the last one ends it", () => {
  fc.assert(
    fc.property(
      fc.nat(200),
      fc.integer({ min: 1, max: 50 }),
      fc.constantFrom<Profile>("autobahn", "modern"),
      (length, size, profile) => {
        const parts = [...fragments(message(length, size), profile)];
        const whole = Buffer.concat(parts.map(({ payload }) => payload));
        assert.equal(whole.toString(), Buffer.alloc(length, "abc").toString());
        assert.deepEqual(
          parts.findIndex(({ fin }) => fin),
          parts.length - 1,
        );
        assert.ok(parts.every(({ rsv }) => rsv === 0));
      },
    ),
  );
});

test("reserved bits are those of the first fragment", () => {
  const bits = (length: number, profile: Profile): readonly number[] =>
    Array.from(fragments({ ...message(length, 4), rsv: 4 }, profile), ({ rsv }) => rsv);
  assert.deepEqual([bits(3, "modern"), bits(8, "modern"), bits(8, "autobahn")], [[4], [4, 0], [4, 0, 0]]);
});

test("a message is cut nowhere without a size of fragments, and nothing of it is copied", () => {
  const cut = message(100_000, Number.POSITIVE_INFINITY);
  const parts = [...fragments(cut, "autobahn")];
  assert.deepEqual(parts, [{ opcode: Opcode.text, fin: true, rsv: 0, payload: cut.payload }]);
  for (const { payload } of fragments(message(9, 4), "modern")) assert.equal(payload.buffer.byteLength, 9);
});

test("a binary message begins with its own opcode", () => {
  const step: Message = { ...message(2, 1), opcode: Opcode.binary };
  assert.deepEqual(shapes(step, "modern"), ["2 1", "0 1 fin"]);
});
