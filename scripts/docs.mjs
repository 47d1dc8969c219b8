/**
 * Writes the reference pages in docs/reference from the data of the compiled suite. With --check it writes
 * nothing, names the pages that are stale, and exits 1 if there are any.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { COMMANDS } from "../packages/conformance/dist/src/cli/commands.js";
import { casesPage, requirementsPage } from "../packages/conformance/dist/src/cli/reference-cases.js";
import { cliPage } from "../packages/conformance/dist/src/cli/reference.js";
import { CASES } from "../packages/conformance/dist/src/cases/index.js";

const FOLDER = fileURLToPath(new URL("../docs/reference/", import.meta.url));

const pages = new Map([
  ["cli.md", cliPage(COMMANDS)],
  ["cases.md", casesPage(CASES)],
  ["requirements.md", requirementsPage(CASES)],
]);

if (process.argv.includes("--check")) check();
else write();

function write() {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, text] of pages) writeFileSync(join(FOLDER, name), text);
}

function check() {
  const stale = [...pages].filter(([name, text]) => stored(name) !== text).map(([name]) => name);
  if (stale.length === 0) return;
  process.stderr.write(
    `stale, run npm run docs: ${stale.map((name) => `docs/reference/${name}`).join(", ")}\n`,
  );
  process.exitCode = 1;
}

function stored(name) {
  try {
    return readFileSync(join(FOLDER, name), "utf8");
  } catch {
    return undefined;
  }
}
