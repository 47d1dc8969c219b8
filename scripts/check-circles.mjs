/**
 * Finds import circles in the source of every package: files that import each other, directly or by way of others. The
 * linter refuses those of values; this counts `import type` as well, since a file that is understood only together with
 * those above it is no smaller than all of them. Prints each circle with its imports, and exits 1 if there is one.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCE_FOLDERS = ["src", "source"];
/** `… from "./a.js"`, `import "./a.js"` and `import("./a.js")`, the last of which is also how types are named in place. */
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)"(\.[^"\n]+)"/g;
const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

/** Circles that cannot be cut; the files say why. */
const ALLOWED = ["packages/websocket/src/ws/server.ts packages/websocket/src/ws/websocket.ts"];

const unused = new Set(ALLOWED);
let found = 0;
for (const name of readdirSync(join(ROOT, "packages"))) {
  for (const folder of SOURCE_FOLDERS.map((each) => join(ROOT, "packages", name, each)).filter(existsSync)) {
    for (const circle of circlesOf(importsOf(folder))) {
      const files = [...circle.keys()].map((file) => relative(ROOT, file).replaceAll("\\", "/"));
      if (unused.delete(files.toSorted().join(" "))) continue;
      found += 1;
      console.error(`check-circles: ${circle.size} files of packages/${name} import each other:`);
      for (const [file, imports] of circle)
        console.error(
          `  ${relative(ROOT, file)} → ${imports.map((each) => relative(folder, each)).join(", ")}`,
        );
    }
  }
}
for (const circle of unused)
  console.error(`check-circles: this circle is allowed and does not exist: ${circle}`);
if (found + unused.size > 0) process.exitCode = 1;

/** Each TypeScript file below `folder`, with the files of the same folder that it imports. */
function importsOf(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.[cm]?tsx?$/.test(path))
    .map((path) => join(folder, path));
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const code = readFileSync(file, "utf8").replaceAll(COMMENT, "");
      const targets = [...code.matchAll(IMPORT)].map(([, path]) =>
        sourceOf(join(dirname(file), path), known),
      );
      return [file, [...new Set(targets.filter((target) => target !== undefined))]];
    }),
  );
}

/** The source of an imported file: "./a.js" is a.ts or a.tsx. */
function sourceOf(path, known) {
  const ending = /\.([cm]?)jsx?$/;
  return [path, path.replace(ending, ".$1ts"), path.replace(ending, ".$1tsx")].find((each) =>
    known.has(each),
  );
}

/** The strongly connected parts with more than one file, or with a file that imports itself (Tarjan's algorithm). */
function circlesOf(graph) {
  const circles = [];
  const numbers = new Map();
  const lowest = new Map();
  const stack = [];
  const visit = (file) => {
    numbers.set(file, numbers.size);
    lowest.set(file, numbers.get(file));
    stack.push(file);
    for (const target of graph.get(file)) {
      if (!numbers.has(target)) visit(target);
      if (stack.includes(target)) lowest.set(file, Math.min(lowest.get(file), lowest.get(target)));
    }
    if (lowest.get(file) !== numbers.get(file)) return;
    const part = new Set(stack.splice(stack.indexOf(file)));
    const inside = (each) => graph.get(each).filter((target) => part.has(target));
    if (part.size > 1 || inside(file).length > 0)
      circles.push(new Map([...part].map((each) => [each, inside(each)])));
  };
  for (const file of graph.keys()) if (!numbers.has(file)) visit(file);
  return circles;
}
