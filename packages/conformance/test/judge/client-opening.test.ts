import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { message, pongWith } from "../../src/case/expect.js";
import { judge } from "../../src/judge/judge.js";
import { recordOf, type RecordChanges } from "../support/sample-record.js";
import { caseOf } from "../support/some-case.js";

const REQUEST = "GET /runCase?case=1&agent=a HTTP/1.1\r\nHost: a\r\n\r\n";
const HEAD = "HTTP/1.1 101 Switching Protocols\r\n\r\n";

/** How a client leaves a connection that it has not opened. */
const GONE = {
  tcp: "ended-by-peer",
  closedByTester: false,
  clean: false,
  remoteCode: null,
  remotePayload: null,
  localPayload: null,
  localCode: null,
} as const;
/** The tester closed, nothing came back, and it gave up. */
const SILENT = {
  ...GONE,
  tcp: "ended-by-tester",
  closedByTester: true,
  localCode: 1000,
  localPayload: "03e8",
} as const;

interface Seen extends RecordChanges {
  readonly early?: number;
  readonly request?: string;
  readonly response?: string;
}

function verdict(id: string, { early, request = REQUEST, response = HEAD, ...changes }: Seen): string {
  const handshake = { opened: true, request, response, ...(early === undefined ? {} : { early }) };
  const record = recordOf({ role: "server", handshake, ...changes });
  const { outcome, requirement, because, closing } = judge(caseOf(id), record, "modern");
  assert.equal(judge(caseOf(id), record, "autobahn").outcome, outcome);
  assert.equal(closing === "not-applicable" || outcome === "pass" || closing === "unclean", true, closing);
  return [outcome, ...(requirement === undefined ? [] : [requirement]), because].join(" ");
}

describe("an answer that has to be refused", () => {
  const rows: readonly (readonly [how: string, seen: Seen, expected: string])[] = [
    [
      "TCP is closed",
      { close: GONE },
      "pass The client refused the answer: it closed TCP, and no frame came.",
    ],
    [
      "TCP is reset",
      { close: { ...GONE, tcp: "reset-by-peer" } },
      "pass The client refused the answer: it reset TCP, and no frame came.",
    ],
    [
      "a Close frame that reports a problem",
      { close: { ...GONE, remoteCode: 1002, remotePayload: "03ea" } },
      "pass The client failed the connection, with a Close frame with code 1002.",
    ],
    [
      "a Pong",
      { trace: [pongWith("open?")] },
      "fail 6455-4.1-23 The client took the answer: it answered the Ping behind it.",
    ],
    [
      "a message",
      { trace: [message("open?")] },
      "fail 6455-4.1-23 The client took the answer: it sent a message.",
    ],
    ["an ordinary closing", {}, "fail 6455-4.1-23 The client took the answer: it answered a Close frame."],
    [
      "a Close frame as if nothing were wrong",
      { close: { ...GONE, remoteCode: 1000, remotePayload: "03e8" } },
      "fail 6455-4.1-23 The client took the answer: it closed with code 1000, as if nothing were wrong.",
    ],
    [
      "a Ping of its own",
      { close: GONE, frames: { received: { 9: 1 }, sent: {} } },
      "fail 6455-4.1-23 The client took the answer: it sent a Ping.",
    ],
    [
      "a frame that is not masked",
      { close: SILENT, violations: ["unmasked-frame"] },
      "fail 6455-4.1-23 The client took the answer: behind it, the client",
    ],
    [
      "the next request of a client of HTTP",
      { close: SILENT, violations: ["rsv", "unmasked-frame", "reserved-opcode"] },
      "fail 6455-7.1.7-1 The client sent octets that are no legal frame, instead of closing the connection.",
    ],
    [
      "nothing",
      { close: SILENT, timers: ["close"], limits: { close: 1 } },
      "fail 6455-7.1.7-1 The client neither closed the connection nor sent a frame within 1 s",
    ],
    [
      "nothing, not even when TCP ends",
      { close: SILENT, timers: ["drop-timeout"], limits: { "drop-timeout": 1 } },
      "fail 6455-7.1.7-1 The client neither closed the connection nor sent a frame within 1 s of the end of TCP.",
    ],
    [
      "frames, but no end",
      { close: SILENT, response: "", frames: { received: { 9: 1 }, sent: {} } },
      "fail 6455-7.1.7-1 The client did not close the connection.",
    ],
    [
      "what was sent before the answer shows nothing",
      { close: GONE, early: 8, frames: { received: { 9: 1 }, sent: {} } },
      "pass The client refused the answer: it closed TCP, and no frame came.",
    ],
  ];
  for (const [how, seen, expected] of rows) {
    test(how, () => assert.ok(verdict("22.2.1", seen).startsWith(expected), verdict("22.2.1", seen)));
  }

  test("the sentence names another status, the last one", () => {
    const response = "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n";
    assert.match(verdict("22.3.1.1", { close: GONE, response }), /^pass .* the answer with status 200: /);
  });

  test("behind another status the next request of HTTP may come", () => {
    const violations = ["rsv", "unmasked-frame", "reserved-opcode"] as const;
    const seen: Seen = { close: SILENT, violations, response: "HTTP/1.1 200 OK\r\n\r\n" };
    assert.match(
      verdict("22.3.1.1", seen),
      /^pass The client did not take the answer with status 200: no frame/,
    );
  });

  test("behind another status HTTP may go on: only what answers the frames shows anything", () => {
    const seen: Seen = { close: GONE, violations: ["unmasked-frame"], response: "HTTP/1.1 401 No\r\n\r\n" };
    assert.match(verdict("22.3.6.1", seen), /^pass /);
  });
});

