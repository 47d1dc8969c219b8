import assert from "node:assert/strict";
import { test } from "node:test";

import { rotateKey, unmask } from "../../src/protocol/mask.js";

const KEY = 0x44332211;
const KEY_OCTETS = [0x11, 0x22, 0x33, 0x44];

function expected(length: number): number[] {
  return Array.from({ length }, (_, at) => (at & 0xff) ^ KEY_OCTETS[at % 4]!);
}

function plain(length: number): number[] {
  return Array.from({ length }, (_, at) => at & 0xff);
}

test("every length and alignment comes out as octet by octet", () => {
  for (let offset = 0; offset < 5; offset += 1) {
    for (let length = 0; length < 80; length += 1) {
      const memory = new Uint8Array(100);
      const view = memory.subarray(offset);
      view.set(plain(length), 3);
      unmask(view, 3, 3 + length, KEY);
      assert.deepEqual([...view.subarray(3, 3 + length)], expected(length));
      const untouched = [...view.subarray(0, 3), ...view.subarray(3 + length)];
      assert.ok(
        untouched.every((octet) => octet === 0),
        `offset ${offset}, length ${length}`,
      );
    }
  }
});

test("memory that is too large to be remembered is unmasked likewise", () => {
  const large = new Uint8Array(1024 * 1024 + 7);
  large.set(plain(64), 1_000_001);
  unmask(large, 1_000_001, 1_000_065, KEY);
  unmask(large, 0, 64, KEY);
  assert.deepEqual([...large.subarray(1_000_001, 1_000_065)], expected(64));
  assert.deepEqual([...large.subarray(0, 4)], KEY_OCTETS);
});

test("two views of different memory in turn", () => {
  const first = Uint8Array.from(plain(64));
  const second = Uint8Array.from(plain(64));
  unmask(first, 0, 32, KEY);
  unmask(second, 0, 64, KEY);
  unmask(first, 32, 64, KEY);
  assert.deepEqual([...first], expected(64));
  assert.deepEqual([...second], expected(64));
});

test("a key turns by as many octets as were unmasked", () => {
  assert.equal(rotateKey(KEY, 0), KEY);
  assert.equal(rotateKey(KEY, 4), KEY);
  assert.equal(rotateKey(KEY, 1) >>> 0, 0x11443322);
  assert.equal(rotateKey(KEY, 2) >>> 0, 0x22114433);
  assert.equal(rotateKey(KEY, 7) >>> 0, 0x33221144);
});
