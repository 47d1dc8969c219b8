/**
 * Runs the compiled tests with node:test: all of them, or those whose path contains one of the arguments. Globs on
 * the command line do not work on Node 20, hence this script.
 */
import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../packages/", import.meta.url));
const wanted = process.argv.slice(2);

const packagesWithTests = readdirSync(packages).filter((name) => existsSync(`${packages}${name}/dist/test`));

const files = packagesWithTests.flatMap((name) =>
  readdirSync(`${packages}${name}/dist/test`, { recursive: true })
    .filter((file) => file.endsWith(".test.js"))
    .map((file) => `${packages}${name}/dist/test/${file}`)
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part))),
);
if (files.length === 0) {
  console.error(`no test file matches ${wanted.join(" ")}`);
  process.exit(1);
}

const tests = run({
  files: files.toSorted((a, b) => a.localeCompare(b)),
  concurrency: Math.max(2, availableParallelism()),
});
tests.on("test:fail", () => {
  process.exitCode = 1;
});
tests.compose(new spec()).pipe(process.stdout);
