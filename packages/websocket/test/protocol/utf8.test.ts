import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { test } from "node:test";

import { Utf8Validator } from "../../src/protocol/utf8.js";
import { fromHex } from "../support/frames.js";

const LONG = "0123456789abcdefghijklmnopqrstuvwxyz";

function push(octets: Uint8Array): boolean {
  return new Utf8Validator(isUtf8).push(octets, 0, octets.length);
}

test("characters of every length, at their bounds", () => {
  for (const text of ["\0\u007f", "\u0080\u07ff", "\u0800\ud7ff\ue000\uffff", "\u{10000}\u{10ffff}"]) {
    const octets = new Uint8Array(Buffer.from(text));
    const validator = new Utf8Validator(isUtf8);
    for (let at = 0; at < octets.length; at += 1) assert.ok(validator.push(octets, at, at + 1));
    assert.ok(validator.isBetweenCharacters);
    assert.ok(push(octets));
  }
});

test("a text is refused at the first octet that cannot be there", () => {
  const refused = [
    "80",
    "bf",
    "c0",
    "c1",
    "f5",
    "ff",
    "c2 41",
    "c2 c2",
    "e0 9f",
    "ed a0",
    "f0 8f",
    "f4 90",
    "e1 80 41",
    "e1 80 c0",
    "f1 80 80 41",
    "e1 7f",
    "f1 80 7f",
  ];
  for (const text of refused) {
    const octets = fromHex(text);
    const last = octets.length - 1;
    const validator = new Utf8Validator(isUtf8);
    assert.ok(validator.push(octets, 0, last), `${text} up to its last octet`);
    assert.ok(!validator.push(octets, last, last + 1), text);
    assert.ok(!push(octets), `${text} at once`);
    assert.ok(!push(Buffer.concat([Buffer.from(LONG), octets])), `${text} behind a long text`);
    assert.ok(!push(Buffer.concat([octets, Buffer.from(LONG)])), `${text} before a long text`);
  }
});

test("long pieces cut inside a character", () => {
  const octets = new Uint8Array(Buffer.from(`${LONG}é€😀`.repeat(3)));
  for (let cut = 0; cut <= octets.length; cut += 1) {
    const validator = new Utf8Validator(isUtf8);
    assert.ok(validator.push(octets, 0, cut), `up to ${cut}`);
    assert.equal(validator.isBetweenCharacters, isUtf8(octets.subarray(0, cut)), `cut at ${cut}`);
    assert.ok(validator.push(octets, cut, octets.length), `from ${cut}`);
    assert.ok(validator.isBetweenCharacters);
  }
});

test("a long piece that goes on wrongly with a character", () => {
  const validator = new Utf8Validator(isUtf8);
  assert.ok(validator.push(fromHex("e2 82"), 0, 2));
  const long = Buffer.from(LONG);
  assert.ok(!validator.push(long, 0, long.length));
});

test("a long piece that ends in octets which continue nothing", () => {
  assert.ok(!push(Buffer.concat([Buffer.from(LONG), fromHex("80 80 80 80")])));
});
