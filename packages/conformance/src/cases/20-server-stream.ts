import type { Case } from "../case/case.js";
import { answers, message, pongWith, repliesWith } from "../case/expect.js";
import { family } from "../case/family.js";
import { requestLines, type ReplyRule } from "../case/handshake.js";
import { concat, hex, octets } from "../case/payload.js";
import type { RequirementId } from "../case/requirements.js";
import { closeAfter, text } from "../case/steps.js";
import { opens, opensBehind, refuses, watches } from "./server-openings.js";

const NAME = /^[A-Za-z-]+(?=:)/;

function withNames(change: (name: string) => string): readonly string[] {
  return requestLines().map((line) => line.replace(NAME, change));
}

const [REQUEST_LINE = "", ...FIELDS] = requestLines();

const ORDERS: readonly (readonly [what: string, lines: readonly string[]])[] = [
  ["Headers in the reverse order", [REQUEST_LINE, ...FIELDS.toReversed()]],
  ["Names of headers in small letters", withNames((name) => name.toLowerCase())],
  ["Names of headers in capitals", withNames((name) => name.toUpperCase())],
];

/** Cuts behind each of the first octets of a request. */
const FIRST_OCTETS: readonly number[] = Array.from({ length: 128 }, (_, index) => index + 1);

/** A frame of the text "early", masked with the key 00000000. */
const EARLY_FRAME = concat([hex("818500000000"), octets("early")]);
/** Read as a frame, "GE" announces 69 octets, which are there, so that nobody waits for more. 20.7.6 has as many. */
const SECOND_REQUEST = octets(
  `GET / HTTP/1.1\r\nHost: second.example\r\nX-Unknown: ${"x".repeat(64)}\r\n\r\n`,
);
/** Connections beside that of 20.8.12. */
const CROWD = 200;
/** It asks for no WebSocket. */
const PLAIN_GET: readonly string[] = ["GET {path} HTTP/1.1", "Host: {host}", "{headers}"];
/** How a TLS client begins: a record of a handshake with a ClientHello in it. */
const CLIENT_HELLO = concat([
  hex("160301003b010000370303"),
  octets("0123456789abcdefghijklmnopqrstuv"),
  hex("000002130101000000"),
]);

