import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PATH = fileURLToPath(new URL("../../../../../docs/corpora.md", import.meta.url));

/**
 * The rows of the table after `<!-- table: NAME -->` in docs/corpora.md, each an array of cells.
 * `UPDATE_GOLDEN=1` writes `current` there first.
 */
export function documentedRows(name: string, current: string): readonly (readonly string[])[] {
  if (process.env["UPDATE_GOLDEN"] === "1") replaceTable(name, current);
  return rowsOf(readFileSync(PATH, "utf8").match(tableAfter(name))?.[2] ?? "");
}

/** The cells of a Markdown table without its ruler, whatever its padding. */
export function rowsOf(table: string): readonly (readonly string[])[] {
  return table
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^[|\s:-]+$/.test(line))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

function replaceTable(name: string, current: string): void {
  const page = readFileSync(PATH, "utf8");
  writeFileSync(
    PATH,
    page.replace(tableAfter(name), (_, mark: string) => `${mark}${current}`),
  );
}

function tableAfter(name: string): RegExp {
  return new RegExp(`(<!-- table: ${name} -->\\n+)((?:\\|.*\\n)*)`);
}
