import type { EventView } from "../record/record.js";

export type Outcome =
  | "pass"
  | "non-strict"
  | "informational"
  | "unimplemented"
  | "too-slow"
  | "fail"
  | "blocked"
  | "harness-error";

export const OUTCOMES: readonly Outcome[] = [
  "pass",
  "non-strict",
  "informational",
  "unimplemented",
  "too-slow",
  "fail",
  "blocked",
  "harness-error",
];

/** True for the outcomes that are red whatever the closing. */
export function hasFailed(outcome: Outcome): boolean {
  return outcome === "fail" || outcome === "blocked" || outcome === "too-slow" || outcome === "harness-error";
}

export type Closing =
  | "ok"
  | "unclean"
  | "wrong-code"
  | "wrong-side"
  | "dropped-by-tester"
  | "not-opened"
  | "not-applicable";

export const CLOSINGS: readonly Closing[] = [
  "ok",
  "unclean",
  "wrong-code",
  "wrong-side",
  "dropped-by-tester",
  "not-opened",
  "not-applicable",
];

export interface Verdict {
  readonly outcome: Outcome;
  readonly closing: Closing;
  /** One sentence: what was required and what happened. */
  readonly because: string;
  /** One sentence about the end of the connection. */
  readonly closingBecause: string;
  /** Id of the requirement that was broken. */
  readonly requirement?: string;
  /** Id of the requirement that was broken while the connection ended. */
  readonly closingRequirement?: string;
  /** The courses that would have been accepted, the strict one first. */
  readonly expected: readonly ExpectedTrace[];
  /** How the connection ended, in a clause: what stands behind the events where they are compared. */
  readonly ended?: string;
  /** Milliseconds, ratios, octets: never decides a verdict. */
  readonly measured?: Readonly<Record<string, number>>;
}

export interface ExpectedTrace {
  readonly outcome: "pass" | "non-strict";
  readonly events: readonly EventView[];
  /** How the connection has to end behind the events, in a clause. */
  readonly ending?: string;
}

/** The verdicts of both profiles, where one play serves both. */
export interface Verdicts {
  readonly autobahn?: Verdict;
  readonly modern?: Verdict;
}

/** What a profile's rules produce; the rest of a verdict is the same for both. */
export type Judgement = Pick<Verdict, "outcome" | "closing" | "because" | "closingBecause"> &
  Partial<Pick<Verdict, "requirement" | "closingRequirement">>;
