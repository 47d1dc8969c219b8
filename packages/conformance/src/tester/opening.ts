import type { OpeningExpectation, RequestScript } from "../case/handshake.js";
import type { TransportEvents } from "../net/transport.js";
import type { Target } from "../net/target.js";
import type { HandshakeRecord, Profile } from "../record/record.js";
import type { Recorder } from "../record/recorder.js";
import type { Clock } from "../time/clock.js";
import { checkResponse, isProblem, type Asked } from "../wire/check-response.js";
import type { DeflateParameters } from "../wire/deflate-parameters.js";
import { headerValues, isOpening, type ResponseHead } from "../wire/http1.js";
import type { Dialled } from "./dial-peer.js";

/** The record keeps at most this much of an answer. */
export const HEAD_KEPT = 16_384;

/** How long to wait for a body whose end the answer does not announce. A missing body loses only an explanation. */
export const BODY_MS = 500;

export interface Opened {
  readonly handshake: HandshakeRecord;
  /** Octets after the answer: the first frames. */
  readonly rest: Uint8Array;
  /** The `Server` header. */
  readonly server: string | undefined;
  /** The agreed parameters of permessage-deflate, and the extension as the answer writes it; null for none. */
  readonly deflate: DeflateParameters | null;
  readonly extension: string | null;
  /** The peer did not answer in time. */
  readonly timedOut: boolean;
}

export interface OpenContext {
  readonly target: Target;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** What is written instead of the usual request. */
  readonly script?: RequestScript;
  /** How the opening handshake has to end; `opened` if absent. In the other cases any answer opens whose status does. */
  readonly end?: OpeningExpectation["end"];
  /** Extension offers; none if absent. */
  readonly offers?: readonly string[];
  /**
   * Under `autobahn` the request is the original's octet for octet, except for `User-Agent`, and parameters in the
   * answer that were not offered are accepted, as there. `modern` if absent.
   */
  readonly profile?: Profile;
  /** Takes the transport over, in the same turn in which the answer was read. */
  readonly onAnswer: (opened: Opened) => TransportEvents;
}

/** An opening handshake on a connection that was dialled for it. */
export interface DialledContext extends OpenContext {
  readonly dialled: Dialled;
}

/** What an answer to the request means; with `acceptsAny` a faulty answer whose status does opens the connection all the same. */
export function checked(
  request: string | null,
  asked: Asked,
  head: ResponseHead,
  read: { head: string; rest: Uint8Array },
  acceptsAny: boolean,
): Opened {
  const found = checkResponse(head, asked);
  const response = read.head.slice(0, HEAD_KEPT);
  const server = headerValues(head, "server")[0];
  const status = head.status === 0 ? {} : { status: head.status };
  if (!isProblem(found)) {
    return { ...opened({ opened: true, request, response, ...status }, read.rest, false), server, ...found };
  }
  if (acceptsAny && isOpening(head)) {
    return { ...opened({ opened: true, request, response, ...status }, read.rest, false), server };
  }
  const { sentence, requirement } = found;
  const broken = requirement === undefined ? {} : { requirement };
  const handshake = { opened: false, request, response, problem: sentence, ...broken, ...status };
  return { ...opened(handshake, read.rest, false), server };
}

/** An opening handshake on which nothing was agreed. */
export function opened(handshake: HandshakeRecord, rest: Uint8Array, timedOut: boolean): Opened {
  return { handshake, rest, server: undefined, deflate: null, extension: null, timedOut };
}

/** The elements of a list that has no quoted commas (RFC 9110 §5.6.1). */
export function elements(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => value.split(",").map((each) => each.trim())).filter((each) => each !== "");
}
