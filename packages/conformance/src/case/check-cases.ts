import type { Case } from "./case.js";
import { checkHandshake } from "./check-handshake.js";
import { checkHttp2 } from "./check-http2.js";
import { checkLoad } from "./check-load.js";
import { checkScript } from "./check-script.js";
import { DIFFERENCES } from "./difference.js";
import { isAdvice, isDemand, REQUIREMENTS, type RequirementId } from "./requirements.js";
import { compareIds, sectionOf } from "./case-id.js";
import { FIRST_OWN_SECTION, SECTIONS } from "./spec.js";

/**
 * Everything that is wrong with a catalogue: one sentence for each problem, with the id of the case. Empty if nothing
 * is wrong.
 * The build fails on any. What a script sends against RFC 6455 is compared with what its case declares by the
 * self-check, not here.
 */
export function checkCases(cases: readonly Case[]): readonly string[] {
  return [
    ...checkOrder(cases),
    ...cases.flatMap((value) =>
      [
        ...checkNames(value),
        ...checkTexts(value),
        ...checkScript(value),
        ...checkLoad(value),
        ...checkHandshake(value),
        ...checkHttp2(value),
      ].map((problem) => `Case ${value.id} ${problem}.`),
    ),
  ];
}

function checkOrder(cases: readonly Case[]): readonly string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  let previous: Case | undefined;
  for (const value of cases) {
    if (seen.has(value.id)) problems.push(`Case ${value.id} exists more than once.`);
    else if (previous !== undefined && compareIds(previous.id, value.id) > 0) {
      problems.push(`Case ${value.id} comes after ${previous.id} but belongs before it.`);
    }
    seen.add(value.id);
    previous = value;
  }
  return problems;
}

/** Problems; each is the end of a sentence that begins with the case. */
function* checkNames(value: Case): Iterable<string> {
  if (!/^\d+(\.\d+)+$/.test(value.id)) yield "has an id that is not numbers with dots between them";
  else if (!SECTIONS.has(sectionOf(value.id)) && sectionOf(value.id) < FIRST_OWN_SECTION)
    yield `belongs to section ${sectionOf(value.id)}, which does not exist`;
  if (value.requirements.length === 0) yield "names no requirement";
  for (const id of value.requirements) {
    if (!REQUIREMENTS.has(id)) yield `names the requirement ${id}, which does not exist`;
  }
  const [first] = value.requirements;
  // What the RFC only advises of an opening handshake or of HTTP/2, or says as a fact, makes a case non-strict.
  const isMild = (id: RequirementId): boolean =>
    isAdvice(id) || REQUIREMENTS.get(id)?.level === "stated as fact";
  const isJudged = (id: RequirementId): boolean => isDemand(id) || (hasMildRules(value) && isMild(id));
  if (value.expect.informational !== true && REQUIREMENTS.has(first) && !isJudged(first)) {
    yield `can fail, but the requirement it is about, ${first}, is no MUST`;
  }
  yield* repeated(value.requirements, "requirement");
  for (const id of value.differs ?? []) {
    if (!Object.hasOwn(DIFFERENCES, id)) yield `names the difference ${id}, which does not exist`;
  }
  yield* repeated(value.differs ?? [], "difference");
}

function hasMildRules({ request, url, http2 }: Case): boolean {
  return [request, url, http2].some((own) => own !== undefined);
}

function* repeated(ids: readonly string[], what: string): Iterable<string> {
  for (const id of new Set(ids.filter((each, index) => ids.indexOf(each) !== index))) {
    yield `names the ${what} ${id} more than once`;
  }
}

function* checkTexts(value: Case): Iterable<string> {
  for (const name of ["title", "description", "expectation"] as const) {
    if (value[name].trim() === "") yield `has no ${name}`;
  }
  if (value.title.includes("\n")) yield "has a title of several lines";
}
