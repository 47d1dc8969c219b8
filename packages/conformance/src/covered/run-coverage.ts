import type { Case } from "../case/case.js";
import { LINT_RULES } from "../case/lint-rules.js";
import { isDemand, REQUIREMENTS } from "../case/requirements.js";
import { CASES } from "../cases/index.js";
import type { Verdict } from "../judge/verdict.js";
import type { CaseEnd, CaseInfo, RunEvent } from "../run/event.js";
import type { PeerFinding } from "../run/finding.js";
import {
  documentFigures,
  peerFigures,
  REQUIREMENT_RESULTS,
  type DocumentFigures,
  type PeerFigures,
  type ExercisedRequirement,
  type RequirementResult,
} from "./figures.js";
import { coverageGaps, type CoverageGap } from "./gaps.js";
import { coveredRequirements, type CoveredRequirement } from "./suite-coverage.js";

/** What a run says of one peer. */
export interface PeerCoverage {
  /** Key of the peer in this run. */
  readonly peer: string;
  readonly agent: string;
  readonly role: "client" | "server";
  /** Every requirement that a peer of this kind can keep, and a test can see. */
  readonly requirements: readonly ExercisedRequirement[];
  /** What the suite covers, what this run exercised, what the peer conforms to. */
  readonly figures: PeerFigures;
  /** The same by document, those of all documents last. */
  readonly documents: readonly DocumentFigures[];
  /** Why requirements that the suite covers were not exercised. */
  readonly gaps: readonly CoverageGap[];
}

/**
 * Reads the events of a run, and finds what it says of the requirements, peer by peer. A case that was blocked, or that
 * could not be judged, says nothing. In memory is a verdict for each case and peer.
 */
export class RunCoverage {
  readonly #cases: readonly Case[];
  readonly #named = new Map<string, readonly string[]>();
  readonly #peers = new Map<string, PeerResults>();
  #selected: readonly string[] = [];

  /** `cases`: the suite that the run is compared with. */
  constructor(cases: readonly Case[] = CASES) {
    this.#cases = cases;
  }

  see(event: RunEvent): void {
    if (event.type === "run") {
      this.#selected = event.cases.map(({ id }) => id);
      for (const one of event.cases) this.#named.set(one.id, idsOf(one));
    } else if (event.type === "peer-up") {
      const results = this.#of(event.peer);
      results.agent = event.agent;
      results.selected = event.run?.selected;
    } else if (event.type === "case-end") this.#of(event.peer).see(event);
    else if (event.type === "findings") this.#of(event.peer).findings = event.findings;
  }

  /** Of every peer that has a result, in the order in which they came. */
  peers(): readonly PeerCoverage[] {
    return [...this.#peers.values()].filter(({ isEmpty }) => !isEmpty).map((peer) => this.#coverage(peer));
  }

  #coverage(peer: PeerResults): PeerCoverage {
    const { key, agent, role } = peer;
    const cases = this.#cases.filter((one) => one.peer === undefined || one.peer === role);
    const covered: ReadonlyMap<string, CoveredRequirement> = new Map(
      coveredBy(cases, role).map((one) => [one.id, one]),
    );
    const requirements = peer.requirements(this.#named);
    const isCovered = (id: string): boolean => covered.get(id)?.waived === undefined;
    const open = requirements.filter(({ id, result }) => result === "not exercised" && isCovered(id));
    return {
      peer: key,
      agent,
      role,
      requirements,
      figures: peerFigures(requirements, isCovered),
      documents: documentFigures(requirements, isCovered),
      gaps: coverageGaps({
        open: open.map(({ id }) => id),
        covered: requirements.filter(({ id }) => isCovered(id)).map(({ id }) => id),
        cases,
        selected: new Set(peer.selected ?? this.#selected),
        outcomeOf: (id) => peer.outcomeOf(id),
      }),
    };
  }

  #of(peer: string): PeerResults {
    const known = this.#peers.get(peer) ?? new PeerResults(peer);
    this.#peers.set(peer, known);
    return known;
  }
}

/** What a stored run says of its peers. */
export async function runCoverage(events: AsyncIterable<RunEvent>): Promise<readonly PeerCoverage[]> {
  const coverage = new RunCoverage();
  for await (const event of events) coverage.see(event);
  return coverage.peers();
}

/** Only what a peer of this kind can be asked: its cases, and the rules for it. */
function coveredBy(cases: readonly Case[], role: PeerCoverage["role"]): readonly CoveredRequirement[] {
  return coveredRequirements(
    cases,
    LINT_RULES.filter((rule) => rule.role === "both" || rule.role === role),
  );
}

class PeerResults {
  readonly key: string;
  agent: string;
  findings: readonly PeerFinding[] = [];
  /** The cases that were selected for it, if its run is a part of another. */
  selected: readonly string[] | undefined;
  /** The last result of a case counts. */
  readonly #verdicts = new Map<string, Verdict>();
  #role: PeerCoverage["role"] = "server";
  #hasTalked = false;
  #hasCompressed = false;
  #hasSpokenHttp2 = false;

