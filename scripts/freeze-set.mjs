/**
 * Writes what a frozen set scores: every case that judges, and that is about no extension and not about HTTP/2. Only for a set of a version
 * that is not released yet: afterwards it never changes. Prints the digest for test/case/frozen-sets.test.ts.
 *
 *     npm run build && node scripts/freeze-set.mjs 2026.1 && npx oxfmt
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";

const [name = ""] = process.argv.slice(2);
if (!/^\d{4}\.\d+$/.test(name)) {
  console.error(
    `freeze-set: a set is named by its year and a number, such as 2026.1, not ${JSON.stringify(name)}`,
  );
  process.exit(2);
}

const { CASES } = await import("../packages/conformance/dist/src/cases/index.js");
const { isAboutExtension } = await import("../packages/conformance/dist/src/case/frozen-sets.js");

const COLUMNS = 100;
const scored = CASES.filter(
  (one) => !isAboutExtension(one) && one.http2 === undefined && one.expect.informational !== true,
);
const ids = scored.map(({ id }) => id);
const lines = sections(ranges(ids)).flatMap(folded);
const constant = `SET_${name.replace(".", "_")}`;
const file = new URL(
  `../packages/conformance/src/case/sets/set-${name.replace(".", "-")}.ts`,
  import.meta.url,
);
writeFileSync(
  file,
  `/**
 * What the set ${name} scores; \`5.1-20\` is short for every number from 5.1 to 5.20. It is frozen: what is added, or judged
 * for the first time, after its release belongs to a later set. Written by scripts/freeze-set.mjs.
 */
export const ${constant}: readonly string[] = [
${lines.map((line) => `  "${line}",`).join("\n")}
];
`,
);
console.log(`${ids.length} cases, ${createHash("sha256").update(ids.join("\n")).digest("hex")}`);

/** Ids of one family that follow one another are one range. */
function ranges(all) {
  const found = [];
  for (const id of all) {
    const family = id.slice(0, id.lastIndexOf("."));
    const number = Number(id.slice(family.length + 1));
    const last = found.at(-1);
    if (last?.family === family && last.to + 1 === number) last.to = number;
    else found.push({ family, from: number, to: number });
  }
  return found.map(({ family, from, to }) => (from === to ? `${family}.${from}` : `${family}.${from}-${to}`));
}

function sections(all) {
  const found = new Map();
  for (const one of all) {
    const section = one.split(".", 1)[0];
    found.set(section, [...(found.get(section) ?? []), one]);
  }
  return [...found.values()];
}

function folded(words) {
  const found = [""];
  for (const word of words) {
    const line = `${found.at(-1)} ${word}`.trim();
    if (line.length <= COLUMNS) found[found.length - 1] = line;
    else found.push(word);
  }
  return found;
}
