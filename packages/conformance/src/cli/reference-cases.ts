import type { Case } from "../case/case.js";
import { DIFFERENCES } from "../case/difference.js";
import { LINT_RULES } from "../case/lint-rules.js";
import { REQUIREMENTS, citation, requirement, rfcLink, type Requirement } from "../case/requirements.js";
import { sectionOf } from "../case/case-id.js";
import { SECTIONS } from "../case/spec.js";
import { count } from "../report/words.js";
import { endingText } from "./case-text.js";
import { GENERATED, markdownTable, plainMarkdown } from "./reference.js";

/** `docs/reference/cases.md`: every case in words. */
export function casesPage(cases: readonly Case[]): string {
  const sections = [...new Set(cases.map(({ id }) => sectionOf(id)))];
  const contents = sections.map((section) => {
    const size = cases.filter(({ id }) => sectionOf(id) === section).length;
    return `- ${sectionTitle(section)}: ${count(size, "case")}`;
  });
  const blocks = [
    "# Cases",
    GENERATED,
    `${count(cases.length, "case")}. \`wireproof show <id>\` also shows what each sends, frame by frame.`,
    contents.join("\n"),
    ...sections.flatMap((section) => [
      `## ${sectionTitle(section)}`,
      ...cases.filter(({ id }) => sectionOf(id) === section).flatMap(caseBlocks),
    ]),
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** `docs/reference/requirements.md`: which cases exercise which requirement. */
export function requirementsPage(cases: readonly Case[]): string {
  const rows = [...REQUIREMENTS.values()].map((one) => [
    `<a id="${one.id}"></a>\`${one.id}\``,
    `[${citation(one.id)}](${rfcLink(one.id)})`,
    one.level,
    plainMarkdown(one.text),
    casesOf(one, cases),
  ]);
  const blocks = [
    "# Requirements",
    GENERATED,
    "What the RFCs demand of a peer, in our words, and the cases that exercise it. Those in italics are no cases but rules: they are checked on every connection. A requirement without either is not checked yet.",
    markdownTable(["Id", "Section", "Level", "Requirement", "Cases"], rows),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function sectionTitle(section: number): string {
  return `${section} ${SECTIONS.get(section) ?? ""}`.trim();
}

function caseBlocks(one: Case): readonly string[] {
  const requirements = one.requirements.map((id) => {
    const { level, text } = requirement(id);
    return `- [${citation(id)}](${rfcLink(id)}) ${level}: ${plainMarkdown(text)}`;
  });
  const differs = (one.differs ?? []).map((id) => `- ${plainMarkdown(DIFFERENCES[id])}`);
  return [
    `### ${one.id}`,
    `**${plainMarkdown(one.title)}**`,
    plainMarkdown(one.description),
    `*Expected:* ${plainMarkdown(one.expectation)}`,
    `*Ending:* ${endingText(one)}`,
    ...(one.peer === undefined ? [] : [`*Played with:* ${one.peer}s only`]),
    requirements.join("\n"),
    ...(differs.length === 0
      ? []
      : [`The \`modern\` profile can differ from \`autobahn\`:\n\n${differs.join("\n")}`]),
  ];
}

function casesOf({ id }: Requirement, cases: readonly Case[]): string {
  const names = ({ requirements }: { readonly requirements: readonly string[] }): boolean =>
    requirements.includes(id);
  const rules = LINT_RULES.filter(names).map((rule) => `*${rule.id}*`);
  return [...cases.filter(names).map((one) => one.id), ...rules].join(", ");
}
