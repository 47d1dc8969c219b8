import { byDocument } from "../case/coverage.js";
import { LINT_RULES } from "../case/lint-rules.js";
import { isDemand, requirement, REQUIREMENTS } from "../case/requirements.js";
import type { Verdict } from "../judge/verdict.js";
import { escapeText } from "../report/escape.js";
import { indent, labelled, table, wrap } from "../report/layout.js";
import type { CaseEnd, CaseInfo, RunEvent } from "../run/event.js";
import type { PeerFinding } from "../run/finding.js";

/**
 * What a run says of a requirement. `passed`: a case that names it passed, and no result says that it is broken.
 * `non-strict`: it is broken in a way that is tolerated. `observed`: only cases that do not judge name it.
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
  readonly agent: string;
  readonly role: "client" | "server";
  /** Every requirement that a peer of this kind can keep, and a test can see. */
  readonly requirements: readonly ExercisedRequirement[];
}

/** What a run says of its peers. A case that was blocked, or that could not be judged, says nothing. */
export async function runCoverage(events: AsyncIterable<RunEvent>): Promise<readonly PeerCoverage[]> {
  const named = new Map<string, readonly string[]>();
  const peers = new Map<string, PeerResults>();
  const resultsOf = (peer: string): PeerResults => {
    const known = peers.get(peer) ?? new PeerResults(peer);
    peers.set(peer, known);
    return known;
  };
  for await (const event of events) {
    if (event.type === "run") for (const one of event.cases) named.set(one.id, idsOf(one));
    else if (event.type === "peer-up") resultsOf(event.peer).agent = event.agent;
    else if (event.type === "case-end") resultsOf(event.peer).see(event);
    else if (event.type === "findings") resultsOf(event.peer).findings = event.findings;
  }
  return [...peers.values()].filter(({ isEmpty }) => !isEmpty).map((peer) => peer.coverage(named));
}

/** The worst result of a requirement counts. */
const ORDER: readonly RequirementResult[] = ["not exercised", "observed", "passed", "non-strict", "failed"];

class PeerResults {
  agent: string;
  findings: readonly PeerFinding[] = [];
  /** The last result of a case counts. */
  readonly #verdicts = new Map<string, Verdict>();
  #role: PeerCoverage["role"] = "server";
  #hasTalked = false;
  #hasCompressed = false;

  constructor(peer: string) {
    this.agent = peer;
  }

  get isEmpty(): boolean {
    return this.#verdicts.size === 0;
  }

  see({ case: id, verdict, record }: CaseEnd): void {
    this.#verdicts.set(id, verdict);
    this.#role = record.role === "client" ? "server" : "client";
    this.#hasTalked ||= record.eventCount > 0;
    this.#hasCompressed ||= record.extension != null && record.eventCount > 0;
  }

  coverage(named: ReadonlyMap<string, readonly string[]>): PeerCoverage {
    const found = new Map<string, { result: RequirementResult; cases: string[] }>();
    for (const [id, result, caseId] of this.#all(named)) {
      const known = found.get(id);
      if (known === undefined || ORDER.indexOf(result) > ORDER.indexOf(known.result))
        found.set(id, { result, cases: [caseId] });
      else if (known.result === result && !known.cases.includes(caseId)) known.cases.push(caseId);
    }
    const requirements = [...REQUIREMENTS.values()]
      .filter((one) => one.testableWith !== "nothing" && (one.role === this.#role || one.role === "both"))
      .map(({ id }) => ({ id, ...(found.get(id) ?? { result: "not exercised" as const, cases: [] }) }));
    return { agent: this.agent, role: this.#role, requirements };
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

/** Figures by document, and what is broken. Not one percentage: what was not exercised is not passed. */
export function runCoverageText(peers: readonly PeerCoverage[], width: number): string {
  if (peers.length === 0) return "No case of this run has a result.\n";
  const blocks = peers.map(({ agent, role, requirements }) => [
    `${escapeText(agent)}, a ${role}`,
    "",
    ...indent(resultTable(requirements), 2),
    ...indent(brokenLines(requirements, width - 2), 2),
  ]);
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}

function resultTable(requirements: readonly ExercisedRequirement[]): readonly string[] {
  const columns = [...ORDER].reverse();
  const rows = byDocument(requirements)
    .filter(([, ofIt]) => ofIt.length > 0)
    .flatMap(([document, ofIt]) => [
      [document, ...figures(ofIt)],
      ["  MUST and MUST NOT", ...figures(ofIt.filter(({ id }) => isDemand(id)))],
    ]);
  return table(
    [["Requirements", ...columns], ...rows],
    columns.map((_, at) => at + 1),
  );
}

function figures(requirements: readonly ExercisedRequirement[]): readonly string[] {
  return [...ORDER]
    .reverse()
    .map((result) => `${requirements.filter((one) => one.result === result).length}`);
}

function brokenLines(requirements: readonly ExercisedRequirement[], width: number): readonly string[] {
  return (["failed", "non-strict"] as const).flatMap((result) => {
    const broken = requirements.filter((one) => one.result === result);
    if (broken.length === 0) return [];
    return [
      "",
      result === "failed" ? "Broken" : "Broken in a way that is tolerated",
      ...broken.flatMap(({ id, cases }) => {
        const { level, text } = requirement(id);
        return indent(labelled(id, wrap(`${level}: ${text} (${cases.join(", ")})`, width - 18), 16), 2);
      }),
    ];
  });
}
