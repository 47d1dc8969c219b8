/**
 * Writes the reference pages in docs/reference: those of the suite from its compiled data, those of the API from the
 * published declarations. With --check it writes nothing, names the pages that are stale, and exits 1 if there are any.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { COMMANDS } from "../packages/conformance/dist/src/cli/commands.js";
import { casesPage, requirementsPage } from "../packages/conformance/dist/src/cli/reference-cases.js";
import { cliPage } from "../packages/conformance/dist/src/cli/reference.js";
import { CASES } from "../packages/conformance/dist/src/cases/index.js";
import { apiPages } from "./api-pages.mjs";

const FOLDER = fileURLToPath(new URL("../docs/reference/", import.meta.url));

const pages = new Map([
  ["cli.md", cliPage(COMMANDS)],
  ["cases.md", casesPage(CASES)],
  ["requirements.md", requirementsPage(CASES)],
]);

const api = await apiPages();
if (api === undefined)
  process.stderr.write(
    "docs/reference/api: skipped, TypeDoc is not installed: npm ci --ignore-scripts --prefix toolchains\n",
  );
for (const [name, text] of api ?? []) pages.set(`api/${name}`, text);

if (process.argv.includes("--check")) check();
else write();

function write() {
  mkdirSync(join(FOLDER, "api"), { recursive: true });
  for (const name of superfluous()) rmSync(join(FOLDER, name));
  for (const [name, text] of pages) writeFileSync(join(FOLDER, name), text);
}

function check() {
  const stale = [...pages].filter(([name, text]) => stored(name) !== text).map(([name]) => name);
  const wrong = [...stale, ...superfluous()];
  if (wrong.length === 0) return;
  process.stderr.write(
    `stale, run npm run docs: ${wrong.map((name) => `docs/reference/${name}`).join(", ")}\n`,
  );
  process.exitCode = 1;
}

/** Pages of the API that are there and are not made any more. */
function superfluous() {
  if (api === undefined) return [];
  return readdirSync(FOLDER, { encoding: "utf8", recursive: true })
    .filter((name) => /^api.+\.md$/.test(name))
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => !pages.has(name));
}

function stored(name) {
  try {
    return readFileSync(join(FOLDER, name), "utf8");
  } catch {
    return undefined;
  }
}
