import { compareIds } from "../case/case-id.js";
import { citation, REQUIREMENTS, rfcLink } from "../case/requirements.js";
import { OBSERVATIONS } from "../judge/observation.js";
import type { Review, RoleResult, StoredFinding } from "../matrix/results.js";
import { SEVERITIES } from "../run/finding.js";
import { requirementInfo } from "../run/case-info.js";
import type { RequirementInfo } from "../run/requirement-info.js";
import { expandIds } from "./id-list.js";
import type { FindingModel, FindingStanding } from "./page-model.js";
import { commandFor } from "./command-for.js";

const STANDINGS: readonly FindingStanding[] = ["fault", "unreviewed", "advice", "cleared"];

/** The findings of a role with what was made of them, the gravest first. `stack`: the name of its folder. */
export function findingModels(
  stack: string,
  result: RoleResult,
  reviews: readonly Review[],
  catalogue: readonly string[],
): readonly FindingModel[] {
  return result.findings
    .map((finding) => findingModel(stack, result, finding, reviews, catalogue))
    .sort(
      (a, b) =>
        STANDINGS.indexOf(a.standing) - STANDINGS.indexOf(b.standing) ||
        SEVERITIES.indexOf(a.finding.severity) - SEVERITIES.indexOf(b.finding.severity) ||
        compareIds(a.finding.evidence.case, b.finding.evidence.case),
    );
}

function findingModel(
  stack: string,
  result: RoleResult,
  finding: StoredFinding,
  reviews: readonly Review[],
  catalogue: readonly string[],
): FindingModel {
  const review = reviewOf(finding.id, result, reviews);
  const isReviewOld = review !== undefined && review.version !== result.version;
  return {
    anchor: findingAnchor(finding.id, result.over),
    finding,
    standing: standingOf(finding, review, isReviewOld),
    requirement: citedRequirement(finding.requirement),
    ...(review === undefined ? {} : { review }),
    isReviewOld,
    cases: expandIds(finding.cases, catalogue),
    command: commandFor(stack, result, finding.evidence.case),
  };
}

/** Its place on the page of the stack: the same in every build of the site. */
export function findingAnchor(id: string, over: RoleResult["over"]): string {
  const name = id.replaceAll(/[^\w.-]+/g, "-");
  return over === "http2" ? `http2-${name}` : name;
}

/**
 * Only a review of this very version makes a finding the fault of the implementation. One of another version that
 * clears it still holds: it accuses nobody.
 */
function standingOf(
  finding: StoredFinding,
  review: Review | undefined,
  isReviewOld: boolean,
): FindingStanding {
  if (review !== undefined && review.fault !== "stack") return "cleared";
  if (finding.outcome !== "fail") return "advice";
  return review === undefined || isReviewOld ? "unreviewed" : "fault";
}

/** The review of this version if there is one, else the newest. */
function reviewOf(id: string, result: RoleResult, reviews: readonly Review[]): Review | undefined {
  const rank = (review: Review): string => `${review.version === result.version ? "1" : "0"} ${review.day}`;
  return reviews
    .filter(({ finding, role, over }) => finding === id && role === result.role && over === result.over)
    .sort((a, b) => rank(b).localeCompare(rank(a)))[0];
}

/** A requirement of the catalogue, or what its id says of one that was in an earlier one; null where there is none. */
export function citedRequirement(id: string | null): RequirementInfo | null {
  if (id === null) return null;
  if (REQUIREMENTS.has(id)) return requirementInfo(id);
  if (!/^\d+-[\w.]+-\d+$/.test(id)) return null;
  return { id, citation: citation(id), level: "", text: "", link: rfcLink(id) };
}

/** What an id of a finding says by itself: `RFC 6455 §5.5.1: did not answer the Close frame`. */
export function findingText(id: string): string {
  const [first = "", observation = ""] = id.split("/");
  const does = (OBSERVATIONS as ReadonlyMap<string, string>).get(observation) ?? observation;
  return /^\d+-[\w.]+-\d+$/.test(first) ? `${citation(first)}: it ${does}` : `It ${does}`;
}
