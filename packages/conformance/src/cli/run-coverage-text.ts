import { byDocument } from "../case/coverage.js";
import { isDemand, requirement } from "../case/requirements.js";
import { escapeText } from "../report/escape.js";
import { indent, labelled, table, wrap } from "../report/layout.js";
import { REQUIREMENT_RESULTS, type ExercisedRequirement, type PeerCoverage } from "../run/run-coverage.js";

/** Figures by document, and what is broken. Not one percentage: what was not exercised is not passed. */
export function runCoverageText(peers: readonly PeerCoverage[], width: number): string {
  if (peers.length === 0) return "No case of this run has a result.\n";
  const blocks = peers.map(({ agent, role, requirements }) => [
    `${escapeText(agent)}, a ${role}`,
    "",
    ...indent(resultTable(requirements), 2),
    ...indent(brokenLines(requirements, width - 2), 2),
  ]);
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}

function resultTable(requirements: readonly ExercisedRequirement[]): readonly string[] {
  const columns = [...REQUIREMENT_RESULTS].reverse();
  const rows = byDocument(requirements)
    .filter(([, ofIt]) => ofIt.length > 0)
    .flatMap(([document, ofIt]) => [
      [document, ...figures(ofIt)],
      ["  MUST and MUST NOT", ...figures(ofIt.filter(({ id }) => isDemand(id)))],
    ]);
  return table(
    [["Requirements", ...columns], ...rows],
    columns.map((_, at) => at + 1),
  );
}

function figures(requirements: readonly ExercisedRequirement[]): readonly string[] {
  return [...REQUIREMENT_RESULTS]
    .reverse()
    .map((result) => `${requirements.filter((one) => one.result === result).length}`);
}

function brokenLines(requirements: readonly ExercisedRequirement[], width: number): readonly string[] {
  return (["failed", "non-strict"] as const).flatMap((result) => {
    const broken = requirements.filter((one) => one.result === result);
    if (broken.length === 0) return [];
    return [
      "",
      result === "failed" ? "Broken" : "Broken in a way that is tolerated",
      ...broken.flatMap(({ id, cases }) => {
        const { level, text } = requirement(id);
        return indent(labelled(id, wrap(`${level}: ${text} (${cases.join(", ")})`, width - 18), 16), 2);
      }),
    ];
  });
}
