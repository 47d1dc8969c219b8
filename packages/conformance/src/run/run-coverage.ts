import { byDocument, coveredRequirements } from "../case/coverage.js";
import { LINT_RULES } from "../case/lint-rules.js";
import { isDemand, REQUIREMENTS } from "../case/requirements.js";
import type { Verdict } from "../judge/verdict.js";
import type { CaseEnd, CaseInfo, RunEvent } from "./event.js";
import type { PeerFinding } from "./finding.js";

/**
 * What a run says of a requirement. `passed`: a case that names it passed, and no result says that it is broken.
 * `non-strict`: it is broken in a way that is tolerated. `observed`: only cases that do not judge name it.
 *
 * @example
 * ```ts
 * import type { RequirementResult } from "wireproof/page";
 *
 * const result: RequirementResult = "not exercised";
 * console.assert(result !== "passed");
 * ```
 */
export type RequirementResult = "passed" | "non-strict" | "failed" | "observed" | "not exercised";

export interface ExercisedRequirement {
  readonly id: string;
  readonly result: RequirementResult;
  /** Ids of the cases that gave this result, or of rules that hold on every connection. */
  readonly cases: readonly string[];
}

/** What a run says of one peer. */
export interface PeerCoverage {
  /** Key of the peer in the run. */
  readonly peer: string;
  readonly agent: string;
  readonly role: "client" | "server";
  /** Every requirement that a peer of this kind can keep, and a test can see. */
  readonly requirements: readonly ExercisedRequirement[];
}

/**
 * Gathers what a run says of the requirements, from its events and nothing else. A case that was blocked, or that could
 * not be judged, says nothing. Memory: the headline of one verdict for each case and peer.
 */
export class RunCoverage {
  readonly #named = new Map<string, readonly string[]>();
  readonly #peers = new Map<string, PeerResults>();

  see(event: RunEvent): void {
    if (event.type === "run") for (const one of event.cases) this.#named.set(one.id, idsOf(one));
    else if (event.type === "peer-up") this.#resultsOf(event.peer).agent = event.agent;
    else if (event.type === "case-end") this.#resultsOf(event.peer).see(event);
    else if (event.type === "findings") this.#resultsOf(event.peer).findings = event.findings;
  }

