import { sectionOf } from "../case/case-id.js";
import { SECTIONS } from "../case/spec.js";
import type { Case } from "../case/case.js";
import { LINT_RULES } from "../case/lint-rules.js";
import { CASES } from "../cases/index.js";
import { caseInfo } from "../run/case-info.js";
import { command, type Command } from "./command.js";
import { toggle } from "./option.js";
import { selection, selectionOptions } from "./selection.js";

/** `wireproof list`: which cases there are. */
export const listCommand: Command = command({
  name: "list",
  summary: "Lists cases.",
  positionals: [],
  options: {
    ...selectionOptions,
    json: toggle("Print one JSON array; each case as in the first event of a run file."),
  },
  examples: [
    { line: "list", description: "All cases by section." },
    { line: "list --cases '7.*' --json", description: "One section, for programs." },
  ],
  action: async (values, _positionals, io) => {
    const cases = selection(values);
    await io.print(values.json ? `${JSON.stringify(cases.map(caseInfo), null, 2)}\n` : asText(cases));
    return 0;
  },
});

function asText(cases: readonly Case[]): string {
  // Rules cannot be chosen: they are part of every run.
  const rules = cases.length === CASES.length ? LINT_RULES : [];
  const width = Math.max(...[...cases, ...rules].map(({ id }) => id.length));
  let section: number | undefined;
  const lines = cases.flatMap((one) => {
    const heading = sectionOf(one.id) === section ? [] : sectionHeading(one, section === undefined);
    section = sectionOf(one.id);
    return [...heading, `  ${one.id.padEnd(width)}  ${one.title}`];
  });
  const ruleLines = rules.map(({ id, title }) => `  ${id.padEnd(width)}  ${title}`);
  const ending = rules.length === 0 ? [] : ["", "On every connection of every case", ...ruleLines];
  return `${[...lines, ...ending].join("\n")}\n`;
}

function sectionHeading({ id }: Case, isFirst: boolean): readonly string[] {
  const number = sectionOf(id);
  const heading = `${number} ${SECTIONS.get(number) ?? ""}`.trim();
  return isFirst ? [heading] : ["", heading];
}