/** 20.6: what header lines may look like, and how long they may be. */
const SYNTAX: readonly Case[] = [
  opens({
    id: "20.6.1",
    title: "20 headers that no server knows",
    description: "The usual request with 20 unknown headers. They are to be ignored.",
    requirements: ["6455-4.2.2-9", "6455-4.2.1-9"],
    lines: {
      headers: ["{headers}", ...Array.from({ length: 20 }, (_, index) => `X-Unknown-${index}: ${index}`)],
    },
  }),
  ...family("20.6.2", ORDERS, (id, [title, lines]) =>
    opens({
      id,
      title,
      description: `The usual request. ${title}: that means nothing.`,
      requirements: ["6455-4.2.2-9", "6455-4.2.1-9"],
      request: { lines },
    }),
  ),
  watches({
    id: "20.6.3",
    title: "No Origin header",
    description: "A request without an Origin header, as programs send it. A server may want one.",
    requirements: ["6455-4.2.1-8"],
    lines: { Origin: [] },
  }),
  watches({
    id: "20.6.4",
    title: "A header that goes on in the next line",
    description:
      "The value of Sec-WebSocket-Version stands in the next line, behind a space. A server may refuse that, or read it as a space.",
    requirements: ["9112-2.2-1"],
    lines: { "Sec-WebSocket-Version": ["Sec-WebSocket-Version:", " 13"] },
  }),
  refuses({
    id: "20.6.5",
    title: "A space between the name of a header and its colon",
    description: 'The header "Upgrade : websocket" has a space in front of its colon.',
    expectation: "The server does not open the connection. It answers with status 400.",
    requirements: ["9112-5.1-1", "6455-4.2.1-1"],
    lines: { Upgrade: "Upgrade : websocket" },
    refusal: { statuses: [400] },
  }),
  watches({
    id: "20.6.6",
    title: "Lines that end with LF alone",
    description:
      "The usual request with LF instead of CRLF, and two CRLF behind it, which end the head for a server that does not take LF alone for the end of a line.",
    requirements: ["9112-2.2-1"],
    request: { lineEnd: "\n", behind: octets("\r\n\r\n") },
  }),
  ...family(
    "20.6.7",
    [
      ["CR", "\r"],
      ["NUL", "\0"],
    ],
    (id, [name, octet]) =>
      refuses({
        id,
        title: `${name} in the value of a header`,
        description: `Sec-WebSocket-Version is 1, ${name} and 3. Whoever puts a space in the place of ${name} does not read 13, and whoever leaves it out is wrong.`,
        expectation:
          "The server does not open the connection. It answers with an HTTP error, such as 400, or closes TCP.",
        requirements: ["9110-5.5-1", "6455-4.2.1-1"],
        lines: { "Sec-WebSocket-Version": `Sec-WebSocket-Version: 1${octet}3` },
        refusal: { mayDrop: true },
      }),
  ),
  watches({
    id: "20.6.8",
    title: "Octets above 7F in a cookie",
    description: "The request has a cookie with the octets 80 to FF. A server may take it or refuse it.",
    requirements: ["6455-4.2.1-9"],
    lines: {
      headers: [
        "{headers}",
        `Cookie: a=${Array.from({ length: 128 }, (_, index) => String.fromCharCode(128 + index)).join("")}`,
      ],
    },
  }),
  ...family(
    "20.6.9",
    [
      ["100 headers", Array.from({ length: 100 }, (_, index) => `X-Unknown-${index}: ${index}`)],
      ["A header of 64 KiB", [`X-Unknown: ${"x".repeat(65_536)}`]],
    ] as const,
    (id, [title, headers]) =>
      watches({
        id,
        title,
        description: `The usual request. ${title} that no server knows come on top. A server may have a lower limit.`,
        requirements: ["6455-4.2.1-9"],
        lines: { headers: ["{headers}", ...headers] },
      }),
  ),
  watches({
    id: "20.6.10",
    title: "A header without an end",
    description:
      "The request has a header whose value does not end. The tester sends 16 MiB of it, unless the server answers or closes TCP before.",
    expectation: "The server ends this in time. Nothing is required.",
    requirements: ["6455-10.7-1"],
    request: { lines: [...requestLines(), "X-Endless: "], endless: 16_777_216 },
  }),
  opens({
    id: "20.6.11.1",
    title: "A cookie",
    description: "The usual request with the header Cookie: a=b; c=d.",
    requirements: ["6455-4.2.2-9", "6455-4.2.1-9"],
    lines: { headers: ["{headers}", "Cookie: a=b; c=d"] },
  }),
  watches({
    id: "20.6.11.2",
    title: "Authorization",
    description: "The usual request with a name and a password. A server may want others.",
    requirements: ["6455-4.2.1-9"],
    lines: { headers: ["{headers}", "Authorization: Basic dXNlcjpwYXNzd29yZA=="] },
  }),
];

