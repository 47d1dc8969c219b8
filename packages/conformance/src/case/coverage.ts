import { LINT_RULES } from "./lint-rules.js";
import { isDemand, REQUIREMENTS, type Requirement } from "./requirements.js";
import { SETS } from "./select.js";
import { WAIVERS } from "./waivers.js";

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
  cases: readonly { readonly id: string; readonly requirements: readonly string[] }[],
): readonly CoveredRequirement[] {
  const byCase = idsByRequirement(cases);
  const byRule = idsByRequirement(LINT_RULES);
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
