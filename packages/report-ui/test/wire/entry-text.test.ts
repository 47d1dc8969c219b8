import assert from "node:assert/strict";
import { test } from "node:test";

import { closeText, eventText, frameManner, payloadText, remarkText } from "../../src/wire/entry-text.js";
import { frame } from "../sample.js";

const payload = (text: string, length?: number): { hex: string; length: number } => {
  const octets = Buffer.from(text);
  return { hex: octets.toString("hex"), length: length ?? octets.length };
};

test("payloads as text where they are text, else in hexadecimal, always cut", () => {
  assert.equal(payloadText(payload("fragment1"), 20), "“fragment1”");
  assert.equal(payloadText(payload("fragment1"), 4), "“frag”…");
  assert.equal(payloadText({ hex: "ff00", length: 2 }, 20), "0xff00");
  assert.equal(payloadText({ hex: "ff".repeat(40), length: 40 }, 20), `0x${"ff".repeat(10)}…`);
  assert.equal(payloadText(payload("a\u001b[2J\u202e"), 40), "“a\\u{1b}[2J\\u{202e}”");
  // The cut splits a character: that is no reason not to show it as text.
  assert.equal(payloadText({ hex: "61e282", length: 900 }, 20), "“a”…");
});

test("close payloads: code and reason", () => {
  assert.equal(closeText({ hex: "", length: 0 }, 20), "without code");
  assert.equal(closeText({ hex: "03e8", length: 2 }, 20), "1000");
  assert.equal(closeText({ hex: "03e8676f", length: 4 }, 20), "1000 “go”");
  assert.equal(closeText({ hex: "03", length: 1 }, 20), "0x03");
});

test("events and remarks in words", () => {
  const facts = { length: 2, sha256: "0".repeat(64), head: "6869" };
  assert.deepEqual(eventText({ type: "pong", ...facts }), { name: "PONG", text: "“hi” 2 octets" });
  assert.equal(eventText({ type: "message", binary: true, ...facts }).name, "BINARY");
  assert.match(eventText({ type: "timeout", tag: "A" }).text, /A is over/);
  assert.match(
    remarkText({ dir: "=", timer: "wait", phase: "fired", seconds: 1, early: true }),
    /event came/,
  );
  assert.match(remarkText({ dir: "=", timer: "kill", phase: "fired", seconds: 1 }), /fails the connection/);
  assert.deepEqual(frameManner(frame(1, "a", { chop: 1, sync: true })), [
    "in writes of 1 octet",
    "in a separate write",
  ]);
});
