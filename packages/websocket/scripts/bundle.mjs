/**
 * Makes what the package publishes from what the compiler has made: one CommonJS file with the core, one for each part that
 * is a subpath of its own, and beside them an entry for `require` and one for `import`. Every entry leads to the same files, so
 * that a process has one copy of the classes, pools and budgets, however many ways lead to them.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

import { rollup } from "rollup";

import { BROWSER_ENTRIES, OWN_PARTS, PEERS } from "./parts.mjs";

const SOURCE = new URL("../dist/src/", import.meta.url);
const TARGET = new URL("../dist/lib/", import.meta.url);

rmSync(TARGET, { recursive: true, force: true });
await bundle();
const { endpoint } = await import("../dist/src/bundle.js");
const ws = await import("../dist/src/ws/index.js");
const names = (module) => Object.keys(module).filter((name) => name !== "default");

write(
  "index.cjs",
  `"use strict";
const { endpoint } = require("./endpoint.cjs");
${names(endpoint)
  .map((name) => `exports.${name} = endpoint.${name};`)
  .join("\n")}
`,
);
write(
  "index.js",
  `import endpoint from "./index.cjs";
export const { ${names(endpoint).join(", ")} } = endpoint;
`,
);
// `require("ws")` is the class with everything else on it.
write(
  "ws/index.cjs",
  `"use strict";
module.exports = require("../endpoint.cjs").WebSocket;
`,
);
write(
  "ws/index.js",
  `import WebSocket from "./index.cjs";
export const { ${names(ws)
    .filter((name) => name !== "WebSocket")
    .join(", ")} } = WebSocket;
export { WebSocket, WebSocket as default };
`,
);
for (const part of OWN_PARTS) {
  const own = await import(new URL(`${part}/index.js`, SOURCE).href);
  write(
    `${part}/index.js`,
    `import part from "./index.cjs";
export const { ${names(own).join(", ")} } = part;
`,
  );
}

for (const entry of BROWSER_ENTRIES) await bundleForBrowsers(entry);

/**
 * Declarations, names and comments stay as they are: the files are what users see in stack traces and debuggers. What a
 * part shares with the core is taken from the core's file.
 */
async function bundle() {
  const made = await rollup({
    input: Object.fromEntries([
      ["endpoint", fileURLToPath(new URL("bundle.js", SOURCE))],
      ...OWN_PARTS.map((part) => [`${part}/index`, fileURLToPath(new URL(`${part}/index.js`, SOURCE))]),
    ]),
    external: [/^node:/, ...PEERS],
    preserveEntrySignatures: "allow-extension",
    onLog: (level, { message }) => {
      if (level === "warn") throw new Error(message);
    },
  });
  const { output } = await made.generate({
    format: "cjs",
    interop: "default",
    esModule: false,
    generatedCode: { preset: "es2015", symbols: false },
    hoistTransitiveImports: false,
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name].cjs",
    manualChunks: (file) =>
      OWN_PARTS.some((part) => file.startsWith(folder(part))) ? undefined : "endpoint",
  });
  await made.close();
  for (const { fileName, code } of output) {
    // Not `require`: what has been bundled into an ES module has none.
    const text = code.replaceAll(/\brequire\('(node:[^']+)'\)/g, 'process.getBuiltinModule("$1")');
    const others = [...text.matchAll(/= require\('([^']+)'\)/g)].map(([, name]) => name);
    const foreign = others.filter((name) => !name.startsWith(".") && !PEERS.includes(name));
    if (foreign.length > 0 || (fileName === "endpoint.cjs" && others.length > 0))
      throw new Error(`${fileName} requires ${others.join(", ")}`);
    write(fileName, text);
  }
}

/** An ES module that imports nothing. */
async function bundleForBrowsers(entry) {
  const made = await rollup({
    input: fileURLToPath(new URL(`${entry}.js`, SOURCE)),
    onLog: (level, { message }) => {
      // A module of Node, for one, which does not exist there.
      if (level === "warn") throw new Error(`${entry}: ${message}`);
    },
  });
  const { output } = await made.generate({ format: "es" });
  await made.close();
  write(`${entry}.js`, output[0].code);
}

function folder(part) {
  return fileURLToPath(new URL(`${part}/`, SOURCE));
}

function write(name, text) {
  const file = fileURLToPath(new URL(name, TARGET));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
