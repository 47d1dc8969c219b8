import { answerLines, type AnswerScript } from "../case/handshake.js";
import type { Case } from "../case/case.js";
import {
  answers,
  message,
  observesOpening,
  pongWith,
  refusesOpening,
  type Expectation,
} from "../case/expect.js";
import { family } from "../case/family.js";
import type { RequirementId } from "../case/requirements.js";
import { closeAfter, endTcp, ping, text, type Step } from "../case/steps.js";

/** What is said of a case with an answer of its own; the rest follows from how it has to end. */
interface Answer {
  readonly title: string;
  /** To follow "The answer to the opening handshake". */
  readonly what: string;
  /** Why the client has to do what it has to do, or what is known about it; a sentence. */
  readonly why?: string;
  readonly requirements: readonly [RequirementId, ...RequirementId[]];
  readonly answer: AnswerScript;
  /** No frames come behind it. */
  readonly isBare?: true;
  /** TCP is closed behind it even though it is a 101: a client may wait for more of it. */
  readonly isLast?: true;
}

const OPEN = "open?";
/** The octets of the two frames of the script, for an answer that counts them as its body. */
const FRAMES_LENGTH = 14;
const FRAMES: readonly Step[] = [ping(OPEN), text(OPEN)];
const FORMAT: readonly [RequirementId] = ["6455-4.1-28"];
const SUBPROTOCOL: readonly [RequirementId] = ["6455-4.1-27"];
const ACCEPT = "Sec-WebSocket-Accept";
const EXTENSIONS = "Sec-WebSocket-Extensions";
/** What most clients offer; one that does not has to refuse it as well. */
const OFFERED = "permessage-deflate";
const UNOFFERED = "It accepts an extension that the client has not offered.";

