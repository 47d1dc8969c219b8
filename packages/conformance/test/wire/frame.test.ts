import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  applyMask,
  encodeFrame,
  encodeHeader,
  shortestForm,
  type FrameHeader,
} from "../../src/wire/frame.js";

const KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);
const HELLO = Buffer.from("Hello");
const PLAIN: FrameHeader = { opcode: 1, fin: true, rsv: 0, length: 5, maskingKey: null };

describe("encodeHeader", () => {
  const table: readonly (readonly [name: string, header: FrameHeader, hex: string])[] = [
    ["a text frame", PLAIN, "8105"],
    ["FIN clear", { ...PLAIN, fin: false }, "0105"],
    ["all reserved bits", { ...PLAIN, rsv: 7 }, "f105"],
    ["RSV1 alone", { ...PLAIN, rsv: 4 }, "c105"],
    ["the highest opcode", { ...PLAIN, opcode: 15 }, "8f05"],
    ["a masking key", { ...PLAIN, maskingKey: KEY }, "818537fa213d"],
    ["125 octets", { ...PLAIN, length: 125 }, "817d"],
    ["126 octets", { ...PLAIN, length: 126 }, "817e007e"],
    ["65,535 octets", { ...PLAIN, length: 65_535 }, "817effff"],
    ["65,536 octets", { ...PLAIN, length: 65_536 }, "817f0000000000010000"],
    ["65,536 octets, masked", { ...PLAIN, length: 65_536, maskingKey: KEY }, "81ff000000000001000037fa213d"],
    ["five octets in 16 bits", { ...PLAIN, lengthForm: 16 }, "817e0005"],
    ["five octets in 64 bits", { ...PLAIN, lengthForm: 64 }, "817f0000000000000005"],
  ];
  for (const [name, header, hex] of table) {
    test(name, () => assert.equal(Buffer.from(encodeHeader(header)).toString("hex"), hex));
  }
});

test("the shortest form of a length changes at 126 and at 65,536 octets", () => {
  assert.deepEqual([0, 125, 126, 65_535, 65_536, 2 ** 40].map(shortestForm), [7, 7, 16, 16, 64, 64]);
});

describe("encodeFrame", () => {
  // The two examples of RFC 6455 §5.7.
  test("an unmasked text frame", () => {
    assert.equal(Buffer.from(encodeFrame(PLAIN, HELLO)).toString("hex"), "810548656c6c6f");
  });
  test("a masked text frame", () => {
    const octets = encodeFrame({ ...PLAIN, maskingKey: KEY }, HELLO);
    assert.equal(Buffer.from(octets).toString("hex"), "818537fa213d7f9f4d5158");
  });
  test("a payload of any length lies behind its header, masked", () => {
    for (const length of [0, 1, 125, 126, 127, 1000, 65_535, 65_536]) {
      const payload = Buffer.alloc(length, "payload");
      const octets = encodeFrame({ ...PLAIN, length, maskingKey: KEY }, payload);
      const head = encodeHeader({ ...PLAIN, length, maskingKey: KEY });
      assert.deepEqual(Buffer.from(octets.subarray(0, head.length)), Buffer.from(head));
      assert.equal(octets.length, head.length + length);
      const unmasked = octets.subarray(head.length).map((octet, index) => octet ^ (KEY[index % 4] ?? 0));
      assert.equal(Buffer.compare(unmasked, payload), 0, String(length));
    }
  });
  test("leaves the payload it was given as it was", () => {
    encodeFrame({ ...PLAIN, maskingKey: KEY }, HELLO);
    assert.equal(HELLO.toString(), "Hello");
  });
});

describe("applyMask", () => {
  const key = fc.uint8Array({ minLength: 4, maxLength: 4 });
  test("twice is nothing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), key, fc.nat(1000), (octets, maskingKey, offset) => {
        const masked = applyMask(octets.slice(), maskingKey, offset);
        assert.deepEqual(applyMask(masked, maskingKey, offset), octets);
      }),
    );
  });
  test("in two pieces is the same as at once", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), key, fc.nat(300), (octets, maskingKey, at) => {
        const whole = applyMask(octets.slice(), maskingKey);
        const first = applyMask(octets.slice(0, at), maskingKey);
        const second = applyMask(octets.slice(at), maskingKey, first.length);
        assert.deepEqual(Buffer.concat([first, second]), Buffer.from(whole));
      }),
    );
  });
  test("octet by octet and four at a time are the same, wherever the array lies and the payload begins", () => {
    for (const length of [0, 1, 3, 31, 32, 33, 35, 36, 37, 40, 67, 1000]) {
      for (let at = 0; at < 8; at++) {
        for (const offset of [0, 1, 2, 3, 4, 5, 8, 1001, 65_536]) {
          const around = Buffer.alloc(at + length + 8, 0xaa);
          const octets = around.subarray(at, at + length);
          octets.set(Array.from({ length }, (_, index) => (index * 7) % 256));
          const expected = Array.from(octets, (octet, index) => octet ^ (KEY[(offset + index) % 4] ?? 0));
          applyMask(octets, KEY, offset);
          assert.deepEqual([...octets], expected, `${length} at ${at} from ${offset}`);
          const beside = [...around.subarray(0, at), ...around.subarray(at + length)];
          assert.ok(beside.every((octet) => octet === 0xaa));
        }
      }
    }
  });
  test("the key may lie anywhere and stays as it is", () => {
    const around = Uint8Array.of(9, ...KEY, 9);
    const octets = applyMask(new Uint8Array(64), around.subarray(1, 5));
    assert.deepEqual([...octets], Array.from({ length: 16 }, () => [...KEY]).flat());
    assert.deepEqual([...around], [9, ...KEY, 9]);
  });
  test("returns the array it was given", () => {
    const octets = Uint8Array.of(1, 2, 3);
    assert.equal(applyMask(octets, KEY), octets);
  });
});
