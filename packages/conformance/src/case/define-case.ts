import type { Case, Illegality } from "./case.js";
import { checkCases } from "./check-cases.js";
import {
  answers,
  answersThenFailsWith,
  failsWith,
  message,
  pongWith,
  type Expectation,
  type ExpectedEvent,
} from "./expect.js";
import { octets } from "./payload.js";
import type { RequirementId } from "./requirements.js";
import { FIRST_OWN_SECTION } from "./spec.js";
import { sectionOf } from "./case-id.js";
import { binary, closeAfter, kill, ping, pong, text, type Step } from "./steps.js";

/**
 * Something that a case of your own sends: a whole message or control frame, or a step as cases have them.
 *
 * @example
 * ```ts
 * import type { SentStep } from "wireproof";
 *
 * const sent: SentStep[] = [{ text: "hello" }, { ping: "p" }, { do: "wait", tag: "a pause" }];
 * console.assert(sent.length === 3);
 * ```
 */
export type SentStep =
  | { readonly text: string }
  | { readonly binary: Uint8Array }
  | { readonly ping: string }
  | { readonly pong: string }
  | Step;

/**
 * Something that the peer has to send in a case of your own.
 *
 * @example
 * ```ts
 * import type { AwaitedEvent } from "wireproof";
 *
 * const awaited: AwaitedEvent[] = [{ text: "hello" }, { pong: "p" }];
 * console.assert(awaited.length === 2);
 * ```
 */
export type AwaitedEvent =
  | { readonly text: string }
  | { readonly binary: Uint8Array }
  | { readonly pong: string };

/**
 * A case of your own, in brief; see {@link defineCase}.
 *
 * @example
 * ```ts
 * import type { CaseDefinition } from "wireproof";
 *
 * const definition: CaseDefinition = {
 *   id: "100.1",
 *   title: "A greeting",
 *   requirements: ["6455-6.2-1"],
 *   send: [{ text: "hello" }],
 *   expect: [{ text: "hello" }],
 * };
 * console.assert(definition.seconds === undefined);
 * ```
 */
export interface CaseDefinition extends Pick<
  Case,
  "title" | "peer" | "chop" | "sync" | "request" | "answer" | "deflate"
> {
  /** Section, family and number, such as `100.1`. Sections from 100 on are for cases of your own. */
  readonly id: string;
  /** What is sent and why, in full sentences. Default: the title. */
  readonly description?: string;
  /** The requirements that it exercises, the one it is about first: it has to be a MUST. */
  readonly requirements: readonly [RequirementId, ...RequirementId[]];
  /** What the tester sends, in order. */
  readonly send: readonly SentStep[];
  /**
   * What the peer has to send, in order. A Pong may come before the echo of an earlier message (RFC 6455 §5.5.2), so ask for
   * one kind of answer. Default: nothing.
   */
  readonly expect?: readonly AwaitedEvent[];
  /**
   * The peer has to fail the connection; if it sends a close code, it is this one. If it does so before it has sent what
   * is expected, that is tolerated. Default: the tester closes with 1000, and the peer answers.
   */
  readonly fails?: number;
  /** Everything that is sent although RFC 6455 forbids it. Default: nothing. */
  readonly illegal?: readonly Illegality[];
  /** How long the peer has, in seconds, above 0. Default 1. */
  readonly seconds?: number;
}

/**
 * A case of your own, for `run()`, `serve()` and the suites.
 *
 * @param definition - What is sent, and what has to come back.
 * @returns The case.
 * @throws A RangeError for an id below 100, or a script that cannot be played or satisfied; the message says why.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { defineCase, run } from "wireproof";
 *
 * const greeting = defineCase({
 *   id: "100.1",
 *   title: "An empty message between two greetings",
 *   requirements: ["6455-6.2-1"],
 *   send: [{ text: "hello" }, { text: "" }, { text: "again" }],
 *   expect: [{ text: "hello" }, { text: "" }, { text: "again" }],
 * });
 * await using server = createServer({ message: (ws, data) => ws.send(data) });
 * const { port } = await server.listen(0, "127.0.0.1");
 * for await (const event of run({ urls: [`ws://127.0.0.1:${port}`], cases: [greeting] }))
 *   if (event.type === "case-end") console.assert(event.verdict.outcome === "pass");
 * ```
 */
export function defineCase(definition: CaseDefinition): Case {
  const { id, title, description, requirements, send, expect = [], fails, seconds = 1, ...rest } = definition;
  if (sectionOf(id) < FIRST_OWN_SECTION)
    throw new RangeError(`case ${id}: sections below ${FIRST_OWN_SECTION} are those of the suite`);
  const events = expect.map(awaited);
  const defined: Case = {
    ...rest,
    id,
    title,
    description: description ?? title,
    expectation: expectation(expect.length, fails),
    requirements,
    script: [...send.map(sent), fails === undefined ? closeAfter(seconds) : kill(seconds)],
    expect: fails === undefined ? answers(...events) : failing(fails, events),
  };
  const [problem] = checkCases([defined]);
  if (problem !== undefined) throw new RangeError(problem);
  return defined;
}

/** A peer may look at everything that it has read before it answers any of it. */
function failing(code: number, events: readonly ExpectedEvent[]): Expectation {
  return events.length === 0 ? failsWith(code) : answersThenFailsWith(code, ...events);
}

function sent(step: SentStep): Step {
  if ("do" in step) return step;
  if ("text" in step) return text(step.text);
  if ("binary" in step) return binary(octets(step.binary));
  return "ping" in step ? ping(step.ping) : pong(step.pong);
}

function awaited(event: AwaitedEvent): ExpectedEvent {
  if ("text" in event) return message(event.text);
  return "binary" in event ? message(octets(event.binary), "binary") : pongWith(event.pong);
}

function expectation(events: number, fails: number | undefined): string {
  const first = events === 0 ? "The peer sends no message" : `The peer sends what is awaited, in order`;
  const then =
    fails === undefined
      ? "The tester closes with 1000 and the peer answers."
      : `The peer fails the connection; if it sends a close code, ${fails} is expected.`;
  return `${first}. ${then}`;
}
