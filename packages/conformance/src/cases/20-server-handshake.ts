import type { Case } from "../case/case.js";
import { answers, message, pongWith, refusesOpening } from "../case/expect.js";
import { requestLines } from "../case/handshake.js";
import { closeAfter, ping, text, type Step } from "../case/steps.js";

/** What shows that a connection is open: a text that comes back. */
const HELLO: readonly Step[] = [text("Hello"), closeAfter(2)];
/** The same after a 101 that should not have come; a Pong is proof, too. */
const OPEN: readonly Step[] = [ping("open?"), text("open?"), closeAfter(1)];

/** 20: what a server makes of the request of an opening handshake (RFC 6455 §4.2). */
export const SERVER_HANDSHAKE: readonly Case[] = [
  {
    id: "20.1.1",
    title: "The request of the RFC's example",
    description:
      "The opening handshake with the key of the example in RFC 6455, dGhlIHNhbXBsZSBub25jZQ==. Its Sec-WebSocket-Accept is s3pPLMBiTxaQ9kYGzzhZRbK+xOo=.",
    expectation: "The server opens the connection and echoes a text message.",
    requirements: ["6455-4.2.2-9", "6455-4.2.2-10", "6455-6.2-1"],
    peer: "server",
    request: { lines: requestLines(), key: "dGhlIHNhbXBsZSBub25jZQ==" },
    script: HELLO,
    expect: answers(message("Hello")),
    since: "0.2.0",
  },
  {
    id: "20.1.2",
    title: "POST instead of GET",
    description: "An opening handshake that is right except for its method: POST.",
    expectation:
      "The server does not open the connection. It answers with an HTTP error, such as 405 or 400.",
    requirements: ["6455-4.2.1-2", "6455-4.2.1-1"],
    peer: "server",
    request: { lines: requestLines({ request: "POST {path} HTTP/1.1" }) },
    script: OPEN,
    expect: refusesOpening({}, pongWith("open?"), message("open?")),
    since: "0.2.0",
  },
  {
    id: "20.5.1",
    title: "No Sec-WebSocket-Version",
    description: "An opening handshake without the Sec-WebSocket-Version header.",
    expectation: "The server does not open the connection. It answers with an HTTP error, such as 400.",
    requirements: ["6455-4.2.1-7", "6455-4.2.1-1"],
    peer: "server",
    request: { lines: requestLines({ "Sec-WebSocket-Version": [] }) },
    script: OPEN,
    expect: refusesOpening({}, pongWith("open?"), message("open?")),
    since: "0.2.0",
  },
];
