import type { OpeningExpectation, ReplyRule } from "./handshake.js";
import type { Negotiation } from "./negotiation.js";
import { octets, type Payload } from "./payload.js";

/**
 * What the tester counts as an event: messages, pongs, and the end of a `wait` step.
 *
 * @example
 * ```ts
 * import type { ExpectedEvent } from "wireproof";
 *
 * const pattern = new TextEncoder().encode("ping me");
 * const pong: ExpectedEvent = { type: "pong", payload: { pattern, length: pattern.length } };
 * console.assert(pong.type === "pong");
 * ```
 */
export type ExpectedEvent =
  | { readonly type: "message"; readonly binary: boolean; readonly payload: Payload }
  | { readonly type: "pong"; readonly payload: Payload }
  | { readonly type: "timeout"; readonly tag: string };

/**
 * Events in the order in which they have to arrive, exactly these and no others.
 *
 * @example
 * ```ts
 * import { cases, type Trace } from "wireproof";
 *
 * const traces: Trace[] = cases.map(({ expect }) => expect.pass);
 * console.assert(traces.some((trace) => trace.length > 1));
 * ```
 */
export type Trace = readonly ExpectedEvent[];

/**
 * How the connection has to end.
 *
 * @example
 * ```ts
 * import type { Ending } from "wireproof";
 *
 * const normal: Ending = { by: "tester", codes: [1000], clean: true };
 * console.assert(normal.codes.includes(1000));
 * ```
 */
export interface Ending {
  /** Who starts the closing handshake (or, for the peer, fails or drops the connection). */
  readonly by: "tester" | "peer";
  /** Accepted close codes of the peer; a Close frame without a code is always accepted. */
  readonly codes: readonly number[];
  /** The closing handshake has to be complete. */
  readonly clean: boolean;
  /** A wrong code makes the outcome a failure too, not only the closing. */
  readonly codeIsFatal?: true;
  /** A closing by the wrong side makes the outcome a failure too. */
  readonly sideIsFatal?: true;
  /** A server that leaves TCP open after the closing handshake fails the case too. */
  readonly openTcpIsFatal?: true;
}

/**
 * What a conforming peer does in a case, and what is tolerated.
 *
 * @example
 * ```ts
 * import { cases, type Expectation } from "wireproof";
 *
 * const { pass, ending }: Expectation = cases[0]!.expect;
 * console.assert(pass[0]?.type === "message" && ending.clean);
 * ```
 */
export interface Expectation {
  /** The trace of a conforming peer. */
  readonly pass: Trace;
  /** A trace that is tolerated. */
  readonly nonStrict?: Trace;
  /** How the connection has to end. */
  readonly ending: Ending;
  /** How the opening handshake has to end; it has to open the connection if absent. */
  readonly opening?: OpeningExpectation;
  /** What a case over HTTP/2 demands of HTTP/2 itself. */
  readonly http2?: Http2Rule;
  /** What a server may make of what the request offers. */
  readonly negotiation?: Negotiation;
  /**
   * The peer should fail the connection, but no MUST demands it: a peer that takes what was sent as if it were legal, with
   * the trace `nonStrict`, is not at fault. The tester then closes.
   */
  readonly mayBeTaken?: true;
  /** Nothing is demanded of the end of the connection: only the events count. */
  readonly endIsOpen?: true;
  /** Nothing is demanded: whatever happens is recorded. */
  readonly informational?: true;
  /** The script closes the connection itself: a settled trace does not. */
  readonly closesItself?: true;
  /** The first message ends the case; under `autobahn` only its type and its length count (section 9). */
  readonly firstMessageDecides?: true;
  /** An echo loop decides: every message has to come back as it was sent. */
  readonly loopDecides?: true;
}

/**
 * What a peer has to do with HTTP/2. Beside that the case is about events and its end, except where this says otherwise.
 *
 * - `setting`: its first SETTINGS allow extended CONNECT (RFC 8441 §3). `setting-kept`: nothing later takes that back.
 * - `answer-fields`: the answer has only fields that HTTP/2 allows (RFC 9113 §8.2, §8.3.2).
 * - `end-stream`: it ends its stream with END_STREAM (RFC 8441 §5).
 * - `stream-ends`: it ends the stream, in whatever way. The case is about nothing else.
 * - `error`: it ends the stream or the connection with an error. The case is about nothing else.
 * - `silent-behind-reset`: it sends nothing more on a stream that the tester has reset, from the acknowledgement of a PING behind
 *   that on (RFC 9113 §5.1). The case is about nothing else.
 * - `acknowledges`: it acknowledges every SETTINGS and PING (RFC 9113 §6.5.3, §6.7).
 * - `others-go-on`: the other streams work. The case is about nothing else.
 *
 * @example
 * ```ts
 * import { cases, type Http2Rule } from "wireproof";
 *
 * const rule: Http2Rule = "end-stream";
 * console.assert(cases.find(({ id }) => id === "35.1.14")?.expect.http2 === rule);
 * ```
 */
