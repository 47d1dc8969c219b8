import { HTTP2_PREFACE } from "../case/http2-names.js";
import {
  checkRequest,
  type OpeningRequest,
  type PlainRequest,
  type RefusedRequest,
} from "../wire/check-request.js";
import { HeadReader, parseRequest, type RequestHead } from "../wire/http1.js";
import type { Clock } from "../time/clock.js";
import type { SocketConnection } from "../net/socket-transport.js";
import { IGNORE_EVENTS, type TransportEvents } from "../net/transport.js";
import type { IncomingHttp2 } from "./incoming-http2.js";
import { refuse } from "./refusal.js";

/** A head may have this many octets. */
export const HEAD_OCTETS = 16_384;

/** A request whose head is complete. */
export interface IncomingRequest {
  readonly head: RequestHead;
  /** The head as it was received, for the record. */
  readonly text: string;
  readonly checked: OpeningRequest | RefusedRequest | PlainRequest;
  /** Everything that was read so far, read by read. */
  readonly reads: readonly Uint8Array[];
  /** Octets after the head: the first frames. */
  readonly rest: Uint8Array;
  /** The stream of HTTP/2 that the request opened; absent over HTTP/1.1. */
  readonly http2?: IncomingHttp2;
}

/** The preface of HTTP/2, as far as it looks like the head of a request (RFC 9113 §3.4). */
const PREFACE_HEAD = HTTP2_PREFACE.slice(0, HTTP2_PREFACE.indexOf("\r\n\r\n") + 4);

export interface ReadRequestContext {
  readonly connection: SocketConnection;
  readonly clock: Clock;
  /** From now to the end of the head. */
  readonly timeoutMs: number;
  /** Accept what the original accepts. */
  readonly lenient: boolean;
  /** Takes the transport over from a client that speaks HTTP/2; its octets come again. Absent: HTTP/1.1 alone is spoken. */
  readonly onHttp2?: () => TransportEvents;
  /** Takes the transport over. */
  readonly onRequest: (incoming: IncomingRequest) => TransportEvents;
}

/**
 * Reads the head of a request on an accepted connection, and checks it. If no complete head comes, the refusal is sent
 * here, and `onRequest` is not called.
 */
export function readRequest(context: ReadRequestContext): void {
  const { connection, clock, timeoutMs } = context;
  const reader = new HeadReader({ limit: HEAD_OCTETS });
  const reads: Uint8Array[] = [];
  let next: TransportEvents | null = null;
  const giveUp = (status: number, sentence: string): void => {
    timer.cancel();
    next = IGNORE_EVENTS;
    refuse(connection.transport, { status, sentence });
  };
  const timer = clock.deadline(timeoutMs, () => giveUp(408, `no request came within ${timeoutMs} ms`));
  connection.attach({
    received: (chunk) => {
      if (next !== null) return next.received(chunk);
      reads.push(chunk);
      const read = reader.push(chunk);
      if (read === "more") return;
      if (read === "too-long" || read.head.length > HEAD_OCTETS) {
        return giveUp(431, `the head of the request is longer than ${HEAD_OCTETS} octets`);
      }
      timer.cancel();
      if (read.head === PREFACE_HEAD && context.onHttp2 !== undefined) {
        next = context.onHttp2();
        for (const early of reads) next.received(early);
        return;
      }
      const head = parseRequest(read.head);
      const checked = checkRequest(head, { lenient: context.lenient });
      next = context.onRequest({ head, text: read.head, checked, reads, rest: read.rest });
    },
    ended: (reset) => {
      timer.cancel();
      if (next !== null) return next.ended(reset);
      next = IGNORE_EVENTS;
      connection.transport.end();
    },
  });
}
