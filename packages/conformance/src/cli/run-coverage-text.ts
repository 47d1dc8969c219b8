import { requirement } from "../case/requirements.js";
import {
  conformanceLine,
  REQUIREMENT_RESULTS,
  type CoverageFigures,
  type DocumentFigures,
  type ExercisedRequirement,
  type PeerFigures,
} from "../covered/figures.js";
import { gapText, type CoverageGap } from "../covered/gaps.js";
import type { PeerCoverage } from "../covered/run-coverage.js";
import { escapeText } from "../report/escape.js";
import { indent, labelled, table, wrap } from "../report/layout.js";

/** Three figures, then by document, and what is broken. Not one percentage: what was not exercised is not passed. */
export function runCoverageText(peers: readonly PeerCoverage[], width: number): string {
  if (peers.length === 0) return "No case of this run has a result.\n";
  const blocks = peers.map(({ agent, role, requirements, figures, documents, gaps }) => [
    `${escapeText(agent)}, a ${role}`,
    "",
    ...indent(figureLines(figures, role, width - 2), 2),
    ...indent(gapLines(gaps, width - 2), 2),
    "",
    ...indent(resultTable(documents), 2),
    ...indent(brokenLines(requirements, width - 2), 2),
  ]);
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}

const FIGURE_COLUMN = 12;

function figureLines(
  { suite, exercised, conformance }: PeerFigures,
  role: PeerCoverage["role"],
  width: number,
): readonly string[] {
  const rows = [
    ["The suite", `covers ${suite.count} of the ${suite.of} requirements that a test of a ${role} can see`],
    ["This run", `exercised ${exercised.count} of these ${exercised.of}`],
    ["The peer", conformanceLine(conformance)],
  ] as const;
  return rows.flatMap(([label, text]) => labelled(label, wrap(text, width - FIGURE_COLUMN), FIGURE_COLUMN));
}

function gapLines(gaps: readonly CoverageGap[], width: number): readonly string[] {
  if (gaps.length === 0) return [];
  const lines = gaps.flatMap((gap) => labelled("-", wrap(gapText(gap), width - 4), 2));
  return ["", "Not exercised", ...indent(lines, 2)];
}

function resultTable(documents: readonly DocumentFigures[]): readonly string[] {
  const columns = [...REQUIREMENT_RESULTS].reverse();
  const numbers = ({ results }: CoverageFigures): readonly string[] =>
    columns.map((result) => String(results[result]));
  const rows = documents.flatMap(({ all, must }) => [
    [all.document, ...numbers(all)],
    ["  MUST and MUST NOT", ...numbers(must)],
  ]);
  return table(
    [["Requirements", ...columns], ...rows],
    columns.map((_, at) => at + 1),
  );
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
