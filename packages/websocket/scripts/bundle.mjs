/**
 * Makes what the package publishes from what the compiler has made: one CommonJS file with the whole implementation,
 * and beside it an entry for `require` and one for `import` for each of the two interfaces. Every entry leads to the same file, so
 * that a process has one copy of the classes, pools and budgets, however many ways lead to them.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

import { rollup } from "rollup";

const SOURCE = fileURLToPath(new URL("../dist/src/bundle.js", import.meta.url));
const TARGET = new URL("../dist/lib/", import.meta.url);

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

/** Declarations, names and comments stay as they are: the file is what users see in stack traces and debuggers. */
async function bundle() {
  const made = await rollup({
    input: SOURCE,
    external: /^node:/,
    onLog: (level, { message }) => {
      if (level === "warn") throw new Error(message);
    },
  });
  const { output } = await made.generate({
    format: "cjs",
    interop: "default",
    esModule: false,
    generatedCode: { preset: "es2015", symbols: false },
  });
  await made.close();
  // Not `require`: what has been bundled into an ES module has none.
  const code = output[0].code.replaceAll(/\brequire\('(node:[^']+)'\)/g, 'process.getBuiltinModule("$1")');
  if (/= require\(/.test(code)) throw new Error("the bundle requires something");
  write("endpoint.cjs", code);
}

function write(name, text) {
  const file = fileURLToPath(new URL(name, TARGET));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
