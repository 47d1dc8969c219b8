import { familyOf, sectionOf } from "../case/case-id.js";
import type { Case } from "../case/case.js";
import type { Outcome } from "../judge/verdict.js";
import { byDocument, shortName } from "./suite-coverage.js";

/**
 * Why a requirement that the suite covers was not exercised. `not shown`: only rules of every connection check it, and no
 * connection had anything that they apply to.
 */
export type GapReason =
  | "not selected"
  | "not run"
  | "not judged"
  | "unimplemented"
  | "skipped"
  | "failed otherwise"
  | "not shown";

/** Requirements of one document that were not exercised for one reason. */
export interface CoverageGap {
  /** Such as `RFC 7692`. */
  readonly document: string;
  readonly reason: GapReason;
  /** Ids of the requirements. */
  readonly requirements: readonly string[];
  /** Which cases would have exercised them: ids, and `12.*` or `12.1.*` where a whole section or family is meant. */
  readonly cases: readonly string[];
  /** Nothing at all of the document was exercised, and this is the only reason. */
  readonly isWhole: boolean;
}

/** A run, as far as it explains gaps. */
export interface GapFacts {
  /** Ids of the requirements that were not exercised although the suite covers them. */
  readonly open: readonly string[];
  /** Ids of all requirements that the suite covers. */
  readonly covered: readonly string[];
  /** The cases that the suite has for this kind of peer. */
  readonly cases: readonly Case[];
  /** Ids of the cases that were selected. */
  readonly selected: ReadonlySet<string>;
  readonly outcomeOf: (caseId: string) => Outcome | undefined;
}

/** If the cases of a requirement have several, the first of these is said. */
const REASONS: readonly GapReason[] = [
  "skipped",
  "unimplemented",
  "failed otherwise",
  "not judged",
  "not run",
];

const REASON_OF: Readonly<Record<Outcome, GapReason>> = {
  unimplemented: "unimplemented",
  skipped: "skipped",
  fail: "failed otherwise",
  "non-strict": "failed otherwise",
  blocked: "not judged",
  "too-slow": "not judged",
  "harness-error": "not judged",
  // With these a requirement that the case names is exercised.
  pass: "not run",
  informational: "not run",
};

/** Why what the suite covers was not exercised: document by document, the reason with the most requirements first. */
export function coverageGaps(facts: GapFacts): readonly CoverageGap[] {
  const coveredByDocument = new Map(byDocument(facts.covered.map((id) => ({ id }))));
  return byDocument(facts.open.map((id) => ({ id })))
    .slice(0, -1)
    .flatMap(([document, open]) => {
      const reasons: Reasons = new Map();
      for (const { id } of open) {
        const { reason, cases } = reasonFor(id, facts);
        const known = reasons.get(reason) ?? { requirements: [], cases: new Set<string>() };
        reasons.set(reason, known);
        known.requirements.push(id);
        for (const one of cases) known.cases.add(one);
      }
      const size = coveredByDocument.get(document)?.length ?? 0;
      if (open.length === size) mergeNotShown(reasons);
      return [...reasons]
        .map(([reason, { requirements, cases }]) => ({
          document: shortName(document),
          reason,
          requirements,
          cases: patterns(cases, facts, reason),
          isWhole: requirements.length === size,
        }))
        .toSorted((a, b) => b.requirements.length - a.requirements.length);
    });
}

type Reasons = Map<GapReason, { readonly requirements: string[]; readonly cases: Set<string> }>;

/** Where no case of a document was played, its rules had nothing to check for the same reason. */
function mergeNotShown(reasons: Reasons): void {
  const notShown = reasons.get("not shown");
  const [largest] = [...reasons]
    .filter(([reason]) => reason !== "not shown")
    .toSorted(([, a], [, b]) => b.requirements.length - a.requirements.length);
  if (notShown === undefined || largest === undefined) return;
  largest[1].requirements.push(...notShown.requirements);
  reasons.delete("not shown");
}

/** A gap in one sentence. */
export function gapText({ document, reason, requirements, cases, isWhole }: CoverageGap): string {
  const { length } = requirements;
  const what = isWhole
    ? `nothing of ${document} is exercised`
    : `${length} ${length === 1 ? `requirement of ${document} is` : `requirements of ${document} are`} not exercised`;
  return `${gapCause(reason, cases)}: ${what}.`;
}

/** More cases than this are not listed one by one. */
const LISTED = 12;

function gapCause(reason: GapReason, cases: readonly string[]): string {
  if (reason === "not shown") return "No connection showed anything that the rules of every connection check";
  const rest = cases.length - LISTED;
  const names = cases.slice(0, LISTED).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
  const isOne = cases.length === 1 && !names.endsWith("*");
  const [was, has] = isOne ? ["was", "has"] : ["were", "have"];
  switch (reason) {
    case "not selected":
      return `${names} ${was} not selected`;
    case "not run":
      return `${names} ${has} no result`;
    case "not judged":
      return `${names} ${was} not judged`;
    case "unimplemented":
      return `The peer does not implement what ${names} ${isOne ? "needs" : "need"}`;
    case "skipped":
      return `${names} ${was} skipped, since the peer lacks what ${isOne ? "it needs" : "they need"}`;
    case "failed otherwise":
      return `${names} went wrong in another way`;
  }
}

function reasonFor(
  requirement: string,
  { cases, selected, outcomeOf }: GapFacts,
): { readonly reason: GapReason; readonly cases: readonly string[] } {
  const naming = cases
    .filter(({ requirements }) => requirements.some((id) => id === requirement))
    .map(({ id }) => id);
  if (naming.length === 0) return { reason: "not shown", cases: [] };
  const wanted = naming.filter((id) => selected.has(id));
  if (wanted.length === 0) return { reason: "not selected", cases: naming };
  const reasonOf = (id: string): GapReason => {
    const outcome = outcomeOf(id);
    return outcome === undefined ? "not run" : REASON_OF[outcome];
  };
  const reason = REASONS.find((one) => wanted.some((id) => reasonOf(id) === one)) ?? "not run";
  return { reason, cases: wanted.filter((id) => reasonOf(id) === reason) };
}

/** Ids in catalogue order; a section or family of which no case was selected is one pattern. */
function patterns(ids: ReadonlySet<string>, { cases, selected }: GapFacts, reason: GapReason): string[] {
  const ordered = cases.map(({ id }) => id).filter((id) => ids.has(id));
  if (reason !== "not selected") return ordered;
  const sections = new Set<unknown>();
  const families = new Set<unknown>();
  for (const { id } of cases) {
    if (!selected.has(id)) continue;
    sections.add(sectionOf(id));
    families.add(familyOf(id));
  }
  const pattern = (id: string): string => {
    if (!sections.has(sectionOf(id))) return `${sectionOf(id)}.*`;
    return families.has(familyOf(id)) ? id : `${familyOf(id)}.*`;
  };
  return [...new Set(ordered.map(pattern))];
}
