import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { DEFAULT_BUFFER, SendBuffer, sizeOf } from "../../src/reconnecting/buffer.js";
import type { BufferLimits } from "../../src/reconnecting/buffer.js";

const octets = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length);

function bufferOf(limits: Partial<BufferLimits>): SendBuffer {
  return new SendBuffer({ ...DEFAULT_BUFFER, ...limits });
}

function rest(buffer: SendBuffer): unknown[] {
  return Array.from({ length: buffer.messages }, () => buffer.shift());
}

test("messages come out in the order in which they went in", () => {
  const buffer = bufferOf({});
  for (const message of ["one", "two", octets(3)]) assert.deepEqual(buffer.add(message), []);
  assert.equal(buffer.messages, 3);
  assert.equal(buffer.octets, 9);
  assert.deepEqual(rest(buffer), ["one", "two", octets(3)]);
  assert.equal(buffer.octets, 0);
  assert.equal(buffer.shift(), undefined);
});

for (const onFull of ["drop-newest", "error"] as const)
  describe(onFull, () => {
    test("refuses what is one too many", () => {
      const buffer = bufferOf({ onFull, messages: 2 });
      buffer.add("one");
      buffer.add("two");
      assert.equal(buffer.add("three"), undefined);
      assert.deepEqual(rest(buffer), ["one", "two"]);
    });

    test("refuses octets beyond the limit, and takes smaller messages", () => {
      const buffer = bufferOf({ onFull, octets: 10 });
      buffer.add(octets(7));
      assert.equal(buffer.add(octets(4)), undefined);
      assert.deepEqual(buffer.add(octets(3)), []);
      assert.equal(buffer.octets, 10);
    });
  });

describe("drop-oldest", () => {
  test("drops as many as have to go", () => {
    const buffer = bufferOf({ onFull: "drop-oldest", octets: 10 });
    for (const length of [2, 3, 5]) buffer.add(octets(length));
    assert.deepEqual(buffer.add(octets(4)), [octets(2), octets(3)]);
    assert.deepEqual(rest(buffer), [octets(5), octets(4)]);
  });

  test("drops one for one where messages are counted", () => {
    const buffer = bufferOf({ onFull: "drop-oldest", messages: 2 });
    buffer.add("one");
    buffer.add("two");
    assert.deepEqual(buffer.add("three"), ["one"]);
  });

  test("drops nothing for a message that would not even fit alone", () => {
    const buffer = bufferOf({ onFull: "drop-oldest", octets: 10 });
    buffer.add("kept");
    assert.equal(buffer.add(octets(11)), undefined);
    assert.deepEqual(rest(buffer), ["kept"]);
  });
});

test("a buffer without room takes nothing", () => {
  for (const onFull of ["drop-oldest", "drop-newest", "error"] as const) {
    assert.equal(bufferOf({ onFull, messages: 0 }).add(""), undefined);
    assert.equal(bufferOf({ onFull, octets: 0 }).add("x"), undefined);
  }
});

test("text is counted in UTF-8", () => {
  for (const text of ["", "ascii", "naïve", "\u07ff\u0800", "漢字", "😀", "a😀b"])
    assert.equal(sizeOf(text), Buffer.byteLength(text), JSON.stringify(text));
});
