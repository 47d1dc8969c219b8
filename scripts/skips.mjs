/**
 * What tests skip because something is not there. A run of tests prints it as its last list; where several runs follow each
 * other (scripts/test-all.mjs), they collect it in a file, and it is printed once.
 */
import { appendFileSync, readFileSync } from "node:fs";

/** Names the file in which skips are collected; without it they are printed. */
export const COLLECT_IN = "WIREPROOF_SKIPS";

/**
 * Prints skips, or collects them.
 *
 * @param {readonly { reason: string, file: string, name: string }[]} skips
 */
export function reportSkips(skips) {
  const file = process.env[COLLECT_IN];
  if (file === undefined) process.stdout.write(skipsText(skips));
  else appendFileSync(file, skips.map((skip) => `${JSON.stringify(skip)}\n`).join(""));
}

/** Prints what runs have collected in a file. What several runs have skipped is said once. */
export function printCollected(file) {
  const lines = new Set(readFileSync(file, "utf8").split("\n"));
  lines.delete("");
  process.stdout.write(skipsText([...lines].map((line) => JSON.parse(line))));
}

/** By reason and file. A suite counts as one: its tests are not known. */
function skipsText(skips) {
  if (skips.length === 0) return "";
  const paragraphs = [...groupBy(skips, "reason")].map(([reason, ones]) => {
    const lines = [...groupBy(ones, "file")].flatMap(([file, tests]) => [
      `    ${file}\n`,
      ...tests.map(({ name }) => `      ${name}\n`),
    ]);
    return `  ${reason} (${ones.length})\n${lines.join("")}`;
  });
  return `\nSkipped tests and suites: ${skips.length}\n${paragraphs.join("")}`;
}

function groupBy(items, key) {
  const groups = new Map();
  for (const item of items) groups.set(item[key], [...(groups.get(item[key]) ?? []), item]);
  return groups;
}
