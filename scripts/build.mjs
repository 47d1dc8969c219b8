/**
 * Compiles everything, or the projects that are named, bundles the report page, then checks the
 * catalogue: a case that makes no sense fails the build.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));

const compiled = spawnSync(process.execPath, [tsc, "-b", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

// The page needs nothing of the compiled code but types; a reporter of the suite carries it.
const bundled = spawnSync(process.execPath, ["packages/report-ui/build.mjs"], {
  cwd: root,
  stdio: "inherit",
});
if (bundled.status !== 0) process.exit(bundled.status ?? 1);

const { CASES } = await import("../packages/conformance/dist/src/cases/index.js");
const { checkCases } = await import("../packages/conformance/dist/src/case/check-cases.js");
const problems = checkCases(CASES);
for (const problem of problems) console.error(`check-cases: ${problem}`);
if (problems.length > 0) process.exit(1);