  constructor(key: string) {
    this.key = key;
    this.agent = key;
  }

  get isEmpty(): boolean {
    return this.#verdicts.size === 0;
  }

  get role(): PeerCoverage["role"] {
    return this.#role;
  }

  outcomeOf(caseId: string): Verdict["outcome"] | undefined {
    return this.#verdicts.get(caseId)?.outcome;
  }

  see({ case: id, verdict, record }: CaseEnd): void {
    this.#verdicts.set(id, verdict);
    this.#role = record.role === "client" ? "server" : "client";
    this.#hasTalked ||= record.eventCount > 0;
    this.#hasSpokenHttp2 ||= record.http2 !== undefined && record.eventCount > 0;
    this.#hasCompressed ||= record.extension != null && record.eventCount > 0;
  }

  requirements(named: ReadonlyMap<string, readonly string[]>): readonly ExercisedRequirement[] {
    const found = new Map<string, { result: RequirementResult; cases: string[] }>();
    for (const [id, result, caseId] of this.#all(named)) {
      const known = found.get(id);
      if (
        known === undefined ||
        REQUIREMENT_RESULTS.indexOf(result) > REQUIREMENT_RESULTS.indexOf(known.result)
      )
        found.set(id, { result, cases: [caseId] });
      else if (known.result === result && !known.cases.includes(caseId)) known.cases.push(caseId);
    }
    return [...REQUIREMENTS.values()]
      .filter((one) => one.testableWith !== "nothing" && (one.role === this.#role || one.role === "both"))
      .map(({ id }) => ({ id, ...(found.get(id) ?? { result: "not exercised" as const, cases: [] }) }));
  }

  /** Whether a connection had anything that the requirement applies to. */
  #hasShown(requirement: string): boolean {
    if (requirement.startsWith("7692-")) return this.#hasCompressed;
    return /^(8441|9113)-/.test(requirement) ? this.#hasSpokenHttp2 : this.#hasTalked;
  }

  /** Requirement, result, and the case or rule that gave it. */
  *#all(
    named: ReadonlyMap<string, readonly string[]>,
  ): Iterable<readonly [string, RequirementResult, string]> {
    for (const [caseId, verdict] of this.#verdicts) {
      for (const [id, result] of says(verdict, named.get(caseId) ?? [])) yield [id, result, caseId];
    }
    for (const { requirement: broken, outcome, first } of this.findings) {
      if (broken === null) continue;
      yield [
        broken.id,
        outcome === "fail" ? "failed" : outcome === "non-strict" ? outcome : "observed",
        first,
      ];
    }
    // What cases ask for, they answer: that a peer sends nothing illegal by itself does not show what it does with it.
    const asked = new Set([...named.values()].flat());
    for (const { id, role, requirements } of LINT_RULES) {
      if (role !== "both" && role !== this.#role) continue;
      for (const one of requirements) {
        if (this.#hasShown(one) && !asked.has(one)) yield [one, "passed", id];
      }
    }
  }
}

function idsOf({ requirements }: CaseInfo): readonly string[] {
  return requirements.map(({ id }) => id);
}

/** Of a case that goes wrong, only what it says is broken counts: the others that it names may have been kept. */
function* says(
  { outcome, requirement: broken, closing, closingRequirement }: Verdict,
  named: readonly string[],
): Iterable<readonly [string, RequirementResult]> {
  const first = broken ?? named[0];
  if (outcome === "pass") for (const id of named) yield [id, "passed"];
  else if (outcome === "informational") for (const id of named) yield [id, "observed"];
  else if ((outcome === "fail" || outcome === "non-strict") && first !== undefined)
    yield [first, outcome === "fail" ? "failed" : "non-strict"];
  const isClosingWrong = closing !== "ok" && closing !== "not-applicable";
  if (isClosingWrong && outcome !== "blocked" && closingRequirement !== undefined)
    yield [closingRequirement, isDemand(closingRequirement) ? "failed" : "non-strict"];
}
