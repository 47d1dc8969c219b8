/**
 * Makes the published declarations from those of the compiler. As with the code there is one copy, as CommonJS, which both
 * `require` and `import` lead to: classes with private members that are declared twice would be two types.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

import { BROWSER_ENTRIES, OWN_PARTS } from "./parts.mjs";

const SOURCE = new URL("../dist/src/", import.meta.url);
const TARGET = new URL("../dist/lib/", import.meta.url);
/** The specifier of a relative import, without its ending. */
const RELATIVE = /(?<=(?:from |import\()")(\.[^"]*)\.js(?=")/g;

const done = new Set();
copy(new URL("index.d.ts", SOURCE));
write("index.d.ts", 'export * from "./index.cjs";\n');

const ws = new URL("ws/index.d.ts", SOURCE);
for (const file of imported(ws)) copy(file);
write("ws/index.d.ts", asCommonJs(readFileSync(ws, "utf8")));
write("ws/index.d.cts", 'import { WebSocket } from "./websocket.cjs";\nexport = WebSocket;\n');

for (const part of OWN_PARTS) {
  copy(new URL(`${part}/index.d.ts`, SOURCE));
  write(`${part}/index.d.ts`, 'export * from "./index.cjs";\n');
}

for (const entry of BROWSER_ENTRIES) {
  copy(new URL(`${entry}.d.ts`, SOURCE));
  write(`${entry}.d.ts`, `export * from "./${entry.split("/").at(-1)}.cjs";\n`);
}

/** A file and all that it imports. */
function copy(file) {
  if (done.has(file.href)) return;
  done.add(file.href);
  const name = file.href.slice(SOURCE.href.length).replace(/\.d\.ts$/, ".d.cts");
  write(name, asCommonJs(readFileSync(file, "utf8")));
  for (const other of imported(file)) copy(other);
}

function imported(file) {
  return [...readFileSync(file, "utf8").matchAll(RELATIVE)].map(([, name]) => new URL(`${name}.d.ts`, file));
}

function asCommonJs(text) {
  return text.replaceAll(RELATIVE, "$1.cjs").replace(/^\/\/# sourceMappingURL=.*\n?/m, "");
}

function write(name, text) {
  const file = fileURLToPath(new URL(name, TARGET));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
