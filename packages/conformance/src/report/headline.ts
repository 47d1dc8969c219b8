import type { PeerFinding } from "../run/finding.js";
import type { PeerResults, RunResults } from "./run-results.js";
import { verdictSentence } from "./verdict-sentence.js";

/** What a run says about a peer, in one word; the worst first. */
export type Standing = "breaks" | "incomplete" | "warned" | "conforms";

/** The headline of one peer: the sentence that all reports say first, and its standing. */
export interface Headline {
  readonly standing: Standing;
  /** A clause that follows the name of the peer. */
  readonly text: string;
}

/** Whether a finding counts as a failure: a MUST, or worse. */
export function isGrave({ severity }: PeerFinding): boolean {
  return severity === "critical" || severity === "error";
}

/** What was found about a peer, the worst first. */
export function findingsOf({ found }: PeerResults): readonly PeerFinding[] {
  return found?.findings ?? [];
}

/** Why it could not be reached, or no longer; null if it stayed, and where a finding says it. */
export function downOf(peer: PeerResults): string | null {
  return findingsOf(peer).some(isNeverOpened) ? null : peer.down;
}

/** Whether a finding says that no connection opened. */
export function isNeverOpened({ observation }: PeerFinding): boolean {
  return observation === "unreachable";
}

/** What is said first about a peer. */
export function headlineOf(run: RunResults, peer: PeerResults): Headline {
  const { text, tone } = verdictSentence({
    selected: run.ids.length,
    results: run.resultsOf(peer),
    findings: findingsOf(peer),
    isOver: true,
    exits: peer.exitCount,
    neverAnswered: peer.agent === null && peer.down !== null,
  });
  const cutOff = cutOffText(run, peer);
  if (tone === "fail") return { standing: "breaks", text: `${text}${cutOff}` };
  if (tone === "not-run" || peer.down !== null || cutOff !== "")
    return { standing: "incomplete", text: `${text}${cutOff}` };
  const hasWarning = findingsOf(peer).some(({ severity }) => severity === "warning");
  return { standing: hasWarning || tone === "non-strict" ? "warned" : "conforms", text };
}

/** Why something about the peer may be missing; empty where nothing is. */
function cutOffText(run: RunResults, peer: PeerResults): string {
  if (run.totals === null) return "; the run has no end";
  // One that cannot be reached has its reason.
  const isCut = run.totals.interrupted && peer.down === null && run.notRunOf(peer).length > 0;
  return isCut ? "; the run was interrupted" : "";
}
