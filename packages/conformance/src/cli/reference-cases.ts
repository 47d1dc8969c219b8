import type { Case } from "../case/case.js";
import { DIFFERENCES } from "../case/difference.js";
import { coveredRequirements, type CoveredRequirement } from "../covered/suite-coverage.js";
import { citation, requirement, rfcLink } from "../case/requirements.js";
import { sectionOf } from "../case/case-id.js";
import { SECTIONS } from "../case/spec.js";
import { count } from "../report/words.js";
import { endingText } from "./case-text.js";
import { GENERATED, markdownTable, plainMarkdown } from "./reference.js";

/** Every case in words, by the path below `docs/reference`: a list of the sections, and a page for each of them. */
export function casesPages(cases: readonly Case[]): ReadonlyMap<string, string> {
  const numbers = [...new Set(cases.map(({ id }) => sectionOf(id)))];
  const sections = numbers.map(
    (section) => [section, cases.filter(({ id }) => sectionOf(id) === section)] as const,
  );
  const contents = sections.map(([section, ofSection]) => [
    `[${sectionTitle(section)}](${pageOf(section)})`,
    String(ofSection.length),
  ]);
  const index = [
    "# Cases",
    GENERATED,
    `${count(cases.length, "case")}, a page for each section. \`wireproof show <id>\` also shows what each sends, frame by frame.`,
    markdownTable(["Section", "Cases"], contents),
  ];
  return new Map([
    ["cases.md", `${index.join("\n\n")}\n`],
    ...sections.map(([section, ofSection]) => [pageOf(section), sectionPage(section, ofSection)] as const),
  ]);
}

function pageOf(section: number): string {
  return `cases/section-${section}.md`;
}

function sectionPage(section: number, cases: readonly Case[]): string {
  const blocks = [
    `# ${sectionTitle(section)}`,
    GENERATED,
    `${count(cases.length, "case")}. [All sections](../cases.md)`,
    ...cases.flatMap(caseBlocks),
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
    return `- [${citation(id)}](../requirements.md#${id}) ${level}: ${plainMarkdown(text)}`;
  });
  const differs = (one.differs ?? []).map((id) => `- ${plainMarkdown(DIFFERENCES[id])}`);
  return [
    `## ${one.id}`,
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
