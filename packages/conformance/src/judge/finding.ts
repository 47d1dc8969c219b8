import type { Outcome } from "./verdict.js";
import type { CaseRecord, ViolationRecord } from "../record/record.js";
import { isBehindClose, isMild, VIOLATIONS, type ViolationName } from "../record/violation.js";

/**
 * What the rules of `modern` find about the events of a case. A failure names the MUST that was broken, `non-strict`
 * the SHOULD; other outcomes name no requirement.
 */
export interface Finding {
  readonly outcome: Outcome;
  readonly because: string;
  readonly requirement?: string;
  /** The case demands nothing of the end of its connection. */
  readonly endIsOpen?: true;
}

/** Which violations in the closing decide the outcome too. */
export type ClosingMatters = "all" | "behind-close" | "none";

/** The first frame that no peer may send; one in the closing only if the closing matters to the case. */
export function firstViolation(record: CaseRecord, matters: ClosingMatters): ViolationRecord | undefined {
  return record.violations.find(({ violation, closing }) => {
    if (isMild(violation)) return false;
    if (closing !== true || matters === "all") return true;
    return matters === "behind-close" && isBehindClose(violation);
  });
}

/** A violation that breaks only a SHOULD fails no case, but makes a passed case non-strict. */
export function withMildViolation(found: Finding, record: CaseRecord): Finding {
  const mild = record.violations.find(({ violation }) => isMild(violation));
  if (mild === undefined || found.outcome !== "pass") return found;
  const { sentence } = VIOLATIONS[mild.violation as ViolationName];
  return { outcome: "non-strict", because: `the peer ${sentence}`, requirement: mild.requirement };
}
