import type { FaultOutcome } from "../judge/verdict.js";
import type { Observation } from "../judge/observation.js";
import type { WireEntry } from "../record/wire-log.js";
import type { RequirementInfo } from "./requirement-info.js";

/**
 * How bad a finding is: `critical` for a peer that crashes, hangs or lets itself be exhausted, `error` for a MUST that it
 * breaks, `warning` for a SHOULD, `note` for what is only mentioned.
 *
 * @example
 * ```ts
 * import { SEVERITIES, type Severity } from "wireproof";
 *
 * const severity: Severity = "warning";
 * console.assert(SEVERITIES.includes(severity));
 * ```
 */
export type Severity = "critical" | "error" | "warning" | "note";

/**
 * Every severity, the worst first.
 *
 * @example
 * ```ts
 * import { SEVERITIES } from "wireproof";
 *
 * console.assert(SEVERITIES[0] === "critical");
 * ```
 */
export const SEVERITIES: readonly Severity[] = ["critical", "error", "warning", "note"];

/**
 * One fault of one peer: a requirement, what the peer did, and the cases that show it. Failures, bad closings and
 * violations with one cause are one finding.
 *
 * @example
 * ```ts
 * import { citation, rfcLink, type PeerFinding } from "wireproof";
 *
 * const id = "6455-5.3-1";
 * const text = "A client chooses a fresh masking key for every frame.";
 * const finding: PeerFinding = {
 *   id: "6455-5.3-1/violation/client",
 *   requirement: { id, citation: citation(id), level: "MUST", text, link: rfcLink(id) },
 *   observation: "violation",
 *   rule: "24.3.2",
 *   severity: "error",
 *   outcome: "fail",
 *   because: "90 of 91 masking keys of the peer had been used before.",
 *   first: "1.1.1",
 *   cases: [],
 *   connections: 30,
 *   counted: false,
 *   evidence: { case: "1.1.1", attempt: 1, wire: [] },
 * };
 * console.assert(finding.connections > 1);
 * ```
 */
export interface PeerFinding {
  /** The same in every run: requirement, observation and role, such as `6455-5.5.1-5/no-close-frame/server`. */
  readonly id: string;
  /** What was broken; null where no RFC demands it, as for a crash. */
  readonly requirement: RequirementInfo | null;
  /** What kind of thing the peer did. */
  readonly observation: Observation;
  /** Id of the rule by which it was found, such as `24.3.2`; absent where no rule but only cases are about it. */
  readonly rule?: string;
  /** How bad it is. */
  readonly severity: Severity;
  /** `fail` for a MUST, `non-strict` for a SHOULD, `informational` for what is only mentioned. */
  readonly outcome: FaultOutcome;
  /** What the peer does, whichever case shows it, in a sentence. */
  readonly because: string;
  /** How to mend it, in a sentence or two; absent where nothing of use is known. */
  readonly hint?: string;
  /**
   * Id of the case on whose connection it was first seen; where no connection opened, of the first that was selected.
   */
  readonly first: string;
  /** Ids of the cases whose verdict says so, in the order in which they ended; empty if none does. */
  readonly cases: readonly string[];
  /** On how many connections it was seen. */
  readonly connections: number;
  /** A case went wrong because of it, so that it counts already. */
  readonly counted: boolean;
  /** Number of those cases that show nothing else: they would be in order; absent if there are none. */
  readonly fixes?: number;
  /** The clearest of the cases that show it. */
  readonly evidence: FindingEvidence;
  /** What the baseline says of it; absent if the finding is not in it. */
  readonly known?: KnownFault;
}

/**
 * Why a finding is accepted.
 *
 * @example
 * ```ts
 * import type { KnownFault } from "wireproof";
 *
 * const known: KnownFault = { reason: "The next version of the proxy mends it.", expires: "2027-01-31" };
 * console.assert(known.issue === undefined);
 * ```
 */
export interface KnownFault {
  /** A sentence. */
  readonly reason: string;
  /** Where it is being worked on. */
  readonly issue?: string;
  /** The last day, UTC, on which it is accepted. */
  readonly expires?: string;
}

/**
 * A connection that shows a finding.
 *
 * @example
 * ```ts
 * import type { FindingEvidence } from "wireproof";
 *
 * const entry = { dir: "=", close: "ended-by-peer" } as never;
 * const evidence: FindingEvidence = { case: "7.1.1", attempt: 1, wire: [{ at: 1800, entry }] };
 * console.assert(evidence.wire.length <= 8);
 * ```
 */
export interface FindingEvidence {
  /** Id of the case. */
  readonly case: string;
  /** Which play of the case. */
  readonly attempt: number;
  /** What the verdict on this case says, in a sentence; absent where no verdict is about it. */
  readonly because?: string;
  /**
   * What the peer said instead of opening the connection: head and body of its answer, or the octets of something that
   * is no HTTP, one a character. At most 4,096 characters, and none of them escaped. Absent if it said nothing.
   */
  readonly answer?: string;
  /** The decisive lines of the wire log, at most eight; `at` in microseconds since the case began. */
  readonly wire: readonly { readonly at: number; readonly entry: WireEntry }[];
}

/** So many lines of the wire log are kept as evidence of a finding. */
export const EVIDENCE_LINES = 8;