/** 22.2: what a client checks in an answer with status 101. */
export const ANSWERS: readonly Case[] = [
  refused("22.2.1", {
    title: "Answer without Upgrade",
    what: "has no Upgrade header",
    requirements: ["6455-4.1-23"],
    answer: { lines: answerLines({ Upgrade: [] }) },
  }),
  ...family("22.2.2", ["foo", "websockets"], (id, value) =>
    refused(id, {
      title: `Answer with Upgrade: ${value}`,
      what: `has Upgrade: ${value} instead of Upgrade: websocket`,
      requirements: ["6455-4.1-23"],
      answer: { lines: answerLines({ Upgrade: `Upgrade: ${value}` }) },
    }),
  ),
  opened("22.2.3", {
    title: "Answer with Upgrade: WebSocket",
    what: "has Upgrade: WebSocket",
    why: "Upper and lower case are the same here.",
    requirements: ["6455-4.1-23"],
    answer: { lines: answerLines({ Upgrade: "Upgrade: WebSocket" }) },
  }),
  ...family(
    "22.2.4",
    [
      { title: "Answer without Connection", what: "has no Connection header", line: [] },
      {
        title: "Answer with Connection: close",
        what: "has Connection: close instead of Connection: Upgrade",
        line: "Connection: close",
      },
    ],
    (id, { title, what, line }) =>
      refused(id, {
        title,
        what,
        requirements: ["6455-4.1-24"],
        answer: { lines: answerLines({ Connection: line }) },
      }),
  ),
  opened("22.2.5", {
    title: "Answer with Connection: upgrade",
    what: "has Connection: upgrade",
    why: "Upper and lower case are the same here.",
    requirements: ["6455-4.1-24"],
    answer: { lines: answerLines({ Connection: "Connection: upgrade" }) },
  }),
  opened("22.2.6", {
    title: "Answer with Connection: keep-alive, Upgrade",
    what: "has Connection: keep-alive, Upgrade",
    why: "The header is a list, and Upgrade is one of its tokens.",
    requirements: ["6455-4.1-24"],
    answer: { lines: answerLines({ Connection: "Connection: keep-alive, Upgrade" }) },
  }),
  ...family(
    "22.2.7",
    [
      { title: "Answer without Sec-WebSocket-Accept", what: "has no Sec-WebSocket-Accept", line: [] },
      {
        title: "Answer with an empty Sec-WebSocket-Accept",
        what: "has an empty Sec-WebSocket-Accept",
        line: `${ACCEPT}:`,
      },
    ],
    (id, { title, what, line }) => wrongAccept(id, title, what, line),
  ),
  ...family(
    "22.2.8",
    [
      ["Answer with a random Sec-WebSocket-Accept", "is random", "Y29uZm9ybWFuY2Ugb2YgcGVlcnM="],
      ["Answer with the key as Sec-WebSocket-Accept", "is the key that was sent", "{key}"],
      [
        "Answer with Sec-WebSocket-Accept for another key",
        "belongs to another key",
        "{accept-of-another-key}",
      ],
      [
        "Answer with Sec-WebSocket-Accept in other case",
        "is the right one with small letters for capital ones, and the other way round",
        "{accept-in-other-case}",
      ],
    ] as const,
    (id, [title, what, value]) =>
      wrongAccept(id, title, `has a Sec-WebSocket-Accept that ${what}`, `${ACCEPT}: ${value}`),
  ),
  opened("22.2.9", {
    title: "Answer with blanks around Sec-WebSocket-Accept",
    what: "has spaces and tabs on both sides of Sec-WebSocket-Accept",
    why: "They do not belong to the value.",
    requirements: ["6455-4.1-25"],
    answer: { lines: answerLines({ [ACCEPT]: `${ACCEPT}: \t {accept} \t ` }) },
  }),
  observed("22.2.10.1", {
    // That a server sends it once is demanded of servers; what a client makes of two equal ones is left open.
    title: "Answer with Sec-WebSocket-Accept twice",
    what: "has the right Sec-WebSocket-Accept twice",
    requirements: ["6455-11.3.3-1", "6455-4.1-28"],
    answer: { lines: answerLines({ [ACCEPT]: [`${ACCEPT}: {accept}`, `${ACCEPT}: {accept}`] }) },
  }),
  refused("22.2.10.2", {
    title: "Answer with a right and a wrong Sec-WebSocket-Accept",
    what: "has two Sec-WebSocket-Accept headers: the right one, then that of another key",
    requirements: ["6455-4.1-25", "6455-11.3.3-1"],
    answer: {
      lines: answerLines({ [ACCEPT]: [`${ACCEPT}: {accept}`, `${ACCEPT}: {accept-of-another-key}`] }),
    },
  }),
  refused("22.2.11", {
    title: "Answer with an extension that was not offered",
    what: "accepts the extension x-foo",
    requirements: ["6455-4.1-26"],
    answer: { lines: answerLines({}, "Sec-WebSocket-Extensions: x-foo") },
  }),
  ...family(
    "22.2.12",
    [
      ["an empty parameter", "permessage-deflate;;"],
      ["no name", "="],
      ["a quote that does not end", 'permessage-deflate; server_max_window_bits="10'],
    ] as const,
    (id, [what, value]) =>
      refused(id, {
        title: `Answer with malformed extensions: ${what}`,
        what: `has a Sec-WebSocket-Extensions header with ${what}: ${value}`,
        requirements: ["6455-9.1-1"],
        answer: { lines: answerLines({}, `Sec-WebSocket-Extensions: ${value}`) },
      }),
  ),
  refused("22.2.13", {
    title: "Answer with a subprotocol that was not offered",
    what: "chooses the subprotocol wireproof-not-offered",
    requirements: SUBPROTOCOL,
    answer: { lines: answerLines({}, "Sec-WebSocket-Protocol: wireproof-not-offered") },
  }),
  refused("22.2.14", {
    title: "Answer with two subprotocols in a list",
    what: "chooses the first two subprotocols of the client, with a comma between them",
    requirements: SUBPROTOCOL,
    answer: {
      lines: answerLines({}, "Sec-WebSocket-Protocol: {first-subprotocol}, {second-subprotocol}"),
      subprotocols: 2,
    },
  }),
  refused("22.2.15", {
    title: "Answer with two Sec-WebSocket-Protocol headers",
    what: "chooses the first two subprotocols of the client, each in a header of its own",
    requirements: ["6455-4.1-28", "6455-11.3.4-1"],
    answer: {
      lines: answerLines(
        {},
        "Sec-WebSocket-Protocol: {first-subprotocol}",
        "Sec-WebSocket-Protocol: {second-subprotocol}",
      ),
      subprotocols: 2,
    },
  }),
  refused("22.2.16", {
    title: "Answer with an offered subprotocol in other case",
    what: "chooses the first subprotocol of the client, with small letters for capital ones and the other way round",
    why: "Subprotocols differ by case.",
    requirements: SUBPROTOCOL,
    answer: {
      lines: answerLines({}, "Sec-WebSocket-Protocol: {first-in-other-case}"),
      subprotocols: 1,
    },
  }),
  refused("22.2.17", {
    title: "Answer with an empty subprotocol",
    what: "has an empty Sec-WebSocket-Protocol",
    why: "Empty is not the same as none: a server that chooses none leaves the header out (RFC 6455 §4.2.2).",
    requirements: FORMAT,
    answer: { lines: answerLines({}, "Sec-WebSocket-Protocol:") },
  }),
  observed("22.2.18", {
    title: "Answer without a subprotocol, though some were offered",
    what: "chooses none of the subprotocols of the client",
    why: "RFC 6455 allows this; clients that follow the WHATWG fail the connection.",
    requirements: SUBPROTOCOL,
    answer: { lines: answerLines(), subprotocols: 1 },
  }),
  observed("22.2.19", {
    // No sentence of the RFC says what a client makes of it.
    title: "Answer with HTTP/1.0",
    what: "begins with HTTP/1.0 101",
    requirements: FORMAT,
    answer: { lines: answerLines({ status: "HTTP/1.0 101 Switching Protocols" }) },
  }),
  ...family(
    "22.2.20",
    [
      ["an empty reason phrase", ""],
      ["an odd reason phrase", "403 (or not?): Forbidden!"],
    ] as const,
    (id, [what, reason]) =>
      opened(id, {
        title: `Answer with ${what}`,
        what: `has the status 101 with ${what}`,
        why: "A reason phrase means nothing (RFC 9112 §4).",
        requirements: ["6455-4.1-2"],
        answer: { lines: answerLines({ status: `HTTP/1.1 101 ${reason}` }) },
      }),
  ),
  opened("22.2.21", {
    title: "Answer with headers in any case and order, and unknown ones",
    what: "has its headers in another order, their names in odd case, and headers that no client knows between them",
    why: "Neither case nor order matters, and unknown headers are ignored (RFC 9110 §5.1, §5.3).",
    requirements: ["6455-4.1-2"],
    answer: {
      lines: [
        "HTTP/1.1 101 Switching Protocols",
        "X-Wireproof-Unknown: Upgrade, close",
        "sEC-wEBsOCKET-aCCEPT: {accept}",
        "X-Wireproof-Empty:",
        "cONNECTION: Upgrade",
        "Date: Sun, 06 Nov 1994 08:49:37 GMT",
        "uPGRADE: websocket",
      ],
    },
  }),
  observed("22.2.22", {
    // RFC 9112 §6.3 ends every 1xx answer at its empty line, but a server that sends the header breaks RFC 9110 §8.6.
    title: "Answer with status 101 and Content-Length: 5",
    what: "has the header Content-Length: 5, which no answer with status 101 may have",
    why: "A client that reads five octets as a body loses the Ping behind the answer.",
    requirements: FORMAT,
    answer: { lines: answerLines({}, "Content-Length: 5") },
  }),
  observed("22.2.23", {
    title: "Answer with status 101 and Sec-WebSocket-Version: 13",
    what: "has the header Sec-WebSocket-Version: 13, which belongs into other answers",
    requirements: FORMAT,
    answer: { lines: answerLines({}, "Sec-WebSocket-Version: 13") },
  }),
  ...family(
    "22.2.24",
    [
      ["another protocol", ["SSH-2.0-OpenSSH_9.6"]],
      ["a page without a head", ["<!doctype html>", "<title>Hello</title>"]],
      ["octets that are zero", ["\0".repeat(64)]],
    ] as const,
    (id, [what, lines]) =>
      refused(id, {
        title: `Not HTTP but ${what}`,
        what: `is not HTTP but ${what}. The tester closes TCP behind it`,
        requirements: FORMAT,
        answer: { lines },
      }),
  ),
  observed("22.2.25.1", {
    title: "Answer with a header of 64 KiB",
    what: "has a header with a value of 65,536 characters",
    why: "A client may have a limit.",
    requirements: ["6455-10.4-1"],
    answer: { lines: answerLines({}, `X-Wireproof-Long: ${"x".repeat(65_536)}`) },
  }),
  observed("22.2.25.2", {
    title: "Answer with headers that never end",
    what: "is followed by more and more headers, up to 1 MiB, and never by an empty line. The tester then closes TCP",
    why: "A client has to have a limit somewhere. How much it reads is recorded.",
    requirements: ["6455-10.4-1"],
    answer: {
      lines: answerLines(),
      endless: { of: "head", text: `X-Wireproof-More: ${"x".repeat(44)}\r\n` },
    },
    isBare: true,
  }),
  ...family(
    "22.2.26",
    [
      {
        title: "Answer with LF for CRLF",
        what: "ends its lines with LF alone. The tester closes TCP behind it, since a client may wait for CRLF",
        script: { lineEnd: "\n" },
      },
      {
        title: "Answer with a header that goes on in the next line",
        what: "has an Upgrade header whose value is in the next line, behind a space",
        script: { lines: answerLines({ Upgrade: ["Upgrade:", " websocket"] }) },
      },
    ],
    (id, { title, what, script }) =>
      observed(id, {
        title,
        what,
        requirements: ["9112-2.2-1"],
        answer: { lines: answerLines(), ...script },
        isLast: true,
      }),
  ),
  // Erratum 3433: the header may come several times, and then it is one list (RFC 9110 §5.3).
  ...family(
    "22.2.27",
    [
      ["one that was not offered in the second", [OFFERED, "x-foo"], UNOFFERED, ["6455-4.1-26"]],
      ["one that was not offered in the first", ["x-foo", OFFERED], UNOFFERED, ["6455-4.1-26"]],
      [
        "permessage-deflate in both",
        [OFFERED, OFFERED],
        "It accepts permessage-deflate twice, and both would use the bit RSV1.",
        ["7692-5-4", "6455-4.1-26"],
      ],
    ] as const,
    (id, [what, values, why, requirements]) =>
      refused(id, {
        title: `Answer with extensions in two headers: ${what}`,
        what: `has two Sec-WebSocket-Extensions headers: ${values.join(" and ")}`,
        why: `Together they are one list. ${why}`,
        requirements,
        answer: { lines: answerLines({}, ...values.map((value) => `${EXTENSIONS}: ${value}`)) },
      }),
  ),
  observed("22.2.28", {
    // RFC 9110 §5.6.1.2 wants a recipient to ignore empty elements. RFC 6455 §9.1 has no empty list, and clients differ.
    title: "Answer with extensions in two headers, one of them empty",
    what: "has two Sec-WebSocket-Extensions headers: an empty one and permessage-deflate",
    why: "Together they are a list with an empty element. A client that has not offered permessage-deflate has to refuse the answer.",
    requirements: ["6455-4.1-26", "6455-9.1-1"],
    answer: { lines: answerLines({}, `${EXTENSIONS}:`, `${EXTENSIONS}: ${OFFERED}`) },
  }),
];

