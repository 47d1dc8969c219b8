import type { EventView } from "../record/record.js";

/**
 * The headline of a verdict.
 *
 * @example
 * ```ts
 * import { OUTCOMES, type Outcome } from "wireproof";
 *
 * const outcome: Outcome = "non-strict";
 * console.assert(OUTCOMES.includes(outcome));
 * ```
 */
export type Outcome =
  | "pass"
  | "non-strict"
  | "informational"
  | "unimplemented"
  | "too-slow"
  | "fail"
  | "blocked"
  | "skipped"
  | "harness-error";

/**
 * What it means that a peer broke a requirement on some connection.
 *
 * @example
 * ```ts
 * import { OUTCOMES, type FaultOutcome } from "wireproof";
 *
 * const outcome: FaultOutcome = "informational";
 * console.assert(OUTCOMES.includes(outcome));
 * ```
 */
export type FaultOutcome = Extract<Outcome, "fail" | "non-strict" | "informational">;

/**
 * Every outcome, in the order of reports.
 *
 * @example
 * ```ts
 * import { OUTCOMES } from "wireproof";
 *
 * console.assert(OUTCOMES[0] === "pass");
 * ```
 */
export const OUTCOMES: readonly Outcome[] = [
  "pass",
  "non-strict",
  "informational",
  "unimplemented",
  "too-slow",
  "fail",
  "blocked",
  "skipped",
  "harness-error",
];

/**
 * Whether an outcome is a failure whatever the closing: `fail`, `blocked`, `too-slow` or `harness-error`.
 *
 * @param outcome - The outcome of a case.
 * @returns True for these four.
 *
 * @example
 * ```ts
 * import { hasFailed } from "wireproof";
 *
 * console.assert(hasFailed("fail") && !hasFailed("non-strict"));
 * ```
 */
export function hasFailed(outcome: Outcome): boolean {
  return outcome === "fail" || outcome === "blocked" || outcome === "too-slow" || outcome === "harness-error";
}

/**
 * The headline of how the connection ended.
 *
 * @example
 * ```ts
 * import { CLOSINGS, type Closing } from "wireproof";
 *
 * const closing: Closing = "wrong-code";
 * console.assert(CLOSINGS.includes(closing));
 * ```
 */
export type Closing =
  | "ok"
  | "unclean"
  | "wrong-code"
  | "wrong-side"
  | "dropped-by-tester"
  | "not-opened"
  | "not-applicable";

/**
 * Every headline of how the connection ended, in the order of reports.
 *
 * @example
 * ```ts
 * import { CLOSINGS } from "wireproof";
 *
 * console.assert(CLOSINGS[0] === "ok");
 * ```
 */
export const CLOSINGS: readonly Closing[] = [
  "ok",
  "unclean",
  "wrong-code",
  "wrong-side",
  "dropped-by-tester",
  "not-opened",
  "not-applicable",
];

/**
 * What a record means by the rules of a profile.
 *
 * @example
 * ```ts
 * import type { Verdict } from "wireproof";
 *
 * const summary = ({ outcome, closing, because }: Verdict): string => `${outcome}, ${closing}: ${because}`;
 * const closing = "ok";
 * const verdict: Verdict = { outcome: "pass", closing, because: "It is so.", closingBecause: "It is so.", expected: [] };
 * console.assert(summary(verdict) === "pass, ok: It is so.");
 * ```
 */
export interface Verdict {
  /** Its headline. */
  readonly outcome: Outcome;
  /** The headline of how the connection ended. */
  readonly closing: Closing;
  /** One sentence: what was required and what happened. */
  readonly because: string;
  /** One sentence about the end of the connection. */
  readonly closingBecause: string;
  /** Id of the requirement that was broken. */
  readonly requirement?: string;
  /** Id of the requirement that was broken while the connection ended. */
  readonly closingRequirement?: string;
  /** The traces that would have been accepted, the strict one first. */
  readonly expected: readonly ExpectedTrace[];
  /** How the connection ended, in a clause. Reports show it after the events when they compare traces. */
  readonly ended?: string;
  /** Figures, whose names say the unit: milliseconds, microseconds, ratios. They never decide a verdict. */
  readonly measured?: Readonly<Record<string, number>>;
}

/**
 * A trace that would have been accepted.
 *
 * @example
 * ```ts
 * import type { ExpectedTrace } from "wireproof";
 *
 * const silence: ExpectedTrace = { outcome: "pass", events: [], ending: "the peer fails the connection" };
 * console.assert(silence.events.length === 0);
 * ```
 */
export interface ExpectedTrace {
  /** The outcome that it would have had. */
  readonly outcome: "pass" | "non-strict";
  /** The events, in order. */
  readonly events: readonly EventView[];
  /** How the connection has to end after the events, in a clause. */
  readonly ending?: string;
}

/**
 * The verdicts of both profiles, where one play serves both.
 *
 * @example
 * ```ts
 * import type { Verdicts } from "wireproof";
 *
 * const agree = ({ modern, autobahn }: Verdicts): boolean => modern?.outcome === autobahn?.outcome;
 * console.assert(agree({}));
 * ```
 */
export interface Verdicts {
  /** By the rules of the original suite. */
  readonly autobahn?: Verdict;
  /** By the rules of the RFCs as they are read today. */
  readonly modern?: Verdict;
}

/** The part of a verdict that a profile's rules make; the rest is the same for both profiles. */
export type Judgement = Pick<Verdict, "outcome" | "closing" | "because" | "closingBecause"> &
  Partial<Pick<Verdict, "requirement" | "closingRequirement">>;