/** 20.7: where reads and writes may end, and what may come behind the request. */
const STREAM: readonly Case[] = [
  opens({
    id: "20.7.1",
    title: "The request octet by octet",
    description: "The usual request. Every octet is a separate write.",
    requirements: ["6455-4.2.2-9"],
    request: { chop: 1 },
  }),
  ...family("20.7.2", [1, 2, 3], (id, left) =>
    opens({
      id,
      title: `The request without its last ${left === 1 ? "octet" : `${left} octets`}, and then the rest`,
      description: `The usual request in several writes. The first octets are a write each, so that the server reads by then. The last write has ${left} of the four octets that end the head.`,
      requirements: ["6455-4.2.2-9"],
      request: { cuts: [...FIRST_OCTETS, -left] },
    }),
  ),
  watches({
    id: "20.7.3",
    title: "A frame in one write with the request",
    description:
      "The usual request and a masked text frame in one write. A client has to wait for the answer, so a server may refuse that.",
    requirements: ["6455-4.2.2-9"],
    request: { behind: EARLY_FRAME },
  }),
  {
    ...opens({
      id: "20.7.4",
      title: "A frame octet by octet right behind the answer",
      description:
        "The usual request. As soon as the answer is there, a text frame comes, and every octet of it is a separate write.",
      requirements: ["6455-5.1-6"],
    }),
    requirements: ["6455-6.2-1"],
    chop: 1,
  },
  {
    ...refuses({
      id: "20.7.5",
      title: "A second request right behind the first",
      description:
        "The usual request and a GET in one write. Whoever opens the connection has to read the GET as frames, and may not answer it as HTTP.",
      expectation:
        "The server does not open the connection, or it sends nothing behind its answer but frames. Usually it fails the connection.",
      requirements: ["9112-6.3-1"],
      request: { behind: SECOND_REQUEST },
    }),
    expect: { ...answers(), opening: { end: "either" } },
    script: [closeAfter(1)],
  },
  // Whoever closes behind a refusal is safest (RFC 9931); whoever goes on has to go on with HTTP (RFC 9112 §9.3).
  refuses({
    id: "20.7.6",
    title: "A GET right behind a request that is refused",
    description:
      "A request with version 99, which has to be refused, and a GET that asks for no WebSocket, in one write. The octets of the GET are a request or nothing: no frames, and no part of the first request.",
    expectation:
      "The server answers the first request with an HTTP error and closes TCP, or answers the GET as HTTP as well, with any status but 101.",
    requirements: ["9112-6.3-1", "6455-4.2.1-1"],
    request: {
      lines: [...PLAIN_GET, `X-Unknown: ${"x".repeat(64)}`],
      before: {
        lines: requestLines({ "Sec-WebSocket-Version": "Sec-WebSocket-Version: 99" }),
        next: "at-once",
        refusedBy: "6455-4.2.2-4",
      },
    },
    refusal: { mayDrop: true },
  }),
  // RFC 9110 §7.8 lets a server ignore an upgrade, and §9.3 of RFC 9112 lets it close: neither is judged.
  opensBehind({
    id: "20.7.7",
    title: "The usual request behind a GET on the same connection",
    description:
      "A GET that asks for no WebSocket. If the server leaves the connection open behind its answer, the usual request follows on it.",
    requirements: ["6455-4.2.2-9", "6455-4.2.1-9"],
    request: { before: { lines: PLAIN_GET, next: "when-answered", refusedBy: "9110-7.8-1" } },
  }),
  opens({
    id: "20.7.8",
    title: "The usual request after five that were broken off",
    description:
      "Five connections, which the tester drops at different points of the request, and then the usual request.",
    requirements: ["6455-4.2.2-9"],
    request: { brokenOff: [0, 1, 16, 80, 150] },
  }),
  opens({
    id: "20.7.9",
    title: "The usual request after one of TLS",
    description:
      "A connection on which the tester sends the beginning of a TLS handshake and which it drops, and then one with the usual request.",
    requirements: ["6455-4.2.2-9"],
    request: { brokenOff: [CLIENT_HELLO] },
  }),
];

interface Reply {
  readonly id: string;
  readonly title: string;
  readonly rule: ReplyRule;
  readonly expectation: string;
  readonly requirements: readonly [RequirementId, ...RequirementId[]];
}

