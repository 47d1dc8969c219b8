/** The pages that go through the catalogue: requirements and cases, and who gets them wrong. */
import { CASES } from "../cases/index.js";
import { sectionOf } from "../case/case-id.js";
import { SECTIONS } from "../case/spec.js";
import type { Case } from "../case/case.js";
import { byDocument, coveredRequirements } from "../covered/suite-coverage.js";
import { OUTCOMES } from "../judge/verdict.js";
import { caseInfo, requirementInfo } from "../run/case-info.js";
import type {
  CaseMention,
  CasePage,
  CasesPage,
  GridMention,
  OwnedFinding,
  RequirementPage,
  RequirementsPage,
  StackModel,
} from "./page-model.js";

/** Every finding of every stack, the faults first. */
export function ownedFindings(stacks: readonly StackModel[]): readonly OwnedFinding[] {
  const order = ["fault", "unreviewed", "advice", "cleared"];
  return stacks
    .flatMap(({ folder, name, roles }) =>
      roles.flatMap(({ label, result, findings }) =>
        findings.map((found) => ({ folder, name, label, version: result.version, found })),
      ),
    )
    .sort((a, b) => order.indexOf(a.found.standing) - order.indexOf(b.found.standing));
}

interface Blamed {
  readonly faults: number;
  readonly unreviewed: number;
}

/** How many stacks, whichever role. */
function blamed(found: readonly OwnedFinding[]): Blamed {
  const number = (standing: string): number =>
    new Set(found.filter((one) => one.found.standing === standing).map(({ folder }) => folder)).size;
  return { faults: number("fault"), unreviewed: number("unreviewed") };
}

export function requirementPages(
  stacks: readonly StackModel[],
  grid: ReadonlyMap<string, readonly GridMention[]>,
): readonly [RequirementsPage, ...RequirementPage[]] {
  const byRequirement = grouped(ownedFindings(stacks), ({ found }) =>
    found.finding.requirement === null ? [] : [found.finding.requirement],
  );
  const results = stacks.flatMap(({ roles }) => roles.map(({ result }) => result));
  const covered = coveredRequirements(CASES);
  const documents = byDocument(covered)
    .slice(0, -1)
    .map(([document, ofIt]) => ({
      document,
      testable: ofIt.filter(({ testableWith }) => testableWith !== "nothing").length,
      covered: ofIt.filter(({ cases, checks }) => cases.length + checks.length > 0).length,
      requirements: ofIt.map(({ id, cases, checks }) => ({
        info: requirementInfo(id),
        exercised: new Set([...cases, ...checks]).size,
        ...blamed(byRequirement.get(id) ?? []),
      })),
    }));
  const pages = covered.map(({ id, role, cases, checks, waived }): RequirementPage => ({
    kind: "requirement",
    info: requirementInfo(id),
    role,
    cases,
    checks,
    ...(waived === undefined ? {} : { waived }),
    found: byRequirement.get(id) ?? [],
    tested: results.filter((one) => one.status === "tested" && (role === "both" || role === one.role)).length,
    grid: grid.get(id) ?? [],
  }));
  return [{ kind: "requirements", documents }, ...pages];
}

/** `scriptOf`: the steps of a case, a line each. */
export function casePages(
  stacks: readonly StackModel[],
  scriptOf: (subject: Case) => readonly string[],
): readonly [CasesPage, ...CasePage[]] {
  const byCase = grouped(ownedFindings(stacks), ({ found: { cases, finding } }) => [
    ...new Set([...cases, finding.evidence.case]),
  ]);
  const others = mentions(stacks);
  const sections = [...SECTIONS].map(([number, title]) => ({
    number,
    title,
    cases: CASES.filter(({ id }) => sectionOf(id) === number).map(({ id, title: ofCase }) => ({
      id,
      title: ofCase,
      ...blamed(byCase.get(id) ?? []),
    })),
  }));
  const pages = CASES.map((subject): CasePage => ({
    kind: "case",
    info: caseInfo(subject),
    script: scriptOf(subject),
    found: byCase.get(subject.id) ?? [],
    others: [...OUTCOMES, "not-run"].flatMap((outcome) => {
      const who = others.get(`${subject.id} ${outcome}`);
      return who === undefined ? [] : [[outcome, who] as const];
    }),
  }));
  return [{ kind: "cases", sections: sections.filter(({ cases }) => cases.length > 0) }, ...pages];
}

/** Who did not pass, by case and outcome. */
function mentions(stacks: readonly StackModel[]): ReadonlyMap<string, readonly CaseMention[]> {
  const found = new Map<string, CaseMention[]>();
  for (const { folder, name, roles } of stacks)
    for (const { key, label, sections } of roles)
      for (const { number, cases } of sections)
        for (const [outcome, ids] of cases)
          for (const id of ids)
            add(found, `${id} ${outcome}`, { folder, name, label, anchor: `${key}-${number}` });
  return found;
}

function grouped<T>(
  all: readonly T[],
  keysOf: (one: T) => readonly string[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) for (const key of keysOf(one)) add(groups, key, one);
  return groups;
}

function add<T>(groups: Map<string, T[]>, key: string, one: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [one]);
  else group.push(one);
}
