import type { Outcome } from "./verdict.js";
import type { CaseRecord, ViolationRecord } from "../record/record.js";
import { isBehindClose, isMild, VIOLATIONS, type ViolationName } from "../record/violation.js";

/**
 * What was found about the events of a case under `modern`. A failure names a MUST that was broken, `non-strict` a
 * SHOULD, and nothing else names a requirement.
 */
export interface Finding {
  readonly outcome: Outcome;
  readonly because: string;
  readonly requirement?: string;
  /** The case says nothing about how its connection had to end. */
  readonly endIsOpen?: true;
}

/** Which violations of a closing decide the outcome too. */
export type ClosingMatters = "all" | "behind-close" | "none";

/** The first frame that no peer may send; one of its closing only where that matters to the case. */
export function firstViolation(record: CaseRecord, matters: ClosingMatters): ViolationRecord | undefined {
  return record.violations.find(({ violation, closing }) => {
    if (isMild(violation)) return false;
    if (closing !== true || matters === "all") return true;
    return matters === "behind-close" && isBehindClose(violation);
  });
}

/** What only a SHOULD speaks against fails no case, and leaves none without a word. */
export function withMildViolation(found: Finding, record: CaseRecord): Finding {
  const mild = record.violations.find(({ violation }) => isMild(violation));
  if (mild === undefined || found.outcome !== "pass") return found;
  const { sentence } = VIOLATIONS[mild.violation as ViolationName];
  return { outcome: "non-strict", because: `the peer ${sentence}`, requirement: mild.requirement };
}
