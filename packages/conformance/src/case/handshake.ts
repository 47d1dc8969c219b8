import type { Payload } from "./payload.js";
import type { RequirementId } from "./requirements.js";

/**
 * What a tester that is the client writes instead of its usual opening handshake: anything.
 *
 * @example
 * ```ts
 * import { cases, type RequestScript } from "wireproof";
 *
 * const request: RequestScript | undefined = cases.find(({ id }) => id === "20.1.2")?.request;
 * console.assert(request?.lines[0] === "POST {path} HTTP/1.1");
 * ```
 */
export interface RequestScript {
  /**
   * The lines of the head, the request line first, without their ends; an empty line follows them. One character is one
   * octet. `{path}`, `{host}` (as the Host header has it), `{name}`, `{port}`, `{key}` and `{agent}` stand for what the
   * usual request says, `{http}` and `{ws}` for the scheme of its URL, with an s if it has one, `{subprotocol}` for the
   * first subprotocol that it offers, or for one that is made up. Lines of their own are `{headers}`, `{origin}`, `{subprotocols}` and `{extensions}`: what the
   * user and the case ask for, any number of lines. Without a line there is no head at all.
   */
  readonly lines: readonly string[];
  /** What ends the lines; CRLF if absent. */
  readonly lineEnd?: string;
  /** Octets behind the head, in one write with it. */
  readonly behind?: Payload;
  /** What `{key}` stands for; fresh and random if absent. */
  readonly key?: string;
  /** The request is cut into writes of this many octets, 1 or more. */
  readonly chop?: number;
  /** The request is cut into writes at these offsets, in order; below 0, from the end of the head. */
  readonly cuts?: readonly number[];
  /** The head has no end: so many octets of its last line follow, unless the peer answers or closes before. */
  readonly endless?: number;
  /** Connections that come before: the tester drops each behind so many octets of the request, or behind these octets. */
  readonly brokenOff?: readonly (number | Payload)[];
  /** A request that comes before this one on the same connection. It is to be answered as HTTP. */
  readonly before?: EarlierRequest;
  /** So many other connections get the usual request in the same turn, 1 to 200; the case is about all answers. */
  readonly crowd?: number;
}

/**
 * A request in front of the one that a case is about, on the same connection (RFC 9112 §9.3).
 *
 * @example
 * ```ts
 * import { cases, type EarlierRequest } from "wireproof";
 *
 * const before: EarlierRequest | undefined = cases.find(({ id }) => id === "20.7.7")?.request?.before;
 * console.assert(before?.next === "when-answered");
 * ```
 */
export interface EarlierRequest {
  /** The lines of its head, as in {@link RequestScript}; its `{key}` is fresh and random. */
  readonly lines: readonly string[];
  /**
   * When the request of the case follows: `at-once`, in one write with this one; `when-answered`, when the answer has come
   * whole, if the server does not say that it closes.
   */
  readonly next: "at-once" | "when-answered";
  /** The requirement that a server breaks which answers this one with 101. */
  readonly refusedBy: RequirementId;
}

/**
 * What a tester that is the server writes instead of its usual answer to the opening handshake: anything.
 *
 * @example
 * ```ts
 * import { cases, type AnswerScript } from "wireproof";
 *
 * const answer: AnswerScript | undefined = cases.find(({ id }) => id === "22.2.1")?.answer;
 * console.assert(answer?.lines.some((line) => line.startsWith("Upgrade:")) === false);
 * ```
 */
export interface AnswerScript {
  /**
   * The lines, the status line first, without their ends; an empty line follows them. One character is one octet. An empty
   * line among them ends an answer that another one follows. Words in braces stand for what the request brings about, see
   * {@link AnswerWord}. Without a line nothing is answered.
   */
  readonly lines: readonly string[];
  /** What ends the lines; CRLF if absent. */
  readonly lineEnd?: string;
  /** Only this many octets are written. */
  readonly cutAt?: number;
  /** The answer is cut into writes of this many octets, 1 or more. */
  readonly chop?: number;
  /** Nothing is written before a pause is over, which is as long as that of a `wait` step. */
  readonly isHeldBack?: true;
  /**
   * Behind the lines comes this text again and again, until the client closes or 1 MiB has been written: no empty line
   * ends the head (`head`), or one does (`body`).
   */
  readonly endless?: { readonly of: "head" | "body"; readonly text: string };
  /** How many subprotocols the client has to offer; the case cannot be tried with a client that offers fewer. */
  readonly subprotocols?: number;
  /** How often it is given, if `{again}` leads the client to the same case; then the usual answer follows. */
  readonly times?: number;
}

/**
 * What a word in braces stands for in an answer.
 *
 * - `accept`: the right Sec-WebSocket-Accept; `accept-of-another-key`: one that belongs to another key;
 *   `accept-in-other-case`: the right one with small letters for capital ones, and the other way round.
 * - `key`: Sec-WebSocket-Key as it was sent.
 * - `first-subprotocol`, `second-subprotocol`: as they were offered; `first-in-other-case`, likewise with the other case.
 * - `host`: the Host header of the request.
 * - `again`: the target of the request, with a number that says how often the client was sent there.
 *
 * @example
 * ```ts
 * import type { AnswerWord } from "wireproof";
 *
 * const word: AnswerWord = "accept";
 * console.assert(`Sec-WebSocket-Accept: {${word}}`.endsWith("{accept}"));
 * ```
 */
export type AnswerWord = (typeof ANSWER_WORDS)[number];

