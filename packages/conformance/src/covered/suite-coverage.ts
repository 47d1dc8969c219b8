import type { Case } from "../case/case.js";
import { LINT_RULES, type LintRule } from "../case/lint-rules.js";
import { isDemand, REQUIREMENTS, type Requirement, type RequirementRole } from "../case/requirements.js";
import { SETS } from "../case/select.js";
import { WAIVERS } from "../case/waivers.js";

/** The documents that requirements are from, each with the numbers of its RFCs. */
const DOCUMENTS: readonly (readonly [string, readonly string[]])[] = [
  ["RFC 6455, WebSocket", ["6455"]],
  ["RFC 7692, compression", ["7692"]],
  ["RFC 8441, HTTP/2", ["8441"]],
  ["RFC 9220, HTTP/3", ["9220"]],
  ["HTTP and base64", ["9110", "9112", "9113", "4648"]],
];

/** How much of a set of requirements the suite covers. */
export interface Coverage {
  /** Requirements that some test can see. */
  readonly testable: number;
  /** Those of them that one of the original's cases names. */
  readonly original: number;
  /** Those of them that a case names, or that are checked on every connection. */
  readonly now: number;
}

export interface DocumentCoverage {
  readonly document: string;
  readonly all: Coverage;
  /** Only what the document demands: MUST and MUST NOT. */
  readonly must: Coverage;
}

/** A requirement with everything that exercises it. */
export interface CoveredRequirement extends Requirement {
  /** Ids of the cases that name it. */
  readonly cases: readonly string[];
  /** Ids of the rules by which it is checked on every connection. */
  readonly checks: readonly string[];
  /** If there is neither: why not, in one sentence. */
  readonly waived?: string;
}

/** What exercises each requirement, in the order of the RFCs. */
export function coveredRequirements(
  cases: readonly Case[],
  rules: readonly LintRule[] = LINT_RULES,
): readonly CoveredRequirement[] {
  const byCase = idsByRequirement(cases);
  const byRule = idsByRequirement(rules);
  return [...REQUIREMENTS.values()].map((one) => {
    const named = byCase.get(one.id) ?? [];
    const checks = byRule.get(one.id) ?? [];
    const waived =
      named.length + checks.length > 0 ? undefined : (WAIVERS.get(one.id) ?? "It has no case yet.");
    return { ...one, cases: named, checks, ...(waived === undefined ? {} : { waived }) };
  });
}

/** The figures of each document. It is about the suite; no peer is involved. */
export function documentCoverage(covered: readonly CoveredRequirement[]): readonly DocumentCoverage[] {
  return byDocument(covered).map(([document, ofIt]) => ({
    document,
    all: coverageOf(ofIt),
    must: coverageOf(ofIt.filter(({ id }) => isDemand(id))),
  }));
}

/** How a document is cited, such as `RFC 7692`. */
export function shortName(document: string): string {
  return document.replace(/,.*$/, "");
}

/**
 * What is wrong with the mapping of requirements to cases: one sentence for each problem. The build fails on any: every
 * requirement that some test can see is exercised in a role that it is for, or there is a reason why not.
 */
export function coverageProblems(cases: readonly Case[]): readonly string[] {
  const problems: string[] = [];
  for (const { id, role, testableWith, cases: named, checks } of coveredRequirements(cases)) {
    const isAsked = [...named, ...checks].some((one) => askedOf(one, cases).includes(role));
    const isWaived = WAIVERS.has(id);
    if (named.length + checks.length === 0 && testableWith !== "nothing" && !isWaived)
      problems.push(`Requirement ${id} has no case, and no reason why.`);
    else if (named.length + checks.length > 0 && isWaived)
      problems.push(`Requirement ${id} has a reason why it has no case, and is exercised.`);
    else if (named.length + checks.length > 0 && !isAsked && role !== "intermediary")
      problems.push(`Requirement ${id} is for a ${role}, but none of its cases is.`);
  }
  for (const [id, reason] of WAIVERS) {
    if (!REQUIREMENTS.has(id))
      problems.push(`There is no requirement ${id}, but a reason why it has no case.`);
    if (!/^[A-Z].*\.$/.test(reason)) problems.push(`The reason why ${id} has no case is no sentence.`);
  }
  return problems;
}

/** Which roles of a requirement a case or a rule can show; some rules have the number of a case. */
function askedOf(id: string, cases: readonly Case[]): readonly RequirementRole[] {
  const peers = [
    ...cases.filter((one) => one.id === id).map(({ peer }) => peer ?? "both"),
    ...LINT_RULES.filter((one) => one.id === id).map(({ role }) => role),
  ];
  const both: readonly RequirementRole[] = ["client", "server", "both"];
  return peers.flatMap((peer) => (peer === "both" ? both : [peer, "both" as const]));
}

/** Requirements by document, those of all documents last. */
export function byDocument<R extends { readonly id: string }>(
  requirements: readonly R[],
): readonly (readonly [string, readonly R[]])[] {
  const each = DOCUMENTS.map(
    ([document, rfcs]) =>
      [document, requirements.filter(({ id }) => rfcs.includes(id.slice(0, id.indexOf("-"))))] as const,
  );
  return [...each, ["all documents", requirements]];
}

function coverageOf(covered: readonly CoveredRequirement[]): Coverage {
  const isOriginal = SETS.get("autobahn") ?? (() => false);
  const testable = covered.filter(({ testableWith }) => testableWith !== "nothing");
  return {
    testable: testable.length,
    original: testable.filter(({ cases }) => cases.some(isOriginal)).length,
    now: testable.filter(({ waived }) => waived === undefined).length,
  };
}

function idsByRequirement(
  all: readonly { readonly id: string; readonly requirements: readonly string[] }[],
): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const { id, requirements } of all) {
    for (const one of requirements) {
      const found = ids.get(one);
      if (found === undefined) ids.set(one, [id]);
      else found.push(id);
    }
  }
  return ids;
}
