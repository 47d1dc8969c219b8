import { table } from "../table.js";
import { figureOf, type Figure, type RowResult, type RunResult } from "./result.js";
import type { Target } from "./rows.js";
import { REFERENCE } from "./servers.js";

/** The generator is nearly a whole core, and the server had time left: more could have been asked of it. */
const FULL = 0.95;
const IDLE = 0.6;

/** What is measured against the targets. */
export const OURS = "ours";
const BUN = "bun";
/** Ours with a hundred streams on each TCP connection. */
const OVER_HTTP2 = "ours-h2";

/** One line a row and one column a server, each with the ratio to `ws` of the same run. The first line is the heading. */
export function resultRows({ rows }: RunResult): readonly (readonly string[])[] {
  const names = [...new Set(rows.flatMap(({ figures }) => figures.map(({ server }) => server)))];
  const heading = ["row", "unit", ...names, "target", "verdict on ours"];
  return [
    heading,
    ...rows.map((result) => [
      result.row.title,
      result.row.unit,
      ...names.map((name) => cell(result, figureOf(result, name))),
      targetText(result.row.target),
      verdictText(result),
    ]),
  ];
}

export function printResult(run: RunResult): void {
  console.log(`\n${table(resultRows(run))}\n`);
  console.log("In brackets: times ws.");
  for (const line of [...generatorLines(run), ...problemLines(run)]) console.log(line);
}

/** What keeps a figure from being there. */
export function* problemLines({ leftOut, rows }: RunResult): Iterable<string> {
  for (const { server, because } of leftOut) yield `${server} was left out: ${because}.`;
  for (const { row, problems } of rows) {
    for (const { server, because } of problems) yield `${row.id}: no figure for ${server}: ${because}.`;
  }
}

/** Ratio to `ws`; null where `ws` has no figure. */
export function ratioOf(result: RowResult, figure: Figure): number | null {
  const reference = figureOf(result, REFERENCE);
  return reference === undefined ? null : figure.value / reference.value;
}

/** Empty without a target or a figure; otherwise whether the target was met, and by how much it was not. */
export function verdictText(result: RowResult): string {
  const { target } = result.row;
  const ours = figureOf(result, OURS);
  if (target === null || ours === undefined) return "";
  const ratio = ratioOf(result, ours);
  const bun = figureOf(result, BUN);
  const missed: string[] = [];
  const { ofWs, http2OfHttp1 } = target;
  if (ratio !== null && ofWs !== undefined && ratio > ofWs)
    missed.push(`${(ratio / ofWs).toFixed(2)} × the target`);
  if (target.isBelowBun === true && bun !== undefined && ours.value >= bun.value) {
    missed.push(`${(ours.value / bun.value).toFixed(2)} × Bun`);
  }
  const http2 = figureOf(result, OVER_HTTP2);
  if (http2OfHttp1 !== undefined && http2 !== undefined && http2.value > http2OfHttp1 * ours.value) {
    missed.push(`over HTTP/2 ${(http2.value / ours.value).toFixed(2)} × HTTP/1.1`);
  }
  return missed.length === 0 ? "met" : `missed: ${missed.join(", ")}`;
}

function targetText(target: Target | null): string {
  if (target === null) return "";
  const { ofWs, isBelowBun, http2OfHttp1 } = target;
  return [
    ...(ofWs === undefined ? [] : [`≤ ${ofWs.toFixed(2)}`]),
    ...(isBelowBun === true ? ["below Bun"] : []),
    ...(http2OfHttp1 === undefined ? [] : [`over HTTP/2 ≤ ${http2OfHttp1.toFixed(2)} × HTTP/1.1`]),
  ].join(", ");
}

function cell(result: RowResult, figure: Figure | undefined): string {
  if (figure === undefined) return "";
  const ratio = ratioOf(result, figure);
  const value = figure.value.toFixed(figure.value < 10 ? 2 : 1);
  return ratio === null || figure.server === REFERENCE ? value : `${value} (${ratio.toFixed(2)})`;
}

/** CPU time counts even where the generator was the slower one, but it is said. */
function* generatorLines({ rows }: RunResult): Iterable<string> {
  for (const { row, figures } of rows) {
    for (const { server, serverBusy, generatorBusy } of figures) {
      if (serverBusy === null || generatorBusy === null || generatorBusy < FULL || serverBusy > IDLE)
        continue;
      yield `${row.id}: the generator was busy, ${server} only ${percent(serverBusy)} of a core: its throughput is not shown by this.`;
    }
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
