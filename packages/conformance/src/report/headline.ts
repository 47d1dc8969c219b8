import type { PeerFinding } from "../run/finding.js";
import { isUnexpected, type PeerResults, type RunResults } from "./run-results.js";
import { count, isClosingInOrder } from "./words.js";

/** What a run says about a peer, in one word; the worst first. */
export type Standing = "breaks" | "incomplete" | "warned" | "conforms";

/** The headline of one peer. */
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

/** What is said first about a peer. */
export function headlineOf(run: RunResults, peer: PeerResults): Headline {
  const selected = run.ids.length;
  const results = run.resultsOf(peer);
  const notRun = selected - results.length;
  const grave = findingsOf(peer).filter(isGrave).length;
  const failed = results.filter((result) => isUnexpected(result));
  const missing = missingText(run, notRun, selected);
  if (peer.agent === null) return { standing: "incomplete", text: "never answered" };
  if (grave > 0 || failed.length > 0 || peer.exitCount > 0) {
    const unclean = results.filter(({ closing }) => !isClosingInOrder(closing)).length;
    const parts = [
      grave > 0 ? count(grave, "fault") : count(failed.length, "unexpected result"),
      ...(grave > 0 ? [`${failed.length} of ${count(results.length, "case")} not as expected`] : []),
      ...(unclean > 0 ? [`${count(unclean, "connection")} did not end as required`] : []),
      ...(peer.exitCount > 0 ? [`its process ended ${count(peer.exitCount, "time")}`] : []),
    ];
    return { standing: "breaks", text: `${parts.join("; ")}${missing}` };
  }
  if (peer.down !== null || missing !== "")
    return { standing: "incomplete", text: `not tested completely${missing}` };
  const conforms = `conforms: ${results.length} of ${count(selected, "case")}`;
  const warnings = findingsOf(peer).filter(({ severity }) => severity === "warning").length;
  if (warnings === 0) return { standing: "conforms", text: conforms };
  return { standing: "warned", text: `${conforms}, with ${count(warnings, "warning")}` };
}

function missingText({ totals }: RunResults, notRun: number, selected: number): string {
  if (notRun > 0) return `; ${notRun} of ${count(selected, "case")} not run`;
  return totals === null ? "; the run has no end" : "";
}
