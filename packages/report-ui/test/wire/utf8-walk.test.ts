import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { Utf8Walk } from "../../src/wire/utf8-walk.js";

test("agrees with the platform on any octets, in one piece or octet by octet", () => {
  const octets = fc.uint8Array({ maxLength: 12 });
  fc.assert(
    fc.property(octets, (data) => {
      const whole = new Utf8Walk();
      const at = whole.push(data);
      assert.equal(at < 0 && whole.isComplete, isUtf8(data));
      const pieces = new Utf8Walk();
      const first = Array.from(data).findIndex((octet) => pieces.push(Uint8Array.of(octet)) >= 0);
      assert.equal(first, at);
    }),
    { numRuns: 2000 },
  );
});

test("names the first octet with which no text can go on", () => {
  const at = (hex: string): number => new Utf8Walk().push(Buffer.from(hex, "hex"));
  assert.equal(at("cebae1bdb9cf83cebcceb5eda080656469746564"), 12);
  assert.equal(at("f4908080"), 1);
  assert.equal(at("c080"), 0);
  assert.equal(at("e282ac"), -1);
});

function isUtf8(data: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(data);
    return true;
  } catch {
    return false;
  }
}
