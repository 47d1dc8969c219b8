import assert from "node:assert/strict";
import { test } from "node:test";
import { octets } from "../../src/case/payload.js";
import { requestText } from "../../src/cli/request-text.js";

test("a request is shown line by line, without anything that could act", () => {
  const lines = ["GET {path} HTTP/1.1", "A: \u001b\u0000", `B: ${"x".repeat(100)}`];
  const shown = requestText({ lines }, 40);
  assert.equal(shown[0], "It writes this request:");
  assert.equal(shown[1], "  GET {path} HTTP/1.1");
  assert.ok(
    shown.every((line) => line.length <= 40 && /^[ -~…]*$/.test(line)),
    shown.join("\n"),
  );
});

test("how it is written comes behind it", () => {
  const shown = requestText(
    { lines: ["G"], lineEnd: "\n", behind: octets("abc"), cuts: [1], brokenOff: [0, 4] },
    80,
  ).join("\n");
  assert.match(
    shown,
    /drops 2 connections before[^]*2 writes[^]*\\n alone[^]*3 octets follow behind the head/,
  );
  assert.match(
    requestText({ lines: ["G"], chop: 1, endless: 2048 }, 80).join("\n"),
    /writes of 1 octet\.[^]*2,048 octets/,
  );
});

test("a request that comes before stands in front of it", () => {
  const before = { lines: ["FIRST"], refusedBy: "9110-7.8-1" } as const;
  assert.deepEqual(requestText({ lines: ["SECOND"], before: { ...before, next: "at-once" } }, 80), [
    "It writes this request first:",
    "  FIRST",
    "In one write with it, this request:",
    "  SECOND",
  ]);
  assert.match(
    requestText({ lines: ["SECOND"], before: { ...before, next: "when-answered" } }, 80).join("\n"),
    /FIRST\nWhen the answer is whole and the connection open, it writes this request:\n {2}SECOND/,
  );
});
