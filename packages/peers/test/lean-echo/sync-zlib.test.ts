import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";

import { SyncDeflate, SyncInflate, TAIL } from "../../src/lean-echo/sync-zlib.js";
import { noise } from "../../src/mutants/noise.js";
import { bytes } from "../raw-client.js";

const LIMIT_OCTETS = 4 * 1024 * 1024;
const FLUSH = { finishFlush: constants.Z_SYNC_FLUSH };

test("what is compressed is what zlib decompresses, context and all", (context) => {
  const deflate = compressor(context, 15);
  const inflate = decompressor(context);
  const sizes = [0, 5, 70_000, 0, 0, 600_000, 1, 262_144];
  const messages = sizes.map((size) => noise(size));
  const compressed = messages.map((message) => Buffer.from(deflate.deflate(message)));
  for (const octets of compressed) assert.deepEqual(octets.subarray(-4), TAIL);
  assert.ok(inflateRawSync(Buffer.concat(compressed), FLUSH).equals(Buffer.concat(messages)));
  for (const [index, octets] of compressed.entries()) {
    assert.ok(decompressed(inflate, octets).equals(messages[index]!), `message of ${sizes[index]}`);
  }
});

test("after a reset nothing is referred to that came before", (context) => {
  const deflate = compressor(context, 15);
  const message = noise(1000);
  const first = Buffer.from(deflate.deflate(message));
  const repeated = Buffer.from(deflate.deflate(message));
  assert.ok(repeated.length < 100);
  deflate.reset();
  assert.deepEqual(Buffer.from(deflate.deflate(message)), first);
});

test("a small window is kept", (context) => {
  const half = noise(400);
  const message = Buffer.concat([half, half]);
  assert.ok(compressor(context, 10).deflate(message).length < 500);
  // 400 octets back is farther than zlib refers with 9 bits, and than 8 bits allow.
  for (const bits of [8, 9]) assert.ok(compressor(context, bits).deflate(message).length > 800);
});

test("a message whose last block is marked as the last is decompressed, and so is the one after it", (context) => {
  const inflate = decompressor(context);
  // RFC 7692 §7.2.3.4, with the tail behind it.
  const final = bytes(0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00, TAIL);
  assert.equal(String(decompressed(inflate, final)), "Hello");
  assert.equal(String(decompressed(inflate, final)), "Hello");
  assert.equal(String(decompressed(inflate, deflateRawSync("again", FLUSH))), "again");
});

test("nonsense is corrupt, also behind a last block", (context) => {
  const nonsense = [
    bytes(0xff, 0xff, 0xff),
    bytes(0x03, 0x00, 0xff, 0xff),
    deflateRawSync("x").subarray(0, 1),
  ];
  for (const octets of nonsense.slice(0, 2)) {
    assert.equal(decompressor(context).inflate(bytes(octets, TAIL), LIMIT_OCTETS), "corrupt");
  }
});

test("a message may be exactly as long as the limit", (context) => {
  const zeros = deflateRawSync(Buffer.alloc(LIMIT_OCTETS), FLUSH);
  assert.equal(decompressed(decompressor(context), zeros).length, LIMIT_OCTETS);
  assert.equal(decompressor(context).inflate(zeros, LIMIT_OCTETS - 1), "too-long");
  const bomb = deflateRawSync(Buffer.alloc(8 * LIMIT_OCTETS), FLUSH);
  assert.equal(decompressor(context).inflate(bomb, LIMIT_OCTETS), "too-long");
});

function compressor(context: TestContext, windowBits: number): SyncDeflate {
  const deflate = new SyncDeflate(windowBits);
  context.after(() => deflate.close());
  return deflate;
}

function decompressor(context: TestContext): SyncInflate {
  const inflate = new SyncInflate();
  context.after(() => inflate.close());
  return inflate;
}

function decompressed(inflate: SyncInflate, octets: Uint8Array): Buffer {
  const message = inflate.inflate(octets, LIMIT_OCTETS);
  if (typeof message === "string") assert.fail(message);
  return Buffer.from(message);
}