  /** Every peer that has a result, in the order in which they came. */
  peers(): readonly PeerCoverage[] {
    const tested = [...this.#peers.values()].filter(({ isEmpty }) => !isEmpty);
    return tested.map((peer) => peer.coverage(this.#named));
  }

  #resultsOf(peer: string): PeerResults {
    const known = this.#peers.get(peer) ?? new PeerResults(peer);
    this.#peers.set(peer, known);
    return known;
  }
}

/** What a run says of its peers. */
export async function runCoverage(events: AsyncIterable<RunEvent>): Promise<readonly PeerCoverage[]> {
  const coverage = new RunCoverage();
  for await (const event of events) coverage.see(event);
  return coverage.peers();
}

/**
 * The three figures of a document, which are never mixed: what the suite covers, what a run exercised, and what came out.
 *
 * @example
 * ```ts
 * import type { CoverageFigures } from "wireproof/page";
 *
 * const results = { failed: 1, "non-strict": 0, passed: 20, observed: 2, "not exercised": 7 };
 * const figures: CoverageFigures = { document: "RFC 6455", testable: 30, covered: 29, exercised: 23, results };
 * console.assert(figures.exercised + figures.results["not exercised"] === figures.testable);
 * ```
 */
export interface CoverageFigures {
  /** Such as `RFC 6455, WebSocket`; the last one is `all documents`. */
  readonly document: string;
  /** Requirements of such a peer that some test can see. */
  readonly testable: number;
  /** Those for which the suite has a case or a check; absent where the cases of the suite are not known. */
  readonly covered?: number;
  /** Those about which this run says something: the sum of the results but `not exercised`. */
  readonly exercised: number;
  /** How many have which result. */
  readonly results: Readonly<Record<RequirementResult, number>>;
}

/**
 * All requirements of a document, and those that it demands with MUST and MUST NOT.
 *
 * @example
 * ```ts
 * import type { DocumentFigures } from "wireproof/page";
 *
 * const demanded = ({ must }: DocumentFigures): number => must.testable;
 * console.assert(typeof demanded === "function");
 * ```
 */
export interface DocumentFigures {
  /** Every requirement of the document. */
  readonly all: CoverageFigures;
  /** Only MUST and MUST NOT. */
  readonly must: CoverageFigures;
}

/**
 * The figures of a peer by document. `suite`: every case of the suite. Documents that ask nothing of such a peer are
 * left out.
 */
export function coverageFigures(
  { requirements }: PeerCoverage,
  suite?: readonly CaseInfo[],
): readonly DocumentFigures[] {
  const cases = suite?.map((one) => ({ id: one.id, requirements: idsOf(one) }));
  const covered =
    cases === undefined
      ? undefined
      : new Set(coveredRequirements(cases).flatMap(({ id, waived }) => (waived === undefined ? [id] : [])));
  return byDocument(requirements)
    .filter(([, ofIt]) => ofIt.length > 0)
    .map(([document, ofIt]) => ({
      all: figuresOf(document, ofIt, covered),
      must: figuresOf(
        document,
        ofIt.filter(({ id }) => isDemand(id)),
        covered,
      ),
    }));
}

function figuresOf(
  document: string,
  requirements: readonly ExercisedRequirement[],
  covered: ReadonlySet<string> | undefined,
): CoverageFigures {
  const number = (result: RequirementResult): number =>
    requirements.filter((one) => one.result === result).length;
  const results = {
    failed: number("failed"),
    "non-strict": number("non-strict"),
    passed: number("passed"),
    observed: number("observed"),
    "not exercised": number("not exercised"),
  };
  return {
    document,
    testable: requirements.length,
    ...(covered === undefined ? {} : { covered: requirements.filter(({ id }) => covered.has(id)).length }),
    exercised: requirements.length - results["not exercised"],
    results,
  };
}

/** The worst result of a requirement, the last of these, counts. */
export const REQUIREMENT_RESULTS: readonly RequirementResult[] = [
  "not exercised",
  "observed",
  "passed",
  "non-strict",
  "failed",
];

/** What counts of a verdict. The rest of it may be large, and is not kept. */
interface Headline {
  readonly outcome: Verdict["outcome"];
  readonly closing: Verdict["closing"];
  readonly requirement: string | undefined;
  readonly closingRequirement: string | undefined;
}

class PeerResults {
  readonly #peer: string;
  agent: string;
  findings: readonly PeerFinding[] = [];
  /** The last result of a case counts. */
  readonly #verdicts = new Map<string, Headline>();
  #role: PeerCoverage["role"] = "server";
  #hasTalked = false;
  #hasCompressed = false;

  constructor(peer: string) {
    this.#peer = peer;
    this.agent = peer;
  }

  get isEmpty(): boolean {
    return this.#verdicts.size === 0;
  }

  see({ case: id, verdict, record }: CaseEnd): void {
    const { outcome, closing, requirement, closingRequirement } = verdict;
    this.#verdicts.set(id, { outcome, closing, requirement, closingRequirement });
    this.#role = record.role === "client" ? "server" : "client";
    this.#hasTalked ||= record.eventCount > 0;
    this.#hasCompressed ||= record.extension != null && record.eventCount > 0;
  }

  coverage(named: ReadonlyMap<string, readonly string[]>): PeerCoverage {
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
    const requirements = [...REQUIREMENTS.values()]
      .filter((one) => one.testableWith !== "nothing" && (one.role === this.#role || one.role === "both"))
      .map(({ id }) => ({ id, ...(found.get(id) ?? { result: "not exercised" as const, cases: [] }) }));
    return { peer: this.#peer, agent: this.agent, role: this.#role, requirements };
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
        const wasSeen = one.startsWith("7692-") ? this.#hasCompressed : this.#hasTalked;
        if (wasSeen && !asked.has(one)) yield [one, "passed", id];
      }
    }
  }
}

function idsOf({ requirements }: CaseInfo): readonly string[] {
  return requirements.map(({ id }) => id);
}

/** Of a case that goes wrong, only what it says is broken counts: the others that it names may have been kept. */
function* says(
  { outcome, requirement: broken, closing, closingRequirement }: Headline,
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
