import { createHash } from "node:crypto";
import { corpus, type CorpusName } from "../../src/corpora/corpus.js";
import { ratioOf, ratioOfWhole } from "./measure.js";
import { LENGTHS, ORIGINALS } from "./originals.js";

export const NAMES: readonly CorpusName[] = ["json", "bitmap", "german", "html", "document"];

/** The table of docs/corpora.md that says what each corpus is; exact. */
export function sizeTable(): string {
  const rows = NAMES.map((name) => {
    const { text, octets, units } = corpus(name);
    const { octets: originalOctets, units: originalUnits } = ORIGINALS[name];
    const sha256 = createHash("sha256").update(octets).digest("hex");
    return [
      name,
      text ? "text" : "binary",
      octets.length,
      units,
      originalOctets,
      originalUnits,
      `\`${sha256}\``,
    ];
  });
  return table(
    ["corpus", "sent as", "octets", "units", "original: octets", "original: units", "SHA-256"],
    rows,
  );
}

/** The table of docs/corpora.md that says how each compresses. */
export async function ratioTable(): Promise<string> {
  const rows: string[][] = [];
  for (const name of NAMES) rows.push(...(await ratioRows(name)));
  return table(["corpus", "window", "context", "", ...LENGTHS.map(String), "whole"], rows);
}

async function ratioRows(name: CorpusName): Promise<string[][]> {
  const { reset, kept, keptNarrow } = ORIGINALS[name];
  return [
    await ourRow(name, 15, "reset"),
    theirRow(name, 15, "reset", reset),
    await ourRow(name, 15, "kept"),
    theirRow(name, 15, "kept", kept),
    await ourRow(name, 9, "reset"),
    await ourRow(name, 9, "kept"),
    ...(keptNarrow === undefined ? [] : [theirRow(name, 9, "kept", keptNarrow)]),
  ];
}

async function ourRow(name: CorpusName, windowBits: number, context: "reset" | "kept"): Promise<string[]> {
  const ratios: number[] = [];
  for (const length of LENGTHS) ratios.push(await ratioOf(name, length, windowBits, context));
  return [
    name,
    String(windowBits),
    context,
    "ours",
    ...ratios.map(shown),
    shown(ratioOfWhole(name, windowBits)),
  ];
}

function theirRow(
  name: CorpusName,
  windowBits: number,
  context: string,
  ratios: readonly number[],
): string[] {
  return [name, String(windowBits), context, "original", ...ratios.map(shown), "–"];
}

function shown(ratio: number): string {
  return ratio.toFixed(3);
}

function table(head: readonly string[], rows: ReadonlyArray<ReadonlyArray<string | number>>): string {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return `${lines.join("\n")}\n`;
}