/** 22.3: answers that HTTP has besides 101. 22.3.4 is in 22-client-urls. */
export const OTHER_STATUSES: readonly Case[] = [
  ...family("22.3.1", ["200 OK", "204 No Content"], (id, status) => otherStatus(id, status)),
  ...family(
    "22.3.2",
    ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"],
    (id, status) =>
      observed(id, {
        title: `Redirect with status ${status}`,
        what: `is ${status} and leads to the same case once more, where the connection opens`,
        why: "A client may follow it or fail.",
        requirements: ["6455-4.1-22"],
        answer: { lines: redirect(status), times: 1 },
        isBare: true,
      }),
  ),
  observed("22.3.3", {
    title: "Redirects in a circle",
    what: "is 302 Found and leads to the same case, 25 times in a row",
    why: "A client that follows redirects should notice that it does not get anywhere (RFC 9110 §15.4).",
    requirements: ["6455-4.1-22"],
    answer: { lines: redirect("302 Found"), times: 25 },
    isBare: true,
  }),
  ...family(
    "22.3.5",
    [
      ["401 Unauthorized", "WWW-Authenticate"],
      ["407 Proxy Authentication Required", "Proxy-Authenticate"],
    ] as const,
    (id, [status, name]) =>
      observed(id, {
        title: `Refusal with status ${status}`,
        what: `is ${status} with a challenge for a name and a password`,
        why: "A client may try again with credentials, or fail.",
        requirements: ["6455-4.1-22"],
        answer: { lines: refusal(status, `${name}: Basic realm="wireproof"`) },
      }),
  ),
  ...family(
    "22.3.6",
    [
      ["400 Bad Request"],
      ["403 Forbidden"],
      ["426 Upgrade Required", "Sec-WebSocket-Version: 7, 8"],
      ["503 Service Unavailable", "Retry-After: 1"],
    ] as const,
    (id, [status, ...more]) => otherStatus(id, status, ...more),
  ),
  ...family(
    "22.3.7",
    [["100 Continue"], ["103 Early Hints", "Link: </style.css>; rel=preload"]] as const,
    (id, [status, ...more]) =>
      opened(id, {
        title: `Answer with status ${status} before the final one`,
        what: `comes behind an answer with status ${status}`,
        why: "A client reads on behind answers with status 1xx that it does not expect (RFC 9110 §15.2); an answer other than 101 is handled as HTTP has it (RFC 6455 §4.1).",
        requirements: ["9110-15.2-1", "6455-4.1-22"],
        answer: { lines: [`HTTP/1.1 ${status}`, ...more, "", ...answerLines()] },
      }),
  ),
  observed("22.3.8", {
    title: "Refusal with a body that never ends",
    what: "is 403 Forbidden, with a body that goes on and on, up to 1 MiB. The tester then closes TCP",
    why: "How much of it the client reads is recorded.",
    requirements: ["6455-10.4-1"],
    answer: {
      lines: ["HTTP/1.1 403 Forbidden", "Content-Type: text/plain", "Connection: close"],
      endless: { of: "body", text: "There is no end to this text. " },
    },
    isBare: true,
  }),
  observed("22.3.9", {
    title: "Answer with Set-Cookie",
    what: "sets a cookie",
    requirements: ["6455-4.1-20"],
    answer: { lines: answerLines({}, "Set-Cookie: wireproof=1; Path=/") },
  }),
];