export const ANSWER_WORDS = [
  "accept",
  "accept-of-another-key",
  "accept-in-other-case",
  "key",
  "first-subprotocol",
  "second-subprotocol",
  "first-in-other-case",
  "host",
  "again",
] as const;

/**
 * What is inspected of the request that a client has sent in the case.
 *
 * @example
 * ```ts
 * import { cases, type RequestPart } from "wireproof";
 *
 * const part: RequestPart = "key";
 * console.assert(cases.find(({ inspects }) => inspects === part)?.id === "22.1.5");
 * ```
 */
export type RequestPart =
  | "connect"
  | "request-line"
  | "host"
  | "upgrade"
  | "key"
  | "version"
  | "subprotocols"
  | "extensions"
  | "body"
  | "origin";

/**
 * How the opening handshake of a case has to end.
 *
 * @example
 * ```ts
 * import { cases, type OpeningExpectation } from "wireproof";
 *
 * const opening: OpeningExpectation | undefined = cases.find(({ id }) => id === "20.1.2")?.expect.opening;
 * console.assert(opening?.end === "refused");
 * ```
 */
export interface OpeningExpectation {
  /**
   * `opened`: the connection opens, which is what holds where a case says nothing. `refused`: it does not; if it does all
   * the same, the script is played, which shows what the peer makes of it. `either`: both are right, or only recorded if
   * the case is informational.
   */
  readonly end: "opened" | "refused" | "either";
  /** The statuses that a refusal may have; any but 101 if absent. */
  readonly statuses?: readonly number[];
  /** Fields that a refusal has to carry. */
  readonly carries?: readonly CarriedField[];
  /** Closing TCP without an answer is a refusal like any other, and so is an answer that is not HTTP/1. */
  readonly mayDrop?: true;
  /** Over HTTP/2: a server that answers 2xx and sends neither Pong nor message has opened a tunnel, which is no WebSocket. */
  readonly mayTunnel?: true;
  /** What the answer has to be like. Such a case is about nothing else. */
  readonly reply?: ReplyRule;
}

/**
 * What the answer to an opening handshake has to be like.
 *
 * @example
 * ```ts
 * import { cases, type ReplyRule } from "wireproof";
 *
 * const rules: (ReplyRule | undefined)[] = cases.map(({ expect }) => expect.opening?.reply);
 * console.assert(rules.includes("one-accept"));
 * ```
 */
export type ReplyRule =
  | "form"
  | "upgrade"
  | "connection"
  | "one-accept"
  | "no-body"
  | "no-subprotocol"
  | "no-extension"
  | "one-subprotocol"
  | "whole";

/**
 * A field that an answer has to carry.
 *
 * @example
 * ```ts
 * import type { CarriedField } from "wireproof";
 *
 * const field: CarriedField = { name: "Upgrade", element: "websocket", status: 426 };
 * console.assert(field.status === 426);
 * ```
 */
export interface CarriedField {
  /** As it is written in reports. */
  readonly name: string;
  /** An element that its list has to have, in any case. */
  readonly element?: string;
  /** It is demanded of answers with this status only. */
  readonly status?: number;
}

/** The lines of the usual request by name, in their order. */
const USUAL_REQUEST: readonly (readonly [name: string, line: string])[] = [
  ["request", "GET {path} HTTP/1.1"],
  ["User-Agent", "User-Agent: {agent}"],
  ["Host", "Host: {host}"],
  ["Upgrade", "Upgrade: websocket"],
  ["Connection", "Connection: Upgrade"],
  ["headers", "{headers}"],
  ["Sec-WebSocket-Key", "Sec-WebSocket-Key: {key}"],
  ["Origin", "{origin}"],
  ["Sec-WebSocket-Protocol", "{subprotocols}"],
  ["Sec-WebSocket-Extensions", "{extensions}"],
  ["Sec-WebSocket-Version", "Sec-WebSocket-Version: 13"],
];

/**
 * The lines of the usual request, with others in place of those that are named: by their field, `request` for the request
 * line, `headers` for what the user adds. Throws a RangeError for a name that there is not: case data is checked at build
 * time.
 */
export function requestLines(
  changes: Readonly<Record<string, string | readonly string[]>> = {},
): readonly string[] {
  const unknown = Object.keys(changes).find((name) => !USUAL_REQUEST.some(([known]) => known === name));
  if (unknown !== undefined) throw new RangeError(`the usual request has no line ${unknown}`);
  return USUAL_REQUEST.flatMap(([name, line]) => changes[name] ?? line);
}

/** The lines of the usual answer by name, in their order. */
const USUAL_ANSWER: readonly (readonly [name: string, line: string])[] = [
  ["status", "HTTP/1.1 101 Switching Protocols"],
  ["Upgrade", "Upgrade: websocket"],
  ["Connection", "Connection: Upgrade"],
  ["Sec-WebSocket-Accept", "Sec-WebSocket-Accept: {accept}"],
];

/**
 * The lines of the usual answer, with others in place of those that are named: by their field, `status` for the status
 * line. `more` stands behind them. Throws a RangeError for a name that there is not: case data is checked at build time.
 */
export function answerLines(
  changes: Readonly<Record<string, string | readonly string[]>> = {},
  ...more: readonly string[]
): readonly string[] {
  const unknown = Object.keys(changes).find((name) => !USUAL_ANSWER.some(([known]) => known === name));
  if (unknown !== undefined) throw new RangeError(`the usual answer has no line ${unknown}`);
  return [...USUAL_ANSWER.flatMap(([name, line]) => changes[name] ?? line), ...more];
}
