import type { Entry, FlakyCase, KnownCase, KnownFinding } from "../baseline/baseline-file.js";
import type { BaselineResult } from "../baseline/known-faults.js";
import { escapeText } from "../report/escape.js";

/**
 * What the runs say of a baseline, as lines; nothing where there is nothing to say. `updates`: the file is written again,
 * so that what is new is known.
 */
export function baselineLines(
  { known, stale, expired, flaky }: BaselineResult,
  file: string | undefined,
  updates: boolean,
): readonly string[] {
  const flakyIds = flaky.map(({ case: id, peer, isKnown }) => `${id} of ${peer}${isKnown ? ", known" : ""}`);
  return [
    ...block(`Known (${known.length}), in ${escapeText(file ?? "")}`, known.map(entryText)),
    ...block(
      updates ? `No longer found (${stale.length}), removed` : `Stale (${stale.length}): no longer found`,
      stale.map(entryText),
    ),
    ...block(`Expired (${expired.length})`, expired.map(entryText)),
    ...block(`Flaky (${flaky.length}): with different results`, flakyIds.map(escapeText)),
  ];
}

function block(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", heading, ...lines.map((line) => `  ${line}`)];
}

function entryText(entry: KnownFinding | KnownCase | FlakyCase): string {
  const name = "finding" in entry ? entry.finding : entry.case;
  const peer = entry.peer === undefined ? "" : ` of ${entry.peer}`;
  return escapeText(`${name}${peer}: ${[entry.reason, ...more(entry)].join(" ")}`);
}

function more({ issue, expires }: Entry): readonly string[] {
  return [
    ...(issue === undefined ? [] : [`(${issue})`]),
    ...(expires === undefined ? [] : [`until ${expires}`]),
  ];
}