/** An answer that the client must not take. One that is no 101 is followed by the end of TCP, as HTTP has it. */
function refused(id: string, said: Answer): Case {
  return withAnswer(id, said, {
    expectation:
      "The client closes TCP and sends no frame. If it answers the Ping or the message, it has taken the answer.",
    expect: refusesOpening({}, pongWith(OPEN), message(OPEN)),
  });
}

/** A valid answer. */
function opened(id: string, said: Answer): Case {
  return withAnswer(id, said, {
    expectation: "The connection opens: the client answers the Ping and echoes the message.",
    expect: answers(pongWith(OPEN), message(OPEN)),
  });
}

function observed(id: string, said: Answer): Case {
  return withAnswer(id, said, {
    expectation: "Nothing is demanded here. What the client does is recorded.",
    expect: observesOpening(said.isBare === true ? answers() : answers(pongWith(OPEN), message(OPEN))),
  });
}

function withAnswer(
  id: string,
  { title, what, why, requirements, answer, isBare, isLast }: Answer,
  { expectation, expect }: { readonly expectation: string; readonly expect: Expectation },
): Case {
  const isFinal = answer.lines.some((line) => /^HTTP\/\d\.\d 101 /.test(line));
  // What is no 101 ends with TCP.
  const last = isFinal && isBare !== true && isLast !== true ? closeAfter(1) : endTcp();
  const script = isBare === true ? [last] : [...FRAMES, last];
  const behind = isBare === true ? "" : " A Ping and a text message come right behind it.";
  return {
    id,
    title,
    description: `The answer to the opening handshake ${what}.${why === undefined ? "" : ` ${why}`}${behind}`,
    expectation,
    requirements: withEcho(requirements, expect),
    peer: "client",
    answer,
    script,
    expect,
    since: "0.2.0",
  };
}

