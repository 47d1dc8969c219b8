import type { Case } from "../case/case.js";
import { DIFFERENCES } from "../case/difference.js";
import { coveredRequirements, type CoveredRequirement } from "../case/coverage.js";
import { citation, requirement, rfcLink } from "../case/requirements.js";
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
  const rows = coveredRequirements(cases).map((one) => [
    `<a id="${one.id}"></a>\`${one.id}\``,
    `[${citation(one.id)}](${rfcLink(one.id)})`,
    one.level,
    one.role,
    plainMarkdown(one.text),
    coveredBy(one),
  ]);
  const blocks = [
    "# Requirements",
    GENERATED,
    "What the RFCs demand of a peer, in our words, and the cases that exercise it; or why there is no case. `wireproof coverage` has the figures.",
    markdownTable(["Id", "Section", "Level", "Who", "Requirement", "Cases"], rows),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function coveredBy({ cases, checks, waived }: CoveredRequirement): string {
  if (waived !== undefined) return plainMarkdown(waived);
  const checked = checks.length === 0 ? [] : [`every connection (${checks.join(", ")})`];
  return [...checked, ...cases].join(", ");
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
    ...(one.since === undefined ? [] : [`*Since:* ${one.since}`]),
    requirements.join("\n"),
    ...(differs.length === 0
      ? []
      : [`The \`modern\` profile can differ from \`autobahn\`:\n\n${differs.join("\n")}`]),
  ];
}
