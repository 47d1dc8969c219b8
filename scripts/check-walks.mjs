/**
 * Holds the walks of ARCHITECTURE.md to the sources: every file exists, is imported by one that comes before it in the
 * walk, and no folder is entered twice. Prints what is wrong and exits with 1.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const src = join(root, "packages/conformance/src");

const problems = walks(readFileSync(join(root, "ARCHITECTURE.md"), "utf8")).flatMap(check);
for (const problem of problems) console.error(`ARCHITECTURE.md: ${problem}`);
if (problems.length > 0) process.exit(1);

/** The files of each walk, in order. */
function walks(markdown) {
  const section = /^## Two walks$(.*?)^## /ms.exec(markdown)?.[1] ?? "";
  const found = [...section.matchAll(/^```\n(.*?)^```$/gms)].map(([, block]) =>
    block
      .trim()
      .split("\n")
      .map((line) => line.split(/\s/, 1)[0]),
  );
  return found.length === 2 ? found : [[]];
}

function check(files) {
  if (files.length === 0) return ["there are no two walks in it"];
  const missing = files.filter((file) => !existsSync(join(src, file)));
  if (missing.length > 0) return missing.map((file) => `there is no ${file}`);
  const folders = files.map((file) => dirname(file)).filter((folder, i, all) => folder !== all[i - 1]);
  const twice = folders.filter((folder, i) => folders.indexOf(folder) < i);
  const imported = new Set();
  const unreached = files.filter((file, i) => {
    const isReached = i === 0 || imported.has(file);
    for (const target of importsOf(file)) imported.add(target);
    return !isReached;
  });
  return [
    ...twice.map((folder) => `a walk enters ${folder}/ twice`),
    ...unreached.map((file) => `no file before ${file} imports it`),
  ];
}

/** What a file imports and re-exports, and what those of its own folder import that the walk leaves out. */
function importsOf(file, seen = new Set()) {
  if (seen.has(file)) return [];
  seen.add(file);
  const text = readFileSync(join(src, file), "utf8");
  const targets = [...text.matchAll(/from "(\.[^"]+)\.js"/g)].map(([, to]) =>
    normalize(join(dirname(file), `${to}.ts`)),
  );
  const near = targets.filter((target) => dirname(target) === dirname(file));
  return [...targets, ...near.flatMap((target) => importsOf(target, seen))];
}
