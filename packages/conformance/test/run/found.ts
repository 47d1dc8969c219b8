import type { Verdict } from "../../src/judge/verdict.js";
import type { CaseRecord } from "../../src/record/record.js";
import type { PeerFindings, RunEvent } from "../../src/run/event.js";
import { RunFindings } from "../../src/run/findings.js";
import { recordOf } from "../support/sample-record.js";

const PASSED: Verdict = { outcome: "pass", closing: "ok", because: "", closingBecause: "", expected: [] };

/** One play of a case, as a run has it. */
export interface Play {
  readonly id: string;
  readonly record?: CaseRecord;
  readonly verdict?: Partial<Verdict>;
  readonly attempt?: number;
  readonly peer?: string;
  readonly type?: "case-end" | "case-unconfirmed";
}

/** The event with which it ends. */
export function played({
  id,
  record = recordOf(),
  verdict,
  attempt = 1,
  peer = "p",
  type = "case-end",
}: Play): RunEvent {
  const about = { peer, case: id, attempt, record, verdict: { ...PASSED, ...verdict } };
  return type === "case-end" ? { type, ...about, verdicts: {} } : { type, ...about };
}

/** What is found about the peer `p` when these plays are all there is. */
export function found(...plays: readonly Play[]): PeerFindings | undefined {
  const findings = new RunFindings();
  for (const play of plays) findings.see(played(play));
  return findings.of("p");
}
