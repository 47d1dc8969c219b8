import { compareIds, sectionOf } from "../case/case-id.js";
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
  const read = reviewsOf(finding, result, reviews, catalogue);
  const cases = expandIds(finding.cases, catalogue);
  return {
    anchor: findingAnchor(finding.id, result.over),
    finding,
    standing: standingOf(finding, cases, read),
    requirement: citedRequirement(finding.requirement),
    reviews: read.map(({ review, isOld }) => ({ ...review, isOld })),
    cases,
    unreviewed:
      read.length === 0 ? [] : cases.filter((id) => standingOf(finding, [id], read) === "unreviewed"),
    bySection: new Map(
      [...new Set(cases.map(sectionOf))].map((section) => [
        section,
        standingOf(
          finding,
          cases.filter((id) => sectionOf(id) === section),
          read,
        ),
      ]),
    ),
    command: commandFor(stack, result, finding.evidence.case),
  };
}

/** Its place on the page of the stack: the same in every build of the site. */
export function findingAnchor(id: string, over: RoleResult["over"]): string {
  const name = id.replaceAll(/[^\w.-]+/g, "-");
  return over === "http2" ? `http2-${name}` : name;
}

/** A review, and the cases that it speaks of. */
interface ReadReview {
  readonly review: Review;
  /** It is of another version than the one that was run. */
  readonly isOld: boolean;
  readonly cases: ReadonlySet<string>;
}

/** Those of this version first, then the newest. A finding with several causes has several. */
function reviewsOf(
  { id }: StoredFinding,
  result: RoleResult,
  reviews: readonly Review[],
  catalogue: readonly string[],
): readonly ReadReview[] {
  return reviews
    .filter(({ finding, role, over }) => finding === id && role === result.role && over === result.over)
    .map((review) => ({
      review,
      isOld: review.version !== result.version,
      cases: new Set(expandIds(review.cases, catalogue)),
    }))
    .sort((a, b) => Number(a.isOld) - Number(b.isOld) || b.review.day.localeCompare(a.review.day));
}

/**
 * What a finding says of the implementation in these cases; without any, as a whole. Only a review of this very version
 * that speaks of a case makes it a fault. One of another version that clears a case still holds, unless one of this
 * version speaks of the same case: it accuses nobody.
 */
function standingOf(
  { outcome }: StoredFinding,
  cases: readonly string[],
  reviews: readonly ReadReview[],
): FindingStanding {
  const ofCase = (id: string): FindingStanding => standingBy(reviews.filter((one) => one.cases.has(id)));
  const standings = cases.length === 0 ? [standingBy(reviews)] : cases.map(ofCase);
  if (standings.every((one) => one === "cleared")) return "cleared";
  if (outcome !== "fail") return "advice";
  return standings.includes("fault") ? "fault" : "unreviewed";
}

function standingBy(reviews: readonly ReadReview[]): FindingStanding {
  const ofThisVersion = reviews.filter(({ isOld }) => !isOld);
  const counted = ofThisVersion.length > 0 ? ofThisVersion : reviews;
  if (counted.length === 0) return "unreviewed";
  if (counted.every(({ review }) => review.fault !== "stack")) return "cleared";
  return ofThisVersion.length > 0 ? "fault" : "unreviewed";
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
