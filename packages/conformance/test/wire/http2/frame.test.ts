import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeHttp2Frame,
  errorCode,
  errorName,
  Flag,
  FrameType,
  goawayPayload,
  Http2FrameReader,
  numberPayload,
  settingsPayload,
  typeName,
  type Http2Frame,
} from "../../../src/wire/http2/frame.js";

/** A frame, with its payload copied: it is only valid during the call. */
function copied(frame: Http2Frame): Http2Frame {
  return { ...frame, payload: Buffer.from(frame.payload) };
}

function frame(type: number, payload: Uint8Array = new Uint8Array(0), stream = 1, flags = 0): Http2Frame {
  return { type, flags, stream, payload: Buffer.from(payload) };
}

const SAMPLE: readonly Http2Frame[] = [
  frame(FrameType.settings, settingsPayload([[4, 2 ** 32 - 1]]), 0),
  frame(FrameType.data),
  frame(FrameType.data, Buffer.alloc(300, "x"), 0x7fff_ffff, Flag.endStream),
  frame(0xfe, Buffer.from("unknown")),
  frame(FrameType.ping, Buffer.alloc(8), 0, Flag.ack),
];

function read(chunks: Iterable<Uint8Array>, longest = 16_384): { frames: Http2Frame[]; tooLong: number[] } {
  const reader = new Http2FrameReader(longest);
  const frames: Http2Frame[] = [];
  const tooLong: number[] = [];
  for (const chunk of chunks) {
    const found = reader.push(chunk, (one) => frames.push(copied(one)));
    if (found !== null) tooLong.push(found);
  }
  return { frames, tooLong };
}

test("a frame is its length in three octets, type, flags, stream and payload (RFC 9113 §4.1)", () => {
  const octets = encodeHttp2Frame(frame(FrameType.windowUpdate, numberPayload(65_535), 3, 0x11));
  assert.equal(Buffer.from(octets).toString("hex"), "0000040811000000030000ffff");
});

test("payloads of settings, GOAWAY and numbers", () => {
  const settings = settingsPayload([
    [8, 1],
    [8, 0],
    [0xabcd, 2 ** 31],
  ]);
  assert.equal(Buffer.from(settings).toString("hex"), "000800000001000800000000abcd80000000");
  assert.equal(Buffer.from(goawayPayload(5, 13)).toString("hex"), "000000050000000d");
});

test("frames come out whole wherever the octets are cut", () => {
  const octets = Buffer.concat(SAMPLE.map(encodeHttp2Frame));
  for (let at = 0; at <= octets.length; at++) {
    assert.deepEqual(read([octets.subarray(0, at), octets.subarray(at)]).frames, SAMPLE, `cut at ${at}`);
  }
});

test("frames come out whole in pieces of every small length", () => {
  const octets = Buffer.concat([...SAMPLE, ...SAMPLE].map(encodeHttp2Frame));
  for (let length = 1; length <= 40; length++) {
    const chunks: Buffer[] = [];
    for (let at = 0; at < octets.length; at += length) chunks.push(octets.subarray(at, at + length));
    assert.deepEqual(read(chunks).frames, [...SAMPLE, ...SAMPLE], `in pieces of ${length}`);
  }
});

test("the reserved bit in front of the stream is ignored (RFC 9113 §4.1)", () => {
  const octets = Buffer.from(encodeHttp2Frame(frame(FrameType.data)));
  octets[5] = (octets[5] ?? 0) | 0x80;
  assert.deepEqual(read([octets]).frames, [frame(FrameType.data)]);
});

test("a frame of exactly the longest length is read, and none that is longer", () => {
  const fits = frame(FrameType.data, Buffer.alloc(100));
  const longer = frame(FrameType.data, Buffer.alloc(101));
  const octets = Buffer.concat([fits, longer, fits].map(encodeHttp2Frame));
  for (const chunks of [[octets], [...octets].map((octet) => Buffer.of(octet))]) {
    assert.deepEqual(read(chunks, 100), { frames: [fits], tooLong: [101] });
  }
});

test("16 MiB that are announced are not kept", () => {
  const header = Buffer.from("ffffff0000000000", "hex");
  assert.deepEqual(read([header, Buffer.of(1), Buffer.alloc(65_536)]), { frames: [], tooLong: [0xffffff] });
});

test("types and error codes have names, unknown ones a number", () => {
  assert.equal(typeName(FrameType.continuation), "CONTINUATION");
  assert.equal(typeName(0xfe), "type 0xfe");
  assert.equal(errorName(errorCode("ENHANCE_YOUR_CALM")), "ENHANCE_YOUR_CALM");
  assert.equal(errorName(0x99), "0x99");
  assert.throws(() => errorCode("NONE"), RangeError);
});