describe("an answer that has to be taken", () => {
  const both = [pongWith("open?"), message("open?")];
  const received = { 1: 1, 8: 1, 10: 1 };
  const rows: readonly (readonly [how: string, seen: Seen, expected: RegExp])[] = [
    ["it is", { trace: both, frames: { received, sent: {} } }, /^pass /],
    ["it is refused", { close: GONE }, /^fail 6455-4.1-23 The client refused a valid answer: it closed TCP/],
    [
      "nothing comes",
      { close: SILENT },
      /^fail 6455-4.1-23 The client did not take a valid answer: no frame/,
    ],
    [
      "the message is lost",
      { trace: [pongWith("open?")], frames: { received: { 8: 1, 10: 1 }, sent: {} } },
      /^fail 6455-6.2-1 /,
    ],
  ];
  for (const [how, seen, expected] of rows) {
    test(how, () => {
      const id = "22.2.3";
      const handshake = { opened: true, request: REQUEST, response: HEAD };
      const record = recordOf({ role: "server", handshake, ...seen });
      const { outcome, requirement, because } = judge(caseOf(id), record, "modern");
      assert.match([outcome, requirement, because].filter((part) => part !== undefined).join(" "), expected);
    });
  }
});

describe("the rest", () => {
  const subprotocols = "GET / HTTP/1.1\r\nSec-WebSocket-Protocol: a, b\r\n\r\n";
  const rows: readonly (readonly [id: string, how: string, seen: Seen, expected: RegExp])[] = [
    [
      "22.2.16",
      "no subprotocol",
      {},
      /^unimplemented The client offers no subprotocol, so this cannot be tried/,
    ],
    ["22.2.16", "subprotocols", { close: GONE, request: subprotocols }, /^pass /],
    ["22.1.13", "too early", { early: 1 }, /^fail 6455-4.1-21 The client sent 1 octet behind its request/],
    ["22.1.13", "far too early", { early: 9 }, /^fail 6455-4.1-21 The client sent 9 octets /],
    ["22.4.6.1", "TCP is closed too", { close: GONE }, /^pass The client closed TCP after/],
    [
      "22.4.6.1",
      "TCP is not closed",
      { close: { ...SILENT, notCleanReason: "the peer did not close TCP within 1000 ms" } },
      /^fail 6455-7.2.1-1 The peer did not close TCP/,
    ],
    [
      "22.3.7.1",
      "a client that leaves behind an interim answer",
      {
        close: { ...GONE, remoteCode: 1002, remotePayload: "03ea" },
        frames: { sent: {}, received: { 8: 1 } },
      },
      /^fail 9110-15.2-1 The client left at a valid answer, with a Close frame with code 1002\./,
    ],
    [
      "22.4.8",
      "a Ping behind half an answer",
      { close: GONE, response: HEAD.slice(0, 20), frames: { sent: {}, received: { 9: 1 } } },
      /^fail 6455-7.2.1-1 The client took an answer that was cut off in its head: it sent a Ping\./,
    ],
    ["22.4.8", "TCP is closed behind half an answer", { close: GONE }, /^pass The client refused an answer /],
    ["22.3.2.1", "a redirect", { close: GONE }, /^informational The client did not follow the redirect/],
    [
      "22.3.2.1",
      "a redirect that is followed",
      { request: "GET /?hop=1 HTTP/1.1\r\n\r\n" },
      /^informational The client followed the redirect\./,
    ],
    [
      "22.3.3",
      "many redirects",
      { close: GONE, request: "GET /?hop=20 HTTP/1.1\r\n\r\n" },
      /^informational The client followed 20 redirects in a row\./,
    ],
    [
      "22.2.25.2",
      "no end",
      { close: GONE, octets: { received: {}, sent: { 100: 2 } } },
      /^informational 200 octets of the answer had been sent; the client did not take the answer/,
    ],
    [
      "22.4.6.2",
      "a reset",
      { close: { ...SILENT, notCleanReason: "the tester reset TCP" } },
      /^informational The tester reset TCP; what/,
    ],
    [
      "22.2.19",
      "a Close frame",
      { close: { ...GONE, remotePayload: "03ea", remoteCode: 1002 } },
      /sent a Close frame/,
    ],
    ["22.2.19", "nothing", { close: SILENT }, /^informational The client neither closed/],
  ];
  for (const [id, how, seen, expected] of rows)
    test(`${id}: ${how}`, () => assert.match(verdict(id, seen), expected));
});
