import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeHuffman } from "../../../src/wire/http2/huffman.js";
import { HpackDecoder } from "../../../src/wire/http2/hpack.js";
import { Http2FrameReader, FrameType } from "../../../src/wire/http2/frame.js";
import { headsOfNode } from "./node-heads.js";

function decoded(hex: string): string | null {
  return decodeHuffman(Buffer.from(hex.replaceAll(" ", ""), "hex"))?.toString("latin1") ?? null;
}

test("strings of RFC 7541 (C.4, C.6)", () => {
  assert.equal(decoded("f1e3 c2e5 f23a 6ba0 ab90 f4ff"), "www.example.com");
  assert.equal(decoded("a8eb 1064 9cbf"), "no-cache");
  assert.equal(decoded("6402"), "302");
  assert.equal(decoded(""), "");
});

test("the end is at most seven bits of ones (RFC 7541 §5.2)", () => {
  // "0" is 00000.
  assert.equal(decoded("07"), "0");
  assert.equal(decoded("00"), null, "padding of zeros");
  assert.equal(decoded("06"), null, "padding that does not end in ones");
  assert.equal(decoded("07ff"), null, "eleven bits of padding");
  assert.equal(decoded("ff"), null, "eight bits of padding");
  // "X" is 11111100: nothing is left over.
  assert.equal(decoded("fc"), "X");
});

test("the code of EOS stands for nothing (RFC 7541 §5.2)", () => {
  assert.equal(decoded("ffff ffff"), null);
  assert.equal(decoded("07ff ffff fcff"), null);
});

test("the code of every octet is of its length, and no two are the same", () => {
  // The three octets with the longest codes, and those at the borders of others.
  assert.equal(decoded("ffff fff3"), "\n");
  assert.equal(decoded("ffff fff7"), "\r");
  assert.equal(decoded("ffff fffb"), "\x16");
  assert.equal(decoded("ffc7"), "\0");
  assert.equal(decoded("ffff fbbf"), "\xff");
});

test("what another encoder writes reads back: fields with every octet that it takes", async () => {
  const characters = Array.from({ length: 256 }, (_, octet) => String.fromCharCode(octet));
  // Node writes no control characters, and no blanks at the ends.
  const values = characters.filter((one) => one > " " && one !== "\x7f").map((one) => `a${one.repeat(20)}e`);
  const sent = values.map((value, at): [string, string] => [`x-${at}`, value]);
  const { octets } = await headsOfNode(sent);
  const decoder = new HpackDecoder();
  const read: (readonly [string, string])[] = [];
  new Http2FrameReader(16_384).push(octets, ({ type, payload }) => {
    if (type === FrameType.headers) read.push(...decoder.decode(payload));
  });
  const found = new Map(read);
  for (const [name, value] of sent) assert.equal(found.get(name), value, name);
});
