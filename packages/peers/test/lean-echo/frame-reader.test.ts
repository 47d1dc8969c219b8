import assert from "node:assert/strict";
import { test } from "node:test";

import { FrameReader } from "../../src/lean-echo/frame-reader.js";
import { bytes } from "../raw-client.js";

const KEY = bytes(0x37, 0xfa, 0x21, 0x3d);

test("frames of every form of the length are read, wherever they are cut", () => {
  const payloads = [0, 1, 125, 126, 300, 65_535, 65_536].map((length) => pattern(length));
  const octets = Buffer.concat(payloads.map((payload) => masked(payload)));
  for (const step of [octets.length, 1, 7, 1000, 65_537]) {
    const { frames, reader } = collecting();
    for (let at = 0; at < octets.length; at += step) {
      const chunk = octets.subarray(at, at + step);
      assert.equal(reader.push(chunk), chunk.length);
    }
    assert.equal(frames.length, payloads.length, `in pieces of ${step}`);
    for (const [index, payload] of payloads.entries()) {
      assert.ok(frames[index]?.equals(payload), `payload of ${payload.length}, in pieces of ${step}`);
    }
  }
});

test("reading stops where the sink wants no more, and goes on with the rest", () => {
  const octets = bytes(masked(Buffer.from("one")), masked(Buffer.from("two")));
  const { frames, reader } = collecting(() => false);
  assert.equal(reader.push(octets), octets.length / 2);
  assert.deepEqual(frames.map(String), ["one"]);
  assert.equal(reader.push(octets.subarray(octets.length / 2)), octets.length / 2);
  assert.deepEqual(frames.map(String), ["one", "two"]);
});

test("a header says what is in it", () => {
  const seen: unknown[] = [];
  const reader = new FrameReader({
    onHeader: (header) => {
      seen.push(header);
      return false;
    },
    place: () => assert.fail("no payload is wanted"),
    onEnd: () => assert.fail("no frame is wanted"),
  });
  reader.push(bytes(0x59, 0x7f, 0, 0, 0, 1, 0, 0, 0, 2));
  assert.deepEqual(seen, [{ fin: false, rsv: 5, opcode: 9, isMasked: false, length: 2 ** 32 + 2 }]);
});

function collecting(onEnd: () => boolean = () => true): { frames: Buffer[]; reader: FrameReader } {
  const frames: Buffer[] = [];
  let length = 0;
  // One octet in front, so that words in memory and in the payload begin at different places.
  let octets = Buffer.alloc(0);
  const reader = new FrameReader({
    onHeader: (header) => {
      octets = Buffer.alloc(1 + header.length);
      length = 0;
      return true;
    },
    place: (more) => {
      length += more;
      return { octets, at: 1 + length - more };
    },
    onEnd: () => {
      frames.push(octets.subarray(1));
      return onEnd();
    },
  });
  return { frames, reader };
}

function pattern(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 0xff));
}

function masked(payload: Buffer): Buffer {
  const hidden = Buffer.from(payload.map((octet, index) => octet ^ KEY[index & 3]!));
  return bytes(0x82, ...lengthOctets(payload.length), KEY, hidden);
}

function lengthOctets(length: number): readonly number[] {
  if (length <= 125) return [0x80 | length];
  if (length <= 0xffff) return [0xfe, length >> 8, length & 0xff];
  return [0xff, 0, 0, 0, 0, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff];
}