export type Http2Rule =
  | "setting"
  | "setting-kept"
  | "answer-fields"
  | "end-stream"
  | "stream-ends"
  | "error"
  | "silent-behind-reset"
  | "acknowledges"
  | "others-go-on";

export function message(payload: Payload | string, type: "text" | "binary" = "text"): ExpectedEvent {
  return { type: "message", binary: type === "binary", payload: asPayload(payload) };
}

/** The pong that answers a ping: same application data (RFC 6455 §5.5.3). */
export function pongWith(payload: Payload | string): ExpectedEvent {
  return { type: "pong", payload: asPayload(payload) };
}

export function timeout(tag: string): ExpectedEvent {
  return { type: "timeout", tag };
}

const NORMAL: Ending = { by: "tester", codes: [1000], clean: true };

/** The peer answers with exactly these events; the tester then closes with 1000 and the peer takes part. */
export function answers(...pass: ExpectedEvent[]): Expectation {
  return { pass, ending: NORMAL };
}

/** Nothing but the closing handshake, which the script starts: it is what the case is about. */
export function closesWith(...codes: number[]): Expectation {
  return { pass: [], ending: { by: "tester", codes, clean: true, codeIsFatal: true } };
}

/** The peer fails the connection; if it sends a close code, it is this one (RFC 6455 §7.1.7). */
export function failsWith(code: number): Expectation {
  return { pass: [], ending: { by: "peer", codes: [code], clean: false } };
}

/**
 * The peer fails the connection because of compressed data; RFC 7692 does not say with which close code, so that every
 * code which reports a problem fits.
 */
export function refusesData(): Expectation {
  return { pass: [], ending: { by: "peer", codes: [1007, 1002, 1003, 1008, 1009, 1011], clean: false } };
}

/** Like `failsWith`, after these events; a peer that fails before it answers (none of them) is tolerated. */
export function answersThenFailsWith(code: number, ...pass: ExpectedEvent[]): Expectation {
  return { ...failsWith(code), pass, nonStrict: [] };
}

/** Like `failsWith`; a peer that answers with these events instead has taken what it should refuse, which is tolerated. */
export function shouldFailWith(code: number, ...taken: ExpectedEvent[]): Expectation {
  return { ...failsWith(code), nonStrict: taken, mayBeTaken: true };
}

/** The peer fails the connection because of the text (1007); a tester that has to close first is a failure. */
export function rejectsText(): Expectation {
  return { pass: [], ending: { by: "peer", codes: [1007], clean: false, sideIsFatal: true } };
}

/** The script sends a Close frame that the peer must not accept; these are the codes it may answer with. */
export function refusesClose(...codes: number[]): Expectation {
  return { pass: [], ending: { by: "tester", codes, clean: false, codeIsFatal: true } };
}

/** The script closes the connection itself: a settled trace does not. */
export function closedByScript(expectation: Expectation): Expectation {
  return { ...expectation, closesItself: true };
}

/** The connection must not open. If it does, the script asks for these events, which show that it has. */
export function refusesOpening(
  refusal: Omit<OpeningExpectation, "end">,
  ...events: ExpectedEvent[]
): Expectation {
  return { ...answers(...events), opening: { end: "refused", ...refusal } };
}

/** The answer to the opening handshake has to keep a rule; the case is about nothing else. */
export function repliesWith(reply: ReplyRule, expectation: Expectation): Expectation {
  return { ...expectation, opening: { end: "opened", ...expectation.opening, reply } };
}

/** Nothing is demanded, whatever happens is recorded; that includes the end of the opening handshake. */
export function observesOpening(expectation: Expectation): Expectation {
  return { ...observes(expectation), opening: { end: "either" } };
}

/** The peer answers with exactly these events, and the connection may end in any way. */
export function endsAnyhow(...pass: ExpectedEvent[]): Expectation {
  return { pass, ending: NORMAL, closesItself: true, endIsOpen: true };
}

/** Nothing is demanded, whatever happens is recorded. */
export function observes(expectation: Expectation): Expectation {
  return { ...expectation, informational: true };
}

function asPayload(payload: Payload | string): Payload {
  return typeof payload === "string" ? octets(payload) : payload;
}

/** A big message has to come back. */
export function echoes(expected: ExpectedEvent): Expectation {
  return { pass: [expected], ending: NORMAL, firstMessageDecides: true };
}

/** Every message of the echo loop has to come back. */
export function echoesAll(): Expectation {
  return { pass: [], ending: NORMAL, loopDecides: true };
}

/** What a request offers may be accepted or declined as `deflate` says; the script does nothing but close. */
export function negotiates(
  deflate: Negotiation["deflate"],
  expectation: Expectation = closedByScript(answers()),
): Expectation {
  return { ...expectation, negotiation: { deflate } };
}

/** The server may refuse the request as well; if it accepts it, it accepts nothing that was not offered. */
export function mayRefuse(more: Omit<Negotiation, "deflate"> = {}): Expectation {
  return {
    ...negotiates("either"),
    negotiation: { deflate: "either", ...more },
    opening: { end: "either" },
  };
}
