import { sectionOf } from "../case/case-id.js";
import { SECTIONS } from "../case/spec.js";
import { OUTCOMES } from "../judge/verdict.js";
import type { Review, RoleResult } from "../matrix/results.js";
import { changesOf } from "./changes.js";
import { commandFor } from "./command-for.js";
import { findingModels } from "./findings.js";
import { expandIds } from "./id-list.js";
import type {
  CellModel,
  FindingModel,
  FindingStanding,
  RoleModel,
  SectionModel,
  StackModel,
} from "./page-model.js";
import type { StackData } from "./site-data.js";

/** Sections whose cases pass only with permessage-deflate (RFC 7692). */
const DEFLATE_SECTIONS = ["12", "13", "32"];

/** Outcomes that say nothing of what is required: not played, or not to be judged. */
const OPEN = ["blocked", "too-slow", "harness-error", "not-run"] as const;

/** The order of roles on a page. */
const KEYS: readonly string[] = ["server", "client", "server-http2", "client-http2"];

export const NOTHING: CellModel = { state: "none", count: 0, more: 0 };

/** The rest of the site, as the page of a stack leads to it. */
export interface Surroundings {
  /** Paths of all files that the site offers. */
  readonly downloads: readonly string[];
  readonly isIn: StackModel["isIn"];
}

const ALONE: Surroundings = { downloads: [], isIn: { gridAsClient: false, proxies: false } };

/** Everything that the page of a stack shows. `catalogue`: the ids of all cases. */
export function stackModel(
  data: StackData,
  catalogue: readonly string[],
  { downloads, isIn }: Surroundings = ALONE,
): StackModel {
  const { about, programs, results, reviews } = data;
  const roles = (results?.roles ?? [])
    .map((result) => roleModel(about.folder, result, reviews, catalogue, downloads))
    .sort((a, b) => KEYS.indexOf(a.key) - KEYS.indexOf(b.key));
  const tested = new Set(roles.map(({ key }) => key));
  return {
    ...about,
    roles,
    unavailable: programs.filter((one) => !tested.has(keyOf(one))).map(labelOf),
    changes: changesOf(about, roles, results?.history ?? []),
    isIn,
  };
}

/** Which role over which HTTP: `server-http2`. */
export function keyOf({ role, over }: Pick<RoleResult, "role" | "over">): string {
  return over === "http2" ? `${role}-http2` : role;
}

export function labelOf({ role, over }: Pick<RoleResult, "role" | "over">): string {
  return over === "http2" ? `${role} over HTTP/2` : role;
}

function roleModel(
  stack: string,
  result: RoleResult,
  reviews: readonly Review[],
  catalogue: readonly string[],
  downloads: readonly string[],
): RoleModel {
  const run = `data/runs/${stack}.${result.role}${result.over === "http2" ? ".http2" : ""}.ndjson`;
  const runFile = downloads.find((path) => path === run || path === `${run}.gz`);
  const findings = findingModels(stack, result, reviews, catalogue);
  const cases = Object.entries(result.cases).map(
    ([outcome, list]) => [outcome, expandIds(list, catalogue)] as const,
  );
  return {
    key: keyOf(result),
    label: labelOf(result),
    result,
    findings,
    sections: Object.keys(result.sections)
      .map(Number)
      .sort((a, b) => a - b)
      .map((number) => sectionModel(number, result, findings, cases)),
    hasDeflate: DEFLATE_SECTIONS.some((section) => (result.sections[section]?.pass ?? 0) > 0),
    command: commandFor(stack, result),
    ...(runFile === undefined ? {} : { runFile }),
  };
}

function sectionModel(
  number: number,
  result: RoleResult,
  findings: readonly FindingModel[],
  cases: readonly (readonly [string, readonly string[]])[],
): SectionModel {
  const counts = result.sections[String(number)] ?? {};
  const here = findings.flatMap((found) => {
    const standing = standingIn(found, number);
    return standing === undefined ? [] : [{ found, standing }];
  });
  const notPassed = OUTCOME_ORDER.flatMap((outcome) => {
    const ids = cases.find(([one]) => one === outcome)?.[1].filter((id) => sectionOf(id) === number) ?? [];
    return ids.length === 0 ? [] : [[outcome, ids] as const];
  });
  const failed = notPassed.find(([outcome]) => outcome === "fail")?.[1] ?? [];
  const explained = new Set(here.flatMap(({ found }) => found.cases));
  return {
    number,
    title: SECTIONS.get(number) ?? `Section ${number}`,
    cell: cellOf(counts, here, failed.filter((id) => !explained.has(id)).length),
    counts,
    cases: notPassed,
    findings: here,
  };
}

const OUTCOME_ORDER = [...OUTCOMES, "not-run"].filter((outcome) => outcome !== "pass");

/** A finding that no case is about is in the section where it was seen. */
function standingIn(found: FindingModel, section: number): FindingStanding | undefined {
  const { bySection, standing, finding } = found;
  if (bySection.size > 0) return bySection.get(section);
  return sectionOf(finding.evidence.case) === section ? standing : undefined;
}

/** `unexplained`: failed cases that no finding is about. Nobody looked at them either. */
function cellOf(
  counts: SectionModel["counts"],
  findings: SectionModel["findings"],
  unexplained: number,
): CellModel {
  const number = (standing: FindingStanding): number =>
    findings.filter((one) => one.standing === standing).length;
  const unreviewed = number("unreviewed") + unexplained;
  const open = OPEN.reduce((sum, outcome) => sum + (counts[outcome] ?? 0), 0);
  const passed = (counts.pass ?? 0) + (counts["non-strict"] ?? 0) + (counts.informational ?? 0);
  if (number("fault") > 0) return { state: "fault", count: number("fault"), more: unreviewed };
  if (unreviewed > 0) return { state: "unreviewed", count: unreviewed, more: 0 };
  if (open > 0) return { state: "open", count: open, more: 0 };
  if ((counts.fail ?? 0) > 0) return { state: "cleared", count: number("cleared"), more: 0 };
  if (number("advice") > 0) return { state: "advice", count: number("advice"), more: 0 };
  return passed > 0 ? { state: "conforms", count: 0, more: 0 } : NOTHING;
}