/** What is demanded of the echo behind an answer that opens. */
function withEcho(
  requirements: readonly [RequirementId, ...RequirementId[]],
  { opening, informational }: Expectation,
): readonly [RequirementId, ...RequirementId[]] {
  return opening === undefined && informational !== true
    ? [...requirements, "6455-6.2-1", "6455-5.5.2-1"]
    : requirements;
}

function wrongAccept(id: string, title: string, what: string, line: string | readonly string[]): Case {
  return refused(id, {
    title,
    what,
    requirements: ["6455-4.1-25"],
    answer: { lines: answerLines({ [ACCEPT]: line }) },
  });
}

/** Everything is as in an answer that opens, except for the status: the frames are its body. */
function otherStatus(id: string, status: string, ...more: readonly string[]): Case {
  const length = status.startsWith("204") ? [] : [`Content-Length: ${FRAMES_LENGTH}`];
  return refused(id, {
    title: `Answer with status ${status}`,
    what: `has the status ${status}, and otherwise all that an answer needs that opens. The tester closes TCP behind it`,
    requirements: ["6455-4.1-28", "6455-4.1-22"],
    answer: { lines: answerLines({ status: `HTTP/1.1 ${status}` }, ...more, ...length) },
  });
}

function redirect(status: string): readonly string[] {
  return [`HTTP/1.1 ${status}`, "Location: {again}", "Content-Length: 0", "Connection: close"];
}

function refusal(status: string, ...more: readonly string[]): readonly string[] {
  return [`HTTP/1.1 ${status}`, ...more, `Content-Length: ${FRAMES_LENGTH}`, "Connection: close"];
}
