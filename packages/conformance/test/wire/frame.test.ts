import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  encodeFrame,
  encodeFrames,
  encodeHeader,
  frameSpace,
  headerOctets,
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
    ["more than 32 bits hold", { ...PLAIN, length: 2 ** 40 + 0x01020304 }, "817f0000010001020304"],
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

describe("encodeFrames", () => {
  const LENGTHS = [0, 1, 5, 47, 48, 49, 125, 126, 255, 256, 257, 1000, 65_535, 65_536];

  test("gives what the frames are one by one, wherever each begins", () => {
    for (const first of LENGTHS) {
      const frames = [first, ...LENGTHS].map((length, index) => ({
        opcode: index % 3,
        fin: index % 2 === 0,
        rsv: index % 8,
        payload: Buffer.alloc(length, `payload ${index}`),
      }));
      const keys = Uint8Array.from({ length: 4 * frames.length }, (_, index) => (index * 37) % 251);
      for (const given of [null, keys]) {
        const single = frames.map((frame, index) => {
          const maskingKey = given?.slice(4 * index, 4 * index + 4) ?? null;
          return encodeFrame({ ...frame, length: frame.payload.length, maskingKey }, frame.payload);
        });
        const expected = Buffer.concat(single);
        // Full of something else, and longer than it has to be.
        const space = frameSpace(expected.length + 3);
        space.octets.fill(0xee);
        assert.equal(Buffer.compare(encodeFrames(frames, given, space), expected), 0, `from ${first}`);
        assert.deepEqual([...space.octets.subarray(expected.length)], [0xee, 0xee, 0xee]);
      }
    }
  });
  test("leaves the payloads as they were", () => {
    encodeFrames([{ opcode: 1, fin: true, rsv: 0, payload: HELLO }], KEY, frameSpace(20));
    assert.equal(HELLO.toString(), "Hello");
  });
  test("no frames are no octets", () => {
    assert.equal(encodeFrames([], new Uint8Array(0), frameSpace(10)).length, 0);
  });
});

test("the octets of a header are known before it is made", () => {
  for (const length of [0, 125, 126, 65_535, 65_536, 2 ** 33]) {
    for (const maskingKey of [null, KEY]) {
      const header = encodeHeader({ ...PLAIN, length, maskingKey });
      assert.equal(headerOctets(length, maskingKey !== null), header.length);
    }
  }
});
