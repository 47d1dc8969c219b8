import assert from "node:assert/strict";
import { test } from "node:test";
import { escapeText, quote, safeJson } from "../../src/report/escape.js";
import type { FrameView, WireEntry } from "../../src/record/wire-log.js";
import { eventText, wireLine } from "../../src/report/text.js";
import { closePayload, event, frame } from "./sample-run.js";

const sent = (view: FrameView): WireEntry => ({
  dir: ">",
  frame: { ...view, masked: true, mask: "01020304" },
});
const received = (view: FrameView): WireEntry => ({ dir: "<", frame: view });

const LINES: readonly (readonly [WireEntry, string])[] = [
  [sent(frame(1, "fragment1", { fin: false })), '> TEXT "fragment1" [9 octets, more to come]'],
  [received(frame(10, "pongme 1!")), '< PONG "pongme 1!" [9 octets]'],
  [received(frame(1, "fragment".repeat(6))), '< TEXT "fragmentfragmentfragment"… [48 octets]'],
  [received(frame(1, "a".repeat(24))), `< TEXT "${"a".repeat(24)}" [24 octets]`],
  [received(frame(8, closePayload(1000, ""))), '< CLOSE 1000 "" [2 octets]'],
  [received(frame(8, closePayload(4000, "bye"))), '< CLOSE 4000 "bye" [5 octets]'],
  [received(frame(8, "")), "< CLOSE without code [0 octets]"],
  [received(frame(8, Buffer.of(3))), "< CLOSE 0x03 [1 octet]"],
  [received(frame(8, Buffer.of(0xff, 0xff, 0xce, 0xba, 0xed))), "< CLOSE 65535 0xcebaed [5 octets]"],
  [received(frame(2, Buffer.alloc(125, 0xfe))), `< BINARY 0x${"fe".repeat(24)}… [125 octets]`],
  [received(frame(9, Buffer.from("00ff", "hex"))), "< PING 0x00ff [2 octets]"],
  [received(frame(9, "\u0000")), "< PING 0x00 [1 octet]"],
  [received(frame(1, '\u0000"\\\u001b\ud83d\ude00')), '< TEXT "\\x00\\"\\\\\\x1b😀" [8 octets]'],
  [received(frame(1, Buffer.from("eda080", "hex"))), "< TEXT 0xeda080 [3 octets]"],
  [received(frame(3, "x", { rsv: 5 })), '< OPCODE 3 "x" [1 octet, RSV1 RSV3]'],
  [received(frame(1, "x", { masked: true, mask: "01020304" })), '< TEXT "x" [1 octet, masked]'],
  [{ dir: ">", frame: frame(1, "x") }, '> TEXT "x" [1 octet, not masked]'],
  [{ dir: "<", octets: 3, hex: "810161" }, "< octets 0x810161 [3 octets]"],
  [
    { dir: ">", octets: 99, hex: "61".repeat(99), queued: true },
    `> octets 0x${"61".repeat(24)}… [99 octets, queued]`,
  ],
  [{ dir: "=", timer: "wait", phase: "set", seconds: 1, tag: "A" }, "= waiting, at most 1 s (A)"],
  [{ dir: "=", timer: "wait", phase: "fired", seconds: 1, tag: "A" }, "= waited 1 s (A)"],
  [{ dir: "=", timer: "wait", phase: "fired", seconds: 1, early: true }, "= done waiting: the event came"],
  [{ dir: "=", timer: "kill", phase: "set", seconds: 0.5 }, "= kill timer set to 0.5 s"],
  [
    { dir: "=", timer: "kill", phase: "fired", seconds: 1 },
    "= kill timer fired after 1 s: the tester fails the connection",
  ],
  [
    { dir: "=", timer: "close", phase: "fired", seconds: 1 },
    "= close timer fired after 1 s: the tester starts the closing handshake",
  ],
  [{ dir: "=", log: false }, "= wire log switched off"],
  [{ dir: "=", note: "the peer\u001b[1m left" }, "= the peer\\x1b[1m left"],
  [
    { dir: "!", violation: "a masked\u0007 frame", requirement: "6455-5.1-4" },
    "! a masked\\x07 frame (RFC 6455 §5.1)",
  ],
];

test("wire lines", () => {
  for (const [entry, line] of LINES) assert.equal(wireLine(entry), line);
});

test("a payload that was cut inside a character is still text", () => {
  const view = { ...frame(1, `${"a".repeat(3)}ä`), length: 5000, payload: "616161c3" };
  assert.equal(wireLine(received(view)), '< TEXT "aaa"… [5000 octets]');
});

test("masking is news only where it is wrong for the side", () => {
  const masked = { ...frame(1, "x"), masked: true, mask: "01020304" };
  assert.equal(wireLine({ dir: "<", frame: masked }, { role: "server" }), '< TEXT "x" [1 octet]');
  assert.equal(
    wireLine({ dir: "<", frame: frame(1, "x") }, { role: "server" }),
    '< TEXT "x" [1 octet, not masked]',
  );
});

test("details name everything of a frame", () => {
  const view = frame(1, "ab", { chop: 1, sync: true, pattern: 1, rsv: 4, fin: false });
  assert.equal(
    wireLine({ dir: ">", frame: { ...view, masked: true, mask: "01020304" } }, { detail: true }),
    '> TEXT "ab" [2 octets, more to come, RSV1; opcode 1, FIN 0, RSV 4, mask 01020304, a pattern of 1 octet repeated, ' +
      "chopped into writes of 1 octet, in a separate write]",
  );
});

test("events", () => {
  assert.equal(eventText(event("text", "hi")), 'TEXT "hi" [2 octets]');
  assert.equal(eventText(event("pong", "")), 'PONG "" [0 octets]');
  assert.equal(eventText(event("binary", Buffer.of(254))), "BINARY 0xfe [1 octet]");
  assert.equal(eventText({ type: "timeout", tag: "A" }), "pause A is over, the connection is still open");
});

test("escapes", () => {
  assert.equal(
    escapeText("a\tb\u007f\u009b\u202e\ufeff\ud800z\u{e0041}ö😀"),
    "a\\tb\\x7f\\x9b\\u{202e}\\u{feff}\\u{d800}z\\u{e0041}ö😀",
  );
  assert.equal(escapeText(escapeText("\u001b")), "\\x1b");
  assert.equal(quote('a"\\'), '"a\\"\\\\"');
  const value = { key: "\u001b\u009b\u202e\u2028\ud800\u{e0041}\n", list: [1] };
  assert.match(safeJson(value, 1), /^[\n -~]*$/);
  assert.deepEqual(JSON.parse(safeJson(value, 1)), value);
});
