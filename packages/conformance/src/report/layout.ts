import { familyOf, sectionOf } from "../case/case-id.js";
import { escapeText } from "./escape.js";

/** Lines of at most `width` characters, broken at blanks; a word that is longer stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (word === "") continue;
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return line === "" ? lines : [...lines, line];
}

export function indent(lines: readonly string[], by: number): string[] {
  const margin = " ".repeat(by);
  return lines.map((line) => (line === "" ? "" : margin + line));
}

/** Lines with a label in a separate column: the first line has the label, the others are aligned with it. */
export function labelled(label: string, lines: readonly string[], column: number): string[] {
  return lines.map((line, i) => (i === 0 ? label : "").padEnd(column) + line);
}

/** Text behind a sign of one column, which may be coloured. Escapes the text. */
export function signed(sign: string, text: string, width: number): string[] {
  return wrap(escapeText(text), width - 2).map((line, i) => `${i === 0 ? sign : " "} ${line}`);
}

/**
 * Rows in aligned columns, two blanks apart; `numeric` columns are aligned to the right. The last column is not
 * padded.
 */
export function table(rows: readonly (readonly string[])[], numeric: readonly number[] = []): string[] {
  const widths = columnWidths(rows);
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const width = widths[i] ?? 0;
        if (numeric.includes(i)) return cell.padStart(width);
        return i === row.length - 1 ? cell : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}

/** Ids in catalogue order as ranges: `2.1–2.6, 2.9`. Only ids of one family that follow one another are joined. */
export function compressIds(ids: readonly string[], catalogue: readonly string[]): string {
  const positions = new Map(catalogue.map((id, position) => [id, position]));
  const sorted = [...ids].sort((a, b) => (positions.get(a) ?? Infinity) - (positions.get(b) ?? Infinity));
  const ranges: [string, string][] = [];
  for (const id of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && follows(last[1], id)) last[1] = id;
    else ranges.push([id, id]);
  }
  return ranges.map(([from, to]) => rangeText(from, to)).join(", ");
}

/** From here on, a section of which every case is there is written `7.*`. */
const MANY_IDS = 100;

/** Ids as `compressIds` writes them, and hundreds of them shorter. */
export function listIds(ids: readonly string[], catalogue: readonly string[]): string {
  if (ids.length <= MANY_IDS) return compressIds(ids, catalogue);
  const wanted = new Set(ids);
  const sections = new Map<number, string[]>();
  for (const id of catalogue) sections.set(sectionOf(id), [...(sections.get(sectionOf(id)) ?? []), id]);
  return [...sections]
    .flatMap(([section, all]) => {
      const found = all.filter((id) => wanted.has(id));
      if (found.length === 0) return [];
      return found.length === all.length && all.length > 1 ? `${section}.*` : compressIds(found, catalogue);
    })
    .join(", ");
}

function rangeText(from: string, to: string): string {
  if (from === to) return from;
  return follows(from, to) ? `${from}, ${to}` : `${from}–${to}`;
}

/** The numbers have to be neighbours, not the places in the run: 5.1 and 5.10 are not a range. */
function follows(before: string, id: string): boolean {
  return familyOf(before) === familyOf(id) && numberOf(id) === numberOf(before) + 1;
}

function numberOf(id: string): number {
  return Number(id.slice(id.lastIndexOf(".") + 1));
}

function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  }
  return widths;
}
