import type { Observation } from "../judge/observation.js";
import type { FaultOutcome } from "../judge/verdict.js";
import type { FindingEvidence, Severity } from "./finding.js";

/** What is the same in every run. */
export interface DraftKey {
  readonly requirement: string | undefined;
  readonly observation: Observation;
}

/** A finding on its way: what it is, and where it was seen. */
export interface Draft extends DraftKey {
  /** Several cases together have shown what the peer cannot do. */
  isCaused: boolean;
  outcome: FaultOutcome;
  because: string;
  readonly first: string;
  connections: number;
  /** Cases whose verdict says so, in the order in which they ended. */
  readonly cases: Set<string>;
  evidence: FindingEvidence;
  /** The lower, the clearer is the evidence. */
  clarity: number;
  hint: string | undefined;
}

/** The id of a finding: requirement, observation and role. */
export function idOf({ requirement, observation }: DraftKey, isClient: boolean): string {
  return `${requirement ?? "none"}/${observation}/${isClient ? "client" : "server"}`;
}

/** A closing that no RFC forbids is bad all the same, and not as bad as a MUST that is broken. */
export function severityOf({ observation, outcome, requirement }: Draft): Severity {
  if (CRITICAL.has(observation)) return "critical";
  if (requirement === undefined && outcome === "fail" && CLOSINGS.has(observation)) return "warning";
  return SEVERITY[outcome];
}

/** Whether it counts although no verdict is about it: it keeps cases from having a result. */
export function countsAlone({ observation }: DraftKey): boolean {
  return CRITICAL.has(observation) || observation === "unreachable";
}

const SEVERITY: Readonly<Record<FaultOutcome, Severity>> = {
  fail: "error",
  "non-strict": "warning",
  informational: "note",
};

/** After it, the peer serves nobody. */
const CRITICAL: ReadonlySet<Observation> = new Set(["crash", "exhausted", "hang"]);

const CLOSINGS: ReadonlySet<Observation> = new Set([
  "wrong-close-code",
  "no-close-frame",
  "tcp-reset",
  "closed-early",
  "tcp-left-open",
  "wrong-side",
  "other",
]);
