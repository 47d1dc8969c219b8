import type { ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";

import { ErrorCode, WebSocketError, invalidArgument } from "../errors.js";
import {
  DEFAULT_HEAD_LIMITS,
  HANDSHAKE_PROBLEMS,
  buildConnect,
  checkConnectResponse,
  isTunnel,
} from "../handshake/index.js";
import type { HandshakeProblemId, HeaderPair, ResponseHead } from "../handshake/index.js";
import { dropStream } from "../transport/http2-stream.js";
import { borrowSession } from "./http2-lease.js";
import type { Http1, Lease } from "./http2-lease.js";
import { leaseSession } from "./http2-pool.js";
import { sessionBroken } from "./http2-session.js";
import { keepSessionBehind } from "./keep-session.js";
import { offerOf } from "./plan.js";
import type { Exchange, Plan } from "./plan.js";
import { invalidResponse } from "./read-head.js";
import type { Hops } from "./redirects.js";

/** Writes an extended CONNECT (RFC 8441 §4). Throws InvalidArgument. */
export function writeHttp2(hops: Hops, plan: Plan): OutgoingHttpHeaders {
  try {
    const scheme = hops.url.protocol === "wss:" ? "wss" : "ws";
    return asHeaders(buildConnect({ ...offerOf(hops, plan), scheme }));
  } catch (error) {
    throw invalidArgument((error as TypeError).message);
  }
}

/**
 * Asks over HTTP/2, on one stream of a session that others may use. {@link Http1} if the server wants to be asked over
 * HTTP/1.1. Rejects as `leaseSession` does, and with InvalidResponse; leaves nothing behind then.
 */
export async function exchangeOverHttp2(
  hops: Hops,
  plan: Plan,
  request: OutgoingHttpHeaders,
): Promise<Exchange | Http1> {
  for (let attempt = 1; ; attempt++) {
    const lease = await leaseFor(hops, plan);
    if (!("session" in lease)) return lease;
    const result = await ask(lease, request, plan);
    if (!("rstCode" in result)) return result;
    if (isRefusal(result.rstCode) && attempt < ATTEMPTS) continue;
    if (result.rstCode === HTTP_1_1_REQUIRED && typeof plan.http2 === "boolean") return { socket: undefined };
    throw result.error;
  }
}

function leaseFor({ url, socketPath, tls, isFirst }: Hops, { http2, signal }: Plan): Promise<Lease | Http1> {
  // A redirect may lead to another server than that of the application's session.
  if (typeof http2 === "object" && isFirst) return borrowSession(http2, signal);
  return leaseSession({ url, socketPath, tls }, signal);
}

/** A stream that was reset in place of an answer. */
interface Reset {
  readonly rstCode: number;
  readonly error: WebSocketError;
}

async function ask(lease: Lease, request: OutgoingHttpHeaders, plan: Plan): Promise<Exchange | Reset> {
  const stream = begin(lease, request);
  if ("error" in stream) return stream;
  stream.on("error", () => {}).once("close", () => lease.release());
  try {
    const head = await readResponse(stream, plan);
    if ("error" in head) {
      if (isRefusal(head.rstCode)) lease.retire();
      return head;
    }
    return {
      socket: stream,
      answer: { head, rest: NOTHING },
      isAccepted: isTunnel(head.status),
      wanted: "200 (OK)",
      check: (offered) => checkConnectResponse(head, offered),
    };
  } catch (error) {
    // It may be that the other end of the session is gone, and nobody has noticed.
    if (isTimeout(error)) lease.retire();
    dropStream(stream);
    throw error;
  }
}

/** Throws InvalidArgument for what node:http2 does not send. */
function begin(lease: Lease, request: OutgoingHttpHeaders): ClientHttp2Stream | Reset {
  const { session } = lease;
  try {
    const stream = session.request(request, { endStream: false });
    keepSessionBehind(stream, session);
    return stream;
  } catch (cause) {
    const isEnding = session.closed || session.destroyed;
    lease.release();
    if (isEnding) return { rstCode: REFUSED_STREAM, error: sessionBroken(cause as Error) };
    throw invalidArgument((cause as Error).message);
  }
}

/** Reads the head of the answer and leaves the stream behind it. Rejects; the caller has to drop the stream then. */
function readResponse(
  stream: ClientHttp2Stream,
  { headOctets, signal }: Plan,
): Promise<ResponseHead | Reset> {
  const { session } = stream;
  return new Promise((resolve, reject) => {
    let interimResponses = 0;
    let cause: Error | undefined;
    const settle = (): void => {
      signal.removeEventListener("abort", onAbort);
      stream.off("headers", onInterim).off("response", onResponse);
      stream.off("error", onError).off("close", onClose);
    };
    const fail = (error: unknown): void => {
      settle();
      reject(error);
    };
    const failFor = (id: HandshakeProblemId): void => fail(invalidResponse(HANDSHAKE_PROBLEMS[id]));
    const onInterim = (): void => {
      interimResponses++;
      if (interimResponses > DEFAULT_HEAD_LIMITS.interimResponses) failFor("too-many-interim-responses");
    };
    const onResponse = (headers: IncomingHttpHeaders): void => {
      const rawHeaders = rawHeadersOf(headers);
      if (octetsOf(rawHeaders) > headOctets) return failFor("head-too-large");
      settle();
      resolve({ httpVersion: "2.0", status: Number(headers[":status"]), reason: "", rawHeaders });
    };
    const onError = (error: Error): void => {
      cause = error;
    };
    const onClose = (): void => {
      if (session?.destroyed !== false && stream.rstCode !== REFUSED_STREAM)
        return fail(sessionBroken(cause));
      settle();
      resolve({ rstCode: stream.rstCode, error: streamReset(stream.rstCode, cause) });
    };
    const onAbort = (): void => fail(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    stream.on("headers", onInterim).once("response", onResponse);
    stream.once("error", onError).once("close", onClose);
  });
}

function streamReset(rstCode: number, cause: Error | undefined): WebSocketError {
  const { id, section, sentence } = HANDSHAKE_PROBLEMS["stream-reset"];
  const message = `${sentence} The error code is ${rstCode}.`;
  return new WebSocketError(ErrorCode.InvalidResponse, message, {
    cause,
    section,
    problem: id,
    closeCode: 1006,
  });
}

/**
 * Whether the server has had no room for the stream, and most likely has on another session (RFC 9113 §8.7). Servers of
 * node:http2 say it with ENHANCE_YOUR_CALM, for a moment also when a stream has just ended.
 */
function isRefusal(rstCode: number): boolean {
  return rstCode === REFUSED_STREAM || rstCode === ENHANCE_YOUR_CALM;
}

function isTimeout(error: unknown): boolean {
  return error instanceof WebSocketError && error.code === ErrorCode.HandshakeTimeout;
}

/** Several fields of one name as a list. */
function asHeaders(fields: readonly HeaderPair[]): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = Object.create(null) as Record<string, string>;
  for (const [name, value] of fields) {
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else headers[name] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  return headers;
}

/** Without pseudo-header fields. */
function rawHeadersOf(headers: IncomingHttpHeaders): string[] {
  return Object.entries(headers).flatMap(([name, values]) =>
    name.startsWith(":") || values === undefined ? [] : [values].flat().flatMap((value) => [name, value]),
  );
}

/** As RFC 9113 §6.5.2 counts them. */
function octetsOf(rawHeaders: readonly string[]): number {
  const characters = rawHeaders.reduce((sum, text) => sum + text.length, 0);
  return characters + FIELD_OCTETS * (rawHeaders.length / 2);
}

/** A refused request is made again once. */
const ATTEMPTS = 2;
const NOTHING = new Uint8Array(0);
const FIELD_OCTETS = 32;
// Error codes of RFC 9113 §7.
const REFUSED_STREAM = 0x7;
const ENHANCE_YOUR_CALM = 0xb;
const HTTP_1_1_REQUIRED = 0xd;
