/**
 * Compiles everything, or the projects that are named, with options of the compiler behind them; makes the endpoint's
 * package, which the other packages use as anybody would; bundles the report page; then checks the catalogue: a case that
 * makes no sense fails the build, and so does a requirement that nothing exercises without a reason.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));

const args = process.argv.slice(2);
const firstOption = args.findIndex((arg) => arg.startsWith("-"));
const options = firstOption === -1 ? [] : args.slice(firstOption);

run(tsc, "-b", "packages/websocket/src", ...options);
run("packages/websocket/scripts/bundle.mjs");
run("packages/websocket/scripts/declare.mjs");
run(tsc, "-b", ...args);
// The page needs nothing of the compiled code but types; a reporter of the suite carries it.
run("packages/report-ui/build.mjs");

const { CASES } = await import("../packages/conformance/dist/src/cases/index.js");
const { checkCases } = await import("../packages/conformance/dist/src/case/check-cases.js");
const { coverageProblems } = await import("../packages/conformance/dist/src/covered/suite-coverage.js");
const problems = [...checkCases(CASES), ...coverageProblems(CASES)];
for (const problem of problems) console.error(`check-cases: ${problem}`);
if (problems.length > 0) process.exit(1);

function run(script, ...args) {
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
