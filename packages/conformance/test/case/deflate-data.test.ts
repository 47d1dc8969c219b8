import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { constants, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import {
  back,
  backFor,
  deflated,
  dynamic,
  dynamicWith,
  final,
  fixed,
  stored,
  type DeflateBlock,
  type DeflateItem,
} from "../../src/case/deflate-data.js";
import { octets, toHex } from "../../src/case/payload.js";

const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** What zlib makes of a payload; blocks behind a final one are not looked at. */
function inflated(...blocks: readonly DeflateBlock[]): Buffer {
  const payload = Buffer.concat([deflated(...blocks).pattern, TAIL]);
  return inflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH });
}

describe("the examples of RFC 7692 §7.2.3, octet by octet", () => {
  const hello = octets("Hello");
  for (const [name, blocks, digits] of [
    ["one message", [fixed("Hello")], "f248cdc9c90700"],
    ["sharing the window", [fixed("H", back(4, 5))], "f200110000"],
    ["no compression", [stored(hello)], "000500faff48656c6c6f00"],
    ["BFINAL set", [final(fixed("Hello"))], "f348cdc9c9070000"],
    ["two blocks", [fixed("He"), stored(octets("")), fixed("llo")], "f248050000 00ffffcac9c90700"],
    ["an empty message", [], "00"],
  ] as const) {
    test(name, () => assert.equal(toHex(deflated(...blocks).pattern), digits.replaceAll(" ", "")));
  }
});

const literal = fc.uint8Array({ minLength: 1, maxLength: 40 });
const reference = fc.record({
  length: fc.integer({ min: 3, max: 258 }),
  distance: fc.integer({ min: 1, max: 32_768 }),
});
/** A block of items whose references may reach back too far. */
const drawn = fc.record({
  type: fc.constantFrom("stored", "fixed", "dynamic"),
  items: fc.array(fc.oneof(literal, reference), { maxLength: 20 }),
});

test("whatever is written, zlib inflates it to what was meant", () => {
  fc.assert(
    fc.property(fc.array(drawn, { maxLength: 6 }), (blocks) => {
      const meant: number[] = [];
      const written = blocks.map(({ type, items }): DeflateBlock => {
        if (type === "stored") {
          const content = items.flatMap((item) => (item instanceof Uint8Array ? [...item] : []));
          meant.push(...content);
          return stored(octets(Uint8Array.from(content)));
        }
        const kept = items.filter((item) => append(meant, item));
        return type === "fixed" ? fixed(...kept) : dynamic(...kept);
      });
      assert.deepEqual([...inflated(...written)], meant);
    }),
  );
});

test("every length and every distance", () => {
  const before = Uint8Array.from({ length: 32_768 }, (_, at) => at % 251);
  for (const make of [fixed, dynamic]) {
    const meant = [...before];
    const items: DeflateItem[] = [];
    for (let length = 3; length <= 258; length++) items.push(back(length, 1));
    for (let bits = 0; bits < 15; bits++) {
      for (const distance of [1 << bits, (1 << bits) + 1, 2 << bits]) items.push(back(3, distance));
    }
    for (const item of items) assert.ok(append(meant, item));
    assert.deepEqual(inflated(stored(octets(before)), make(...items)), Buffer.from(meant));
  }
});

test("long repetitions are references of 258 octets, and what is left is no shorter than 3", () => {
  for (let length = 3; length <= 1100; length++) {
    const items = backFor(length, 1);
    const meant = [97];
    for (const item of items) append(meant, item);
    assert.equal(meant.length, 1 + length);
    assert.ok(items.every((item) => "distance" in item && item.length >= 3 && item.length <= 258));
  }
});

describe("what is no DEFLATE", () => {
  for (const [name, block, complaint] of [
    ["BTYPE 11", { type: "reserved" }, /invalid block type/],
    ["a wrong complement", stored(octets("Hello"), { complement: 0 }), /invalid stored block lengths/],
    [
      "a distance without meaning",
      fixed("Hello", { length: 3, distanceSymbol: 30 }),
      /invalid distance code/,
    ],
    [
      "too many short codes",
      dynamicWith({ literals: Array.from({ length: 286 }, () => 7), distances: [1] }),
      /invalid literal\/lengths set/,
    ],
    ["a reference to before the first octet", fixed("Hello", back(3, 6)), /too far back/],
  ] as const) {
    test(name, () => assert.throws(() => inflated(block), complaint));
  }
  test("cannot be written by mistake", () => {
    assert.throws(() => deflated(fixed(back(3, 0))), RangeError);
    assert.throws(() => deflated(dynamicWith({ literals: [1], distances: [1] }, "a")), RangeError);
  });
});

/** Appends what an item stands for; false where it refers to nothing. */
function append(meant: number[], item: DeflateItem): boolean {
  if (item instanceof Uint8Array) meant.push(...item);
  else {
    if (!("distance" in item) || item.distance > meant.length) return false;
    for (let count = 0; count < item.length; count++) meant.push(meant[meant.length - item.distance] ?? 0);
  }
  return true;
}
