import { answerLines, type AnswerScript, type RequestPart } from "../case/handshake.js";
import type { Case } from "../case/case.js";
import {
  answers,
  closedByScript,
  closesWith,
  message,
  observesOpening,
  pongWith,
  refusesOpening,
} from "../case/expect.js";
import type { RequirementId } from "../case/requirements.js";
import { binary, close, closeAfter, endTcp, ping, resetTcp, text } from "../case/steps.js";

interface Inspection {
  readonly part: RequestPart;
  readonly title: string;
  readonly what: string;
  readonly expectation: string;
  readonly requirements: readonly [RequirementId, ...RequirementId[]];
  readonly isObserved?: true;
}

/**
 * 22.1 and 22.4: the request of a client, and how it reads the stream behind it.
 *
 * What needs another URL than that of the case is in 22-client-urls. 22.1.14, two connections at once, is not here: a client
 * would have to be told to open them. 22.1.6 is checked on every connection instead.
 */
export const CLIENT_REQUEST: readonly Case[] = [
  inspects("22.1.1", {
    part: "request-line",
    title: "The request line",
    what: "the request line",
    expectation:
      "The method is GET, the version is HTTP/1.1, and the target is a path with its query or a whole URI, without blanks and without a fragment.",
    requirements: ["6455-4.1-10", "6455-4.1-11"],
  }),
  inspects("22.1.3", {
    part: "host",
    title: "The Host header",
    what: "the Host header. Which name and port are right is not checked, since they may be others where the client is",
    expectation: "There is one Host header, with a host and perhaps a port.",
    requirements: ["6455-4.1-12"],
  }),
  inspects("22.1.4", {
    part: "upgrade",
    title: "The Upgrade and Connection headers of the request",
    what: "the headers Upgrade and Connection",
    expectation: "Upgrade has the token websocket and Connection the token Upgrade, in any case.",
    requirements: ["6455-4.1-13", "6455-4.1-14"],
  }),
  inspects("22.1.5", {
    part: "key",
    title: "The form of Sec-WebSocket-Key",
    what: "Sec-WebSocket-Key",
    expectation: "There is one, and it is the base64 of 16 octets: 24 characters.",
    requirements: ["6455-4.1-15"],
  }),
  inspects("22.1.7", {
    part: "version",
    title: "Sec-WebSocket-Version",
    what: "Sec-WebSocket-Version",
    expectation: "There is one, and it is 13.",
    requirements: ["6455-4.1-18"],
  }),
  inspects("22.1.8", {
    part: "subprotocols",
    title: "The offered subprotocols",
    what: "Sec-WebSocket-Protocol. A client that offers no subprotocol has nothing to inspect",
    expectation: "Every offered subprotocol is a token, and none is offered twice.",
    requirements: ["6455-4.1-19"],
  }),
  inspects("22.1.9", {
    part: "extensions",
    title: "The offered extensions",
    what: "Sec-WebSocket-Extensions. A client that offers no extension has nothing to inspect. Which extensions are registered can change, so unknown ones are only reported",
    expectation:
      "The header follows its grammar, and permessage-deflate has only parameters that are defined for it, each of them once.",
    requirements: ["6455-9.1-3", "6455-9.1-1"],
  }),
  inspects("22.1.10", {
    part: "body",
    title: "No body behind the request",
    what: "Content-Length and Transfer-Encoding",
    expectation: "The request has neither: a client should send no content with GET.",
    requirements: ["6455-4.1-10", "9110-9.3.1-1"],
  }),
  {
    id: "22.1.13",
    title: "Nothing behind the request before the answer",
    description:
      "The tester holds its answer back for a short pause. Before the client has read the answer it does not know whether there is a WebSocket at all.",
    expectation:
      "The client sends nothing before the answer. Then it echoes the message behind the answer. The tester closes with 1000 and the client answers.",
    requirements: ["6455-4.1-21", "6455-6.2-1"],
    peer: "client",
    answer: { lines: answerLines(), isHeldBack: true },
    script: [text("behind a late answer"), closeAfter(1)],
    expect: answers(message("behind a late answer")),
    since: "0.2.0",
  },
  inspects("22.1.15", {
    part: "origin",
    title: "The Origin header",
    what: "Origin",
    expectation:
      "Nothing is demanded here. A browser has to send the origin of its page, in ASCII and in lower case. But which client is a browser cannot be seen.",
    requirements: ["6455-4.1-17"],
    isObserved: true,
  }),
];

