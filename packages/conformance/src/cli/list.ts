import { compareIds, sectionOf } from "../case/case-id.js";
import { FIRST_VERSION } from "../case/select.js";
import { FROZEN_SETS, UNSCORED_TEXTS, unscoredBy, type FrozenSet } from "../case/frozen-sets.js";
import { SECTIONS } from "../case/spec.js";
import type { Case } from "../case/case.js";
import { LINT_RULES } from "../case/lint-rules.js";
import { CASES } from "../cases/index.js";
import { caseInfo } from "../run/case-info.js";
import { command, type Command } from "./command.js";
import { oneOf, single, toggle } from "./option.js";
import { indent, listIds, wrap } from "../report/layout.js";
import { count } from "../report/words.js";
import { selection, selectionOptions } from "./selection.js";
import { UsageError } from "./usage-error.js";

/** Versions that have brought cases. */
const VERSIONS = [...new Set(CASES.map(sinceOf))].sort(compareIds);

/** `wireproof list`: which cases there are. */
export const listCommand: Command = command({
  name: "list",
  summary: "Lists cases.",
  positionals: [],
  options: {
    ...selectionOptions,
    since: single("VERSION", "Only the cases that this version, or a later one, has first.", oneOf(VERSIONS)),
    json: toggle(
      "Print one JSON array; each case as in the first event of a run file, with the frozen sets: null where a set scores it, else why not.",
    ),
  },
  examples: [
    { line: "list", description: "All cases by section." },
    { line: "list --since 0.2.0", description: "What is new in 0.2.0." },
    { line: "list --set 2026.1", description: "What that frozen set scores; and what it does not, and why." },
    { line: "list --cases '7.*' --json", description: "One section, for programs." },
  ],
  action: async (values, _positionals, io) => {
    const { since = FIRST_VERSION } = values;
    const cases = selection(values).filter((one) => compareIds(sinceOf(one), since) >= 0);
    if (cases.length === 0) throw new UsageError(`no case of this selection is new in ${since}`);
    const left = FROZEN_SETS.filter(({ name }) => name === values.set).flatMap((set) =>
      notScored(set, selection({ ...values, set: "all" })),
    );
    if (values.json) await io.print(`${JSON.stringify(cases.map(asJson), null, 2)}\n`);
    else await io.print(`${[...asLines(cases), ...left].join("\n")}\n`);
    return 0;
  },
});

function asJson(one: Case): unknown {
  const sets = Object.fromEntries(FROZEN_SETS.map((set) => [set.name, unscoredBy(set, one) ?? null]));
  return { ...caseInfo(one), sets };
}

/** What a frozen set leaves out, by reason. */
function notScored(set: FrozenSet, cases: readonly Case[]): readonly string[] {
  const catalogue = CASES.map(({ id }) => id);
  const reasons = Object.entries(UNSCORED_TEXTS).flatMap(([reason, text]) => {
    const ids = cases.filter((one) => unscoredBy(set, one) === reason).map(({ id }) => id);
    if (ids.length === 0) return [];
    return [
      `  ${reason}, ${count(ids.length, "case")}: ${text}`,
      ...indent(wrap(listIds(ids, catalogue), 92), 4),
    ];
  });
  return reasons.length === 0 ? [] : ["", `Not scored by ${set.name}`, ...reasons];
}

function asLines(cases: readonly Case[]): readonly string[] {
  // Rules cannot be chosen: they are part of every run.
  const rules = cases.length === CASES.length ? LINT_RULES : [];
  const width = Math.max(...[...cases, ...rules].map(({ id }) => id.length));
  let section: number | undefined;
  const lines = cases.flatMap((one) => {
    const heading = sectionOf(one.id) === section ? [] : sectionHeading(one, cases, section === undefined);
    section = sectionOf(one.id);
    return [...heading, `  ${one.id.padEnd(width)}  ${one.title}`];
  });
  const ruleLines = rules.map(({ id, title }) => `  ${id.padEnd(width)}  ${title}`);
  const ending = rules.length === 0 ? [] : ["", "On every connection of every case", ...ruleLines];
  return [...lines, ...ending];
}

/** With the number of cases: of those listed, not of all. */
function sectionHeading({ id }: Case, cases: readonly Case[], isFirst: boolean): readonly string[] {
  const number = sectionOf(id);
  const inSection = cases.filter((one) => sectionOf(one.id) === number);
  const title = `${number} ${SECTIONS.get(number) ?? ""}`.trim();
  const heading = `${title} (${[count(inSection.length, "case"), ...news(inSection)].join(", ")})`;
  return isFirst ? [heading] : ["", heading];
}

/** Which of them came after the first version. */
function news(cases: readonly Case[]): readonly string[] {
  return VERSIONS.filter((version) => version !== FIRST_VERSION).flatMap((version) => {
    const number = cases.filter((one) => sinceOf(one) === version).length;
    if (number === 0) return [];
    return [number === cases.length ? `since ${version}` : `${number} since ${version}`];
  });
}

function sinceOf({ since = FIRST_VERSION }: Case): string {
  return since;
}
