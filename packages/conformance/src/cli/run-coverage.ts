import { byDocument } from "../case/coverage.js";
import { isDemand, requirement, REQUIREMENTS } from "../case/requirements.js";
import type { Verdict } from "../judge/verdict.js";
import { escapeText } from "../report/escape.js";
import { indent, labelled, table, wrap } from "../report/layout.js";
import type { CaseEnd, RunEvent } from "../run/event.js";

/**
 * What a run says of a requirement. `passed`: a case that names it passed, and no result says that it is broken.
 * `non-strict`: it is broken in a way that is tolerated. `observed`: only cases that do not judge name it.
 */
export type RequirementResult = "passed" | "non-strict" | "failed" | "observed" | "not exercised";

export interface ExercisedRequirement {
  readonly id: string;
  readonly result: RequirementResult;
  /** Ids of the cases that gave this result. */
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
  const agents = new Map<string, string>();
  const results = new Map<string, Map<string, Pick<CaseEnd, "verdict"> & { role: PeerCoverage["role"] }>>();
  for await (const event of events) {
    if (event.type === "run") {
      for (const { id, requirements } of event.cases)
        named.set(
          id,
          requirements.map((one) => one.id),
        );
    } else if (event.type === "peer-up") agents.set(event.peer, event.agent);
    else if (event.type === "case-end") {
      const { verdict, record } = event;
      const ofPeer = results.get(event.peer) ?? new Map<string, never>();
      results.set(event.peer, ofPeer);
      ofPeer.set(event.case, { verdict, role: record.role === "client" ? "server" : "client" });
    }
  }
  return [...results].map(([peer, ofPeer]) => {
    const [first] = ofPeer.values();
    const role = first?.role ?? "server";
    const verdicts = new Map([...ofPeer].map(([id, { verdict }]) => [id, verdict]));
    return { agent: agents.get(peer) ?? peer, role, requirements: exercised(role, named, verdicts) };
  });
}

/** The worst result of a requirement counts. */
const ORDER: readonly RequirementResult[] = ["not exercised", "observed", "passed", "non-strict", "failed"];

function exercised(
  role: PeerCoverage["role"],
  named: ReadonlyMap<string, readonly string[]>,
  verdicts: ReadonlyMap<string, Verdict>,
): readonly ExercisedRequirement[] {
  const found = new Map<string, { result: RequirementResult; cases: string[] }>();
  const add = (id: string, result: RequirementResult, caseId: string): void => {
    const known = found.get(id);
    if (known === undefined || ORDER.indexOf(result) > ORDER.indexOf(known.result))
      found.set(id, { result, cases: [caseId] });
    else if (known.result === result && !known.cases.includes(caseId)) known.cases.push(caseId);
  };
  for (const [caseId, verdict] of verdicts) {
    for (const [id, result] of says(verdict, named.get(caseId) ?? [])) add(id, result, caseId);
  }
  return [...REQUIREMENTS.values()]
    .filter((one) => one.testableWith !== "nothing" && (one.role === role || one.role === "both"))
    .map(({ id }) => ({ id, ...(found.get(id) ?? { result: "not exercised" as const, cases: [] }) }));
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
