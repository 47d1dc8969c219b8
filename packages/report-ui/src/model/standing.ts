import type { Closing, Outcome } from "wireproof/page";
import type { Peer } from "./run-model.js";

/** What a cell of the matrix can say: an outcome, or why there is none. */
export type Standing = Outcome | "not-run" | "in-flight" | "not-selected";

/** From worst to best; the order of counts and of sorting. */
export const STANDINGS: readonly Standing[] = [
  "harness-error",
  "fail",
  "blocked",
  "not-run",
  "in-flight",
  "too-slow",
  "unimplemented",
  "non-strict",
  "informational",
  "pass",
  "skipped",
  "not-selected",
];

export const STANDING_WORDS: Readonly<Record<Standing, string>> = {
  pass: "Pass",
  "non-strict": "Non-strict",
  informational: "Informational",
  unimplemented: "Unimplemented",
  "too-slow": "Too slow to judge",
  fail: "Fail",
  blocked: "Blocked",
  skipped: "Skipped",
  "harness-error": "Harness error",
  "not-run": "Not run",
  "in-flight": "In flight",
  "not-selected": "Not selected",
};

/** One sentence each, for legends. */
export const STANDING_MEANINGS: Readonly<Record<Standing, string>> = {
  pass: "What was required happened.",
  "non-strict": "Acceptable, but not what the RFC recommends.",
  informational: "An observation; nothing is required.",
  unimplemented: "The peer does not have the feature.",
  "too-slow":
    "The load did not come back within the limit that the run allows. Slowness breaks no requirement.",
  fail: "What was required did not happen.",
  blocked: "The connection never opened, or a precondition failed.",
  skipped: "Not played, because the peer lacks what the case needs. It never counts as a pass.",
  "harness-error": "The tester itself is at fault.",
  "not-run": "Selected, but without a result. It never counts as a pass.",
  "in-flight": "Being played.",
  "not-selected": "Not part of this run.",
};

export function standingOf(peer: Peer, id: string): Standing {
  const result = peer.results.get(id);
  if (peer.inFlight.has(id)) return "in-flight";
  if (result !== undefined) return result.outcome;
  return peer.selected?.has(id) === false ? "not-selected" : "not-run";
}

/** A closing that is worth a look. */
export function isClosingBad(closing: Closing): boolean {
  return closing !== "ok" && closing !== "not-applicable";
}

export type Counts = Readonly<Partial<Record<Standing, number>>>;

/** How many of these cases have which standing with this peer. */
export function countStandings(peer: Peer, ids: readonly string[]): Counts {
  const counts: Partial<Record<Standing, number>> = {};
  for (const id of ids) {
    const standing = standingOf(peer, id);
    counts[standing] = (counts[standing] ?? 0) + 1;
  }
  return counts;
}

export function addCounts(all: readonly Counts[]): Counts {
  const sum: Partial<Record<Standing, number>> = {};
  for (const counts of all) {
    for (const standing of STANDINGS) {
      const more = counts[standing];
      if (more !== undefined) sum[standing] = (sum[standing] ?? 0) + more;
    }
  }
  return sum;
}
