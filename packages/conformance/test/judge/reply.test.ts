import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReplyRule } from "../../src/case/handshake.js";
import { judgeReply } from "../../src/judge/reply.js";
import { someCase } from "../support/some-case.js";

const LINES = [
  "HTTP/1.1 101 Switching Protocols",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Accept: x",
];

function because(
  rule: ReplyRule,
  lines: readonly string[],
  end = "\r\n",
  request = "GET / HTTP/1.1\r\n\r\n",
): string {
  const response = `${lines.join(end)}${end}${end}`;
  const judged = someCase({ requirements: ["6455-4.2.2-9"] });
  const found = judgeReply(rule, judged, { opened: true, request, response, status: 101 });
  assert.equal(found.requirement, found.outcome === "fail" ? "6455-4.2.2-9" : undefined);
  return `${found.outcome}: ${found.because}`;
}

const RULES: readonly ReplyRule[] = [
  "form",
  "upgrade",
  "connection",
  "one-accept",
  "no-body",
  "no-subprotocol",
  "no-extension",
  "one-subprotocol",
  "whole",
];

const without = (name: string): readonly string[] => LINES.filter((line) => !line.startsWith(name));

test("a good answer keeps every rule", () => {
  for (const rule of RULES)
    assert.match(because(rule, LINES), /^pass: the answer with status 101 is as it has/);
});

const TABLE: readonly (readonly [ReplyRule, readonly string[], RegExp])[] = [
  ["form", ["SSH", ...LINES.slice(1)], /has no status line/],
  ["form", ["HTTP/1.0 101 X", ...LINES.slice(1)], /HTTP\/1\.0 instead of HTTP\/1\.1/],
  ["form", ["HTTP/1.1 101", ...LINES.slice(1)], /no space behind its status/],
  ["form", [...LINES, "A: 1", " 2"], /goes on in the next line/],
  ["form", [...LINES, "A : 1"], /does not begin with the name of a header and a colon/],
  ["form", [...LINES, "A: \0"], /control character/],
  ["form", [...LINES, "A: \r"], /has a CR in a line/],
  ["upgrade", without("Upgrade"), /has 0 Upgrade headers/],
  ["upgrade", [...LINES, "Upgrade: websocket"], /has 2 Upgrade headers/],
  ["upgrade", [...without("Upgrade"), "Upgrade: h2c"], /has Upgrade: h2c/],
  ["connection", without("Connection"), /no Connection header/],
  ["connection", [...without("Connection"), "Connection: keep-alive"], /has Connection: keep-alive/],
  ["one-accept", [...LINES, "Sec-WebSocket-Accept: x"], /has 2 Sec-WebSocket-Accept/],
  ["no-body", [...LINES, "Content-Length: 0"], /Content-Length header, although/],
  ["no-body", [...LINES, "transfer-encoding: chunked"], /Transfer-Encoding header, although/],
  ["no-subprotocol", [...LINES, "Sec-WebSocket-Protocol: chat"], /although the request has none/],
  ["no-extension", [...LINES, "Sec-WebSocket-Extensions: x"], /although the request has none/],
  [
    "one-subprotocol",
    [...LINES, "Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: b"],
    /has 2 Sec-WebSocket-Protocol/,
  ],
];
for (const [rule, lines, expected] of TABLE) {
  test(`${rule}: ${expected.source}`, () => assert.match(because(rule, lines), expected));
}

test("lines that end with LF alone", () =>
  assert.match(because("form", LINES, "\n"), /fail: .*LF without CR/));

test("what the request has asked for is no fault", () => {
  const asked = "GET / HTTP/1.1\r\nSec-WebSocket-Protocol: chat\r\n\r\n";
  assert.match(because("no-subprotocol", [...LINES, "Sec-WebSocket-Protocol: chat"], "\r\n", asked), /^pass/);
});

test("a list in Connection, and spaces behind a name's colon", () => {
  assert.match(
    because("connection", [...without("Connection"), "Connection: \tkeep-alive , upgrade "]),
    /^pass/,
  );
});

test("a body that was cut", () => {
  const handshake = { opened: false, request: "", response: "HTTP/1.1 400 X\r\n\r\n", status: 400 };
  const outcomeOf = (bodyEnd: "whole" | "cut" | "open"): string =>
    judgeReply("whole", someCase({}), { ...handshake, bodyEnd }).outcome;
  assert.deepEqual((["whole", "cut", "open"] as const).map(outcomeOf), ["pass", "fail", "pass"]);
});