/** 20.8: the server's answer. */
const REPLIES: readonly Case[] = [
  reply({
    id: "20.8.1",
    title: "The form of the answer",
    rule: "form",
    expectation: "The answer begins with HTTP/1.1 and a status, and every header is a line of its own.",
    requirements: ["6455-4.1-28", "6455-4.2.2-9"],
  }),
  reply({
    id: "20.8.2",
    title: "The Upgrade header of the answer",
    rule: "upgrade",
    expectation: "The answer has one Upgrade header: websocket.",
    requirements: ["6455-4.2.2-9"],
  }),
  reply({
    id: "20.8.3",
    title: "The Connection header of the answer",
    rule: "connection",
    expectation: "The Connection header of the answer has the token Upgrade.",
    requirements: ["6455-4.2.2-9"],
  }),
  reply({
    id: "20.8.4",
    title: "The Sec-WebSocket-Accept header of the answer",
    rule: "one-accept",
    expectation: "The answer has one Sec-WebSocket-Accept header.",
    requirements: ["6455-11.3.3-1", "6455-4.2.2-9"],
  }),
  reply({
    id: "20.8.5",
    title: "The answer and headers of a body",
    rule: "no-body",
    expectation: "The answer has neither a Content-Length header nor a Transfer-Encoding header.",
    requirements: ["9110-8.6-1"],
  }),
  {
    ...opens({
      id: "20.8.6",
      title: "What comes behind the answer",
      description: "The usual request. Everything behind the empty line of the answer is frames.",
      requirements: ["6455-4.2.2-9"],
    }),
  },
  reply({
    id: "20.8.7",
    title: "The answer and subprotocols",
    rule: "no-subprotocol",
    expectation: "The answer has no Sec-WebSocket-Protocol header, unless the request offers subprotocols.",
    requirements: ["6455-4.2.2-7"],
  }),
  reply({
    id: "20.8.8",
    title: "The answer and extensions",
    rule: "no-extension",
    expectation: "The answer has no Sec-WebSocket-Extensions header: the request offers none.",
    requirements: ["6455-4.2.2-8"],
  }),
  {
    ...opens({
      id: "20.8.9",
      title: "One subprotocol in the answer",
      description: "The request offers the subprotocols chat, superchat and echo.",
      expectation: "The answer has no Sec-WebSocket-Protocol header, or one.",
      requirements: ["6455-11.3.4-1"],
      lines: { "Sec-WebSocket-Protocol": "Sec-WebSocket-Protocol: chat, superchat, echo" },
    }),
    requirements: ["6455-11.3.4-1"],
    expect: repliesWith("one-subprotocol", answers(message("Hello"))),
  },
  {
    ...refuses({
      id: "20.8.10",
      title: "The end of an answer that refuses",
      description: "A request without a key, which has to be refused.",
      expectation: "The body of the answer is as long as the answer says, or ends with TCP.",
      requirements: ["9112-6.3-1"],
      lines: { "Sec-WebSocket-Key": [] },
    }),
    expect: {
      ...repliesWith("whole", answers(message("Hello"))),
      opening: { end: "refused", reply: "whole" },
    },
    script: [text("Hello"), closeAfter(1)],
  },
  refuses({
    id: "20.8.11",
    title: "A GET that asks for no WebSocket",
    description: "A GET request with nothing but a Host header.",
    expectation:
      "The server answers with any status but 101, or closes TCP. If its status is 426, it sends an Upgrade header.",
    requirements: ["9110-7.8-1"],
    request: { lines: PLAIN_GET },
    refusal: { mayDrop: true, carries: [{ name: "Upgrade", status: 426 }] },
  }),
  // RFC 6455 §10.4 lets a server limit its connections, so that not all of them have to open.
  {
    ...watches({
      id: "20.8.12",
      title: `${CROWD + 1} requests at the same time`,
      description: `${CROWD + 1} connections are opened, and when all are there, the usual request goes out on each of them, every one with a key of its own.`,
      expectation:
        "Every answer that opens a connection is one to the key of that connection. A server may refuse connections that are too many for it.",
      requirements: ["6455-4.2.2-10", "6455-4.2.2-9", "6455-10.4-1"],
      request: { crowd: CROWD },
    }),
    expect: { ...answers(pongWith("open?"), message("open?")), opening: { end: "either" } },
    alone: true,
  },
];

function reply({ rule, ...texts }: Reply): Case {
  return {
    ...texts,
    description: "The usual request.",
    peer: "server",
    script: [text("Hello"), closeAfter(2)],
    expect: repliesWith(rule, answers(message("Hello"))),
    since: "0.2.0",
  };
}

/** 20.6 to 20.8: header lines, the stream, and the answer (RFC 6455 §4.2, RFC 9112). */
export const SERVER_STREAM: readonly Case[] = [...SYNTAX, ...STREAM, ...REPLIES];
