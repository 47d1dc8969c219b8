import assert from "node:assert/strict";
import { test } from "node:test";

import { FrameReader, RSV1, encodeFrame } from "../../src/mutants/frames.js";
import type { Frame } from "../../src/mutants/frames.js";
import { bytes } from "../raw-client.js";

/** The key of the examples in RFC 6455 §5.7. */
const KEY = Buffer.of(0x37, 0xfa, 0x21, 0x3d);

function frameOf(opcode: number, payload: Buffer, key: Buffer | null = null): Frame {
  return { fin: true, rsv1: false, rsv: 0, opcode, key, payload };
}

test("a reader unmasks, and does not mind frames that are not masked", () => {
  // The two examples of RFC 6455 §5.7.
  const masked = bytes(0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58);
  const plain = bytes(0x01, 0x03, 0x48, 0x65, 0x6c);
  assert.deepEqual(read([bytes(masked, plain)]), [
    frameOf(1, Buffer.from("Hello"), KEY),
    { ...frameOf(1, Buffer.from("Hel")), fin: false },
  ]);
});

test("a reader says whether RSV1 is set, and an encoder sets it where it is added to the opcode", () => {
  const octets = encodeFrame(RSV1 | 2, Buffer.of(7));
  assert.deepEqual(octets, bytes(0xc2, 0x01, 0x07));
  assert.deepEqual(read([octets]), [{ ...frameOf(2, Buffer.of(7)), rsv1: true, rsv: 4 }]);
});

test("a reader takes every length form, cut at any place", () => {
  for (const length of [0, 1, 125, 126, 300, 65_535, 65_536]) {
    const payload = Buffer.alloc(length, 0x2a);
    const octets = bytes(encodeFrame(0xf, payload, KEY), encodeFrame(9, Buffer.of(1)));
    const expected = [frameOf(15, payload, KEY), frameOf(9, Buffer.of(1))];
    const cuts = [0, 1, 2, 3, 7, 9, 12, 13, 14, 15, octets.length - 4, octets.length - 1];
    for (const cut of cuts.filter((at) => at >= 0 && at < octets.length)) {
      assert.deepEqual(
        read([octets.subarray(0, cut), octets.subarray(cut)]),
        expected,
        `${length} at ${cut}`,
      );
    }
  }
});

test("a reader works octet by octet", () => {
  const octets = bytes(encodeFrame(2, Buffer.alloc(200, 3), KEY), encodeFrame(10, Buffer.alloc(0), KEY));
  const single = Array.from(octets, (octet) => Buffer.of(octet));
  assert.deepEqual(read(single), [frameOf(2, Buffer.alloc(200, 3), KEY), frameOf(10, Buffer.alloc(0), KEY)]);
});

test("a stopped reader reports nothing more, not even from the same chunk", () => {
  let frames = 0;
  const reader = new FrameReader(() => {
    frames += 1;
    reader.stop();
  });
  reader.push(bytes(0x81, 0x00, 0x81, 0x00));
  reader.push(bytes(0x81, 0x00));
  assert.equal(frames, 1);
});

test("an announced 2^63 octets do not bring a reader down", () => {
  assert.deepEqual(read([bytes(0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3)]), []);
});

test("frames are encoded with the shortest length form", () => {
  assert.deepEqual(encodeFrame(1, Buffer.from("Hello")), bytes(0x81, 0x05, Buffer.from("Hello")));
  assert.deepEqual(encodeFrame(10, Buffer.alloc(126)).subarray(0, 4), bytes(0x8a, 0x7e, 0x00, 0x7e));
  assert.deepEqual(encodeFrame(2, Buffer.alloc(65_535)).subarray(0, 4), bytes(0x82, 0x7e, 0xff, 0xff));
  const long = encodeFrame(2, Buffer.alloc(65_536));
  assert.deepEqual(long.subarray(0, 10), bytes(0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0));
  assert.equal(long.length, 10 + 65_536);
});

test("a masked frame has the mask bit, the key and the masked payload", () => {
  const expected = bytes(0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58);
  assert.deepEqual(encodeFrame(1, Buffer.from("Hello"), KEY), expected);
});

function read(chunks: readonly Buffer[]): Frame[] {
  const frames: Frame[] = [];
  const reader = new FrameReader((frame) => frames.push(frame));
  for (const chunk of chunks) reader.push(chunk);
  return frames;
}
