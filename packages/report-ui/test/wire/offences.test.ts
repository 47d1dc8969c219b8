import assert from "node:assert/strict";
import { test } from "node:test";

import type { FrameView } from "wireproof/page";
import { offences, type Offence } from "../../src/wire/offences.js";
import { frame, wireOf } from "../sample.js";

/** What is wrong with the frames that a server sends. */
function found(frames: readonly FrameView[], isCompressed = false): Offence[] {
  const wire = wireOf(frames.map((one) => ({ dir: "<" as const, frame: one })));
  return [...offences(wire, { role: "client", isCompressed }).values()];
}

test("legal frames are left alone", () => {
  const legal = [
    frame(1, "a", { fin: false }),
    frame(9, "ping"),
    frame(0, "\xc3\xa4"),
    frame(2, "\xff"),
    frame(10, ""),
    frame(8, "\x03\xe8bye"),
  ];
  assert.deepEqual(found(legal), []);
  assert.deepEqual(found([frame(1, "\x01\xff", { rsv: 4 })], true), []);
});

const HEADERS: readonly [string, readonly FrameView[], RegExp][] = [
  ["a reserved bit", [frame(1, "a", { rsv: 2 })], /reserved bit/],
  ["RSV1 on a control frame in spite of the extension", [frame(9, "a", { rsv: 4 })], /reserved bit/],
  ["a reserved opcode", [frame(11, "")], /reserved opcode/],
  ["a fragmented ping", [frame(9, "", { fin: false })], /fragmented control/],
  ["a long ping", [frame(9, "x".repeat(126))], /125/],
  ["a stray continuation", [frame(0, "a")], /nothing to continue/],
  ["a message in a message", [frame(1, "a", { fin: false }), frame(1, "b")], /has not ended/],
  ["a masking server", [frame(1, "a", { masked: true, mask: "00000000" })], /must not mask/],
  ["a frame behind Close", [frame(8, ""), frame(1, "a")], /follows a Close/],
];

for (const [name, frames, what] of HEADERS) {
  test(`${name} is an offence of the header`, () => {
    const [offence, ...more] = found(frames, true);
    assert.equal(more.length, 0);
    assert.equal(offence?.where, "header");
    assert.match(offence.what, what);
  });
}

test("a client that does not mask, seen by a tester that is the server", () => {
  const wire = wireOf([{ dir: "<", frame: frame(1, "a") }]);
  const [offence] = offences(wire, { role: "server", isCompressed: false }).values();
  assert.match(offence?.what ?? "", /a client must mask/);
});

test("the octet of a text that is no UTF-8, over fragments", () => {
  assert.equal(found([frame(1, "ab\xff")])[0]?.offset, 2);
  assert.equal(found([frame(1, "a\xc3", { fin: false }), frame(0, "\x28")])[0]?.offset, 0);
  assert.match(found([frame(1, "a\xe2\x82")])[0]?.what ?? "", /incomplete/);
  // Of a payload that was cut the end is not known.
  assert.deepEqual(found([frame(1, "a\xe2\x82", { length: 5000 })]), []);
});

test("close payloads", () => {
  const what = (payload: string): string | undefined => found([frame(8, payload)])[0]?.what;
  assert.match(what("\x03") ?? "", /incomplete close code/);
  assert.match(what("\x03\xe7") ?? "", /999/);
  assert.match(what("\x03\xed") ?? "", /1005/);
  assert.match(what("\x03\xe8\xff") ?? "", /reason/);
  assert.deepEqual([what("\x03\xf4"), what("\x0b\xb8"), what("")], [undefined, undefined, undefined]);
});
