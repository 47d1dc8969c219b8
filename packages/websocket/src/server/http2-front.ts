import type { Server as HttpServer } from "node:http";
import type { ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

import type { ServerLimits } from "../session/limits.js";
import { http2Module } from "../transport/http2-module.js";
import { answerPlainly, attachHttp2 } from "./http2-attachments.js";
import type { StreamAttachment } from "./http2-attachments.js";
import { LONGEST_TIMER_MS } from "../transport/time.js";
import { refusal, refuseStream } from "./refuse.js";

/** What the HTTP/2 part of a listener has to be told. */
export interface Http2Front {
  /** Tells every client that no more of its requests are taken (GOAWAY), and lets the streams finish. */
  stop(): void;
}

/**
 * Gives the HTTP/2 clients of an HTTP server to a server of node:http2 that listens nowhere: those that have agreed on it
 * by ALPN, and without TLS those that begin with the preface of HTTP/2 (RFC 9113 §3.3, §3.4). All others stay where they
 * are, with everything that the HTTP server does for them.
 */
export function addHttp2(
  server: HttpServer,
  isSecure: boolean,
  limits: ServerLimits,
  receiver: StreamAttachment,
): Http2Front {
  const handshakeMs = Math.min(Math.ceil(limits.handshakeMs), LONGEST_TIMER_MS);
  const http2 = http2Module().createServer({
    settings: {
      // A client that has more to open uses a second connection, or waits: it needs no refusal.
      maxConcurrentStreams: Math.min(limits.http2Streams, MOST_STREAMS),
      maxHeaderListSize: Math.min(Math.ceil(limits.handshakeOctets), 2 ** 30),
    },
  });
  const sessions = new Set<ServerHttp2Session>();
  attachHttp2(http2, receiver);
  answerPlainly(http2, refusePlainRequest);
  http2.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    endWhenIdle(session, handshakeMs);
  });
  const event = isSecure ? "secureConnection" : "connection";
  const others = server.rawListeners(event);
  server.removeAllListeners(event);
  server.on(event, (socket: Socket) => {
    const go = (isHttp2: boolean): void => {
      if (isHttp2) {
        // A session whose client has ended TCP is of no use; HTTP/1.1 has reasons to keep such a socket.
        socket.allowHalfOpen = false;
        http2.emit("connection", socket);
      } else for (const other of others) Reflect.apply(other, server, [socket]);
    };
    if (isSecure) go((socket as TLSSocket).alpnProtocol === "h2");
    else whenKnown(socket, handshakeMs, go);
  });
  return { stop: () => sessions.forEach((session) => session.close()) };
}

/** Looks at the first octets, and leaves them in the socket. */
function whenKnown(socket: Socket, timeoutMs: number, go: (isHttp2: boolean) => void): void {
  let seen = Buffer.alloc(0);
  const destroy = (): void => void socket.destroy();
  const timer = setTimeout(destroy, timeoutMs).unref();
  const look = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk !== null) seen = Buffer.concat([seen, chunk]);
    const length = Math.min(seen.length, PREFACE.length);
    const mayBe = seen.subarray(0, length).equals(PREFACE.subarray(0, length));
    if (mayBe && length < PREFACE.length && !socket.readableEnded) return;
    leave();
    if (seen.length > 0) socket.unshift(seen);
    go(mayBe);
  };
  const leave = (): void => {
    clearTimeout(timer);
    socket.off("readable", look).off("error", destroy).off("end", destroy).off("close", leave);
  };
  socket.on("readable", look).on("error", destroy).on("end", destroy).on("close", leave);
}

/** "PRI" is no method of HTTP/1.1: it was chosen to be none. */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\n", "latin1");

/**
 * Ends a session that has no stream for `idleMs`, such as one that never sends a request. Clients open another one when
 * they need it.
 */
function endWhenIdle(session: ServerHttp2Session, idleMs: number): void {
  let streams = 0;
  const begin = (): NodeJS.Timeout => setTimeout(() => session.destroy(), idleMs).unref();
  let timer = begin();
  session.on("stream", (stream: ServerHttp2Stream) => {
    if (stream.destroyed) return;
    streams++;
    clearTimeout(timer);
    stream.once("close", () => {
      streams--;
      if (streams === 0 && !session.destroyed) timer = begin();
    });
  });
  session.once("close", () => clearTimeout(timer));
}

/** RFC 8441 §4: there is another way to ask over HTTP/2, where 426 has no meaning (RFC 9113 §8.6). */
function refusePlainRequest(stream: ServerHttp2Stream): void {
  refuseStream(stream, PLAIN_REQUEST);
}

const PLAIN_REQUEST = refusal(
  404,
  "plain-request",
  "This is a WebSocket server; ask for it with an extended CONNECT request.\n",
);
const MOST_STREAMS = 2 ** 31 - 1;
