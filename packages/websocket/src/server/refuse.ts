import type { ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";

import { refuse, refuseConnect } from "../handshake/refuse.js";
import { dropStream } from "../transport/http2-stream.js";
import { http2Headers } from "./http2-headers.js";

/** A refusal as it is written; `problem` is for diagnostics. */
export interface OpeningRefusal {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly problem: string;
}

export function isRefusal(result: object): result is OpeningRefusal {
  return "problem" in result;
}

export function refusal(status: number, problem: string, body: string): OpeningRefusal {
  return { status, headers: [], body, problem };
}

/**
 * The reasons of a server to refuse a correct request: id, status, sentence. The ids are stable. `handshake/problem.ts`
 * has those for incorrect requests.
 */
const ROWS = [
  ["http-malformed", 400, "This is no HTTP request."],
  ["path-not-served", 404, "There is no WebSocket server at this path."],
  ["request-timeout", 408, "The request took too long."],
  ["too-many-streams", 429, "There are too many connections over this HTTP/2 connection."],
  ["too-many-from-address", 429, "There are too many connections from this address."],
  ["headers-too-large", 431, "The header section is too large."],
  ["hook-failed", 500, "The server has failed."],
  ["too-many-connections", 503, "There is no room for another connection."],
  ["handshake-timeout", 503, "The opening handshake took too long."],
  ["client-gone", 503, "The client has gone."],
  ["closing", 503, "This server is going away."],
] as const;

export type RefusalId = (typeof ROWS)[number][0];

export const REFUSALS: Readonly<Record<RefusalId, OpeningRefusal>> = Object.fromEntries(
  ROWS.map(([problem, status, body]) => [problem, refusal(status, problem, body)]),
) as unknown as Record<RefusalId, OpeningRefusal>;

/** How long a refused client may take to read the answer and to close, in ms. */
const LINGER_MS = 2_000;

/**
 * Answers an opening handshake with something other than 101 and ends the connection. What the client has sent already
 * is read and thrown away: unread octets would turn the end into a reset, which can destroy the answer on its way.
 * Throws for an invalid status or header field, before anything is written.
 */
export function refuseSocket(socket: Duplex, { status, headers, body }: OpeningRefusal): void {
  const answer = refuse(status, headers, body);
  socket.on("error", () => socket.destroy());
  if (socket.destroyed) return;
  const lingering = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once("close", () => clearTimeout(lingering));
  if (socket.readableEnded) socket.end(answer, "latin1", () => socket.destroy());
  else {
    // Destroyed only when both directions have ended, and the answer is out.
    socket.once("end", () =>
      socket.writableFinished ? socket.destroy() : socket.once("finish", () => socket.destroy()),
    );
    socket.end(answer, "latin1");
    socket.resume();
  }
}

/**
 * The same for the stream of an extended CONNECT request. Behind the answer the client is told that the rest of its
 * request is not needed, by RST_STREAM with NO_ERROR (RFC 9113 §8.1). Throws as `refuseSocket` does.
 */
export function refuseStream(stream: ServerHttp2Stream, { status, headers, body }: OpeningRefusal): void {
  const answer = http2Headers(status, refuseConnect(status, headers, body));
  stream.on("error", () => {});
  // What is unread would keep a stream that is closed already.
  stream.resume();
  if (stream.destroyed || stream.closed) return;
  stream.respond(answer);
  const lingering = setTimeout(() => dropStream(stream), LINGER_MS).unref();
  stream.once("close", () => clearTimeout(lingering));
  stream.end(body);
  stream.close(NO_ERROR);
}

const NO_ERROR = 0;
