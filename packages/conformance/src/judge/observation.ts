import type { CaseRecord } from "../record/record.js";
import type { Closing, Verdict } from "./verdict.js";

/**
 * What kind of thing a peer did wrong. Together with a requirement it names a fault, whichever case shows it.
 *
 * @example
 * ```ts
 * import { OBSERVATIONS, type Observation } from "wireproof";
 *
 * const observation: Observation = "no-close-frame";
 * console.assert(OBSERVATIONS.has(observation));
 * ```
 */
export type Observation =
  | "crash"
  | "violation"
  | "handshake-refused"
  | "handshake-faulty"
  | "handshake-accepted"
  | "illegal-accepted"
  | "no-answer"
  | "wrong-answer"
  | "wrong-close-code"
  | "no-close-frame"
  | "tcp-left-open"
  | "wrong-side"
  | "other";

/**
 * Every kind of thing that a peer can do wrong, with what it means, to follow `the peer …`.
 *
 * @example
 * ```ts
 * import { OBSERVATIONS } from "wireproof";
 *
 * console.assert(OBSERVATIONS.get("crash") === "ended, or stopped taking connections");
 * ```
 */
export const OBSERVATIONS: ReadonlyMap<Observation, string> = new Map([
  ["crash", "ended, or stopped taking connections"],
  ["violation", "sent what no peer may send"],
  ["handshake-refused", "refused an opening handshake that is legal"],
  ["handshake-faulty", "sent a faulty opening handshake"],
  ["handshake-accepted", "accepted an opening handshake that it has to refuse"],
  ["illegal-accepted", "did not fail the connection, although it got something illegal"],
  ["no-answer", "did not answer"],
  ["wrong-answer", "answered something else"],
  ["wrong-close-code", "sent a close code that does not fit"],
  ["no-close-frame", "ended the connection without a Close frame"],
  ["tcp-left-open", "did not close TCP"],
  ["wrong-side", "ended the connection, although it was the tester's turn"],
  ["other", "did something else"],
]);

/** What the events of a case that went wrong show. */
export function observationOf({ outcome, closing, expected }: Verdict, record: CaseRecord): Observation {
  const { handshake, close, violations, eventCount } = record;
  if (outcome === "blocked" || closing === "not-opened") {
    if (handshake.opened) return "handshake-accepted";
    return handshake.requirement === undefined ? "handshake-refused" : "handshake-faulty";
  }
  if (violations.length > 0) return "violation";
  const wanted = expected[0]?.events.length ?? 0;
  if (wanted > eventCount) return "no-answer";
  if (close.closedByTester) return "illegal-accepted";
  return "wrong-answer";
}

/** What the end of a connection that ended wrongly shows. */
export function closingObservationOf(closing: Closing, { close }: CaseRecord): Observation {
  if (closing === "wrong-code") return "wrong-close-code";
  if (closing === "wrong-side") return "wrong-side";
  if (close.remotePayload === null) return "no-close-frame";
  return closing === "dropped-by-tester" ? "tcp-left-open" : "other";
}