/** How a client reads what comes with the answer, and what it does when the stream ends. */
export const CLIENT_STREAM: readonly Case[] = [
  {
    id: "22.4.1",
    title: "The answer, one octet per write",
    description: "Every octet of the answer to the opening handshake is a separate write.",
    expectation: "The connection opens, and the client echoes the message behind the answer.",
    requirements: ["6455-4.1-2", "6455-6.2-1"],
    peer: "client",
    answer: { lines: answerLines(), chop: 1 },
    script: [text("behind the last octet"), closeAfter(2)],
    expect: answers(message("behind the last octet")),
    since: "0.2.0",
  },
  {
    id: "22.4.2",
    title: "Text message in one write with the answer to the opening handshake",
    description:
      "The server's answer to the opening handshake and a text message go out in one write, so they usually reach the client in one read. TCP is a stream: the end of a read says nothing about the end of the answer. A client that reads the answer and throws the rest of that read away loses the message.",
    expectation: "The client echoes the message. The tester then closes with 1000 and the client answers.",
    requirements: ["6455-6.2-1", "6455-5.1-6"],
    peer: "client",
    joinsAnswer: true,
    script: [text("right behind the answer"), closeAfter(1)],
    expect: answers(message("right behind the answer")),
  },
  {
    id: "22.4.3",
    title: "Half of a frame in one write with the answer",
    description:
      "The first seven octets of a text frame go out in one write with the answer to the opening handshake, and the rest in writes of seven octets.",
    expectation: "The client echoes the message.",
    requirements: ["6455-6.2-1"],
    peer: "client",
    joinsAnswer: true,
    chop: 7,
    script: [text("cut in the middle"), closeAfter(1)],
    expect: answers(message("cut in the middle")),
    since: "0.2.0",
  },
  {
    // A Close frame in the same write would let an application lose its chance to send the echoes.
    id: "22.4.4",
    title: "Three messages and a Ping in one write with the answer",
    description:
      "A text message, a binary message, another text message and a Ping go out in one write with the answer to the opening handshake.",
    expectation: "The client echoes all messages in order, and answers the Ping.",
    requirements: ["6455-6.2-1", "6455-5.5.2-1"],
    peer: "client",
    answer: { lines: answerLines() },
    script: [text("one"), binary("two"), text("three"), ping("four"), closeAfter(1)],
    expect: answers(message("one"), message("two", "binary"), message("three"), pongWith("four")),
    differs: ["pong-in-any-place"],
    since: "0.2.0",
  },
  {
    id: "22.4.5",
    title: "Close frame in one write with the answer",
    description:
      "A Close frame with code 1000 goes out in one write with the answer to the opening handshake.",
    expectation: "The client answers with a Close frame.",
    requirements: ["6455-5.5.1-5"],
    peer: "client",
    joinsAnswer: true,
    script: [close(1000)],
    expect: closedByScript(closesWith(1000)),
    differs: ["closing-handshake-required"],
    since: "0.2.0",
  },
  {
    id: "22.4.6.1",
    title: "TCP is closed right behind the answer",
    description:
      "The tester closes its direction of TCP right behind the answer to the opening handshake, without a Close frame.",
    expectation: "The client closes TCP too.",
    requirements: ["6455-7.2.1-1"],
    peer: "client",
    answer: { lines: answerLines() },
    script: [endTcp()],
    expect: answers(),
    since: "0.2.0",
  },
  {
    id: "22.4.6.2",
    title: "TCP is reset right behind the answer",
    description: "The tester resets TCP right behind the answer to the opening handshake.",
    expectation:
      "Nothing can be demanded here, since nothing is left on which the client could be seen. A client that is tested with its process shows whether it crashes.",
    requirements: ["6455-7.2.1-1"],
    peer: "client",
    answer: { lines: answerLines() },
    script: [resetTcp()],
    expect: observesOpening(answers()),
    since: "0.2.0",
  },
  {
    // How long a client waits for an answer is its own matter; a case that waited for that would take a minute.
    ...lost("22.4.7", { lines: [] }),
    title: "TCP is closed instead of an answer",
    description: "The tester reads the request and closes its direction of TCP, without an answer.",
  },
  {
    ...lost("22.4.8", { lines: answerLines(), cutAt: 60 }),
    title: "TCP is closed inside the answer",
    description: "The tester sends 60 octets of the answer and closes its direction of TCP.",
  },
];

function inspects(id: string, inspection: Inspection): Case {
  const { part, title, what, expectation, requirements, isObserved } = inspection;
  const expect = closedByScript(answers());
  return {
    id,
    title,
    description: `The tester looks at ${what}. The connection is closed with 1000 as soon as it is open; it is opened even if something is wrong with the request, as far as there is an answer to it.`,
    expectation,
    requirements,
    peer: "client",
    inspects: part,
    script: [close(1000)],
    expect: isObserved === true ? { ...expect, informational: true } : expect,
    since: "0.2.0",
  };
}

function lost(id: string, answer: AnswerScript): Case {
  return {
    id,
    title: "",
    description: "",
    expectation: "The client closes TCP too, and sends no frame.",
    requirements: ["6455-7.2.1-1"],
    peer: "client",
    answer,
    script: [endTcp()],
    expect: refusesOpening({}),
    since: "0.2.0",
  };
}
