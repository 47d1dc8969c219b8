/**
 * Runs the compiled tests with node:test: all of them, or those whose path contains one of the arguments. Globs on
 * the command line do not work on Node 20, hence this script.
 *
 *     node scripts/test.mjs [--node PATH] [--env NAME=VALUE]… [--without WORDS]… [--parallel N] [--quiet] [WORDS…]
 *
 * --node runs them, and every process that they start, on another Node; --env adds to the environment; --without leaves
 * out the files whose path contains the words; --parallel runs N files at a time, two a processor if absent, since
 * many wait more than they compute; --quiet shows only what fails, and a line with the counts.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { availableParallelism, constants } from "node:os";
import { delimiter, dirname, resolve } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";
import { inspect, parseArgs } from "node:util";

const COMPLAINT_CHARACTERS = 4096;

const { values, positionals, tokens } = parseArgs({
  allowPositionals: true,
  tokens: true,
  options: {
    node: { type: "string" },
    env: { type: "string", multiple: true, default: [] },
    without: { type: "string", multiple: true, default: [] },
    parallel: { type: "string", default: String(2 * availableParallelism()) },
    quiet: { type: "boolean", default: false },
  },
});

if (!/^[1-9]\d*$/.test(values.parallel)) fail(`--parallel takes a number of files, not ${values.parallel}`);
for (const setting of values.env) {
  const [name, ...value] = setting.split("=");
  if (name === "" || value.length === 0) fail(`--env takes NAME=VALUE, not ${setting}`);
  process.env[name] = value.join("=");
}
if (values.node === undefined) runHere();
else runOn(resolve(values.node));

/** This script again, on another Node: node:test starts the files on the binary that it runs on itself. */
function runOn(node) {
  if (!existsSync(node)) fail(`there is no ${node}`);
  const args = process.argv.slice(2).filter((_, index) => !belongsToNode(index));
  // First on the PATH as well, for what starts `node`.
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env["PATH"] ?? ""}` };
  const child = spawn(node, [fileURLToPath(import.meta.url), ...args], { env, stdio: "inherit" });
  child.on("error", (error) => fail(error.message));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

function belongsToNode(index) {
  const isNode = (token) => token.kind === "option" && token.name === "node";
  return tokens.some(
    (it) => isNode(it) && (it.index === index || (!it.inlineValue && it.index + 1 === index)),
  );
}

function runHere() {
  const files = testFiles();
  if (files.length === 0) fail(`no test file matches ${positionals.join(" ")}`);
  const tests = run({
    files: files.toSorted((a, b) => a.localeCompare(b)),
    concurrency: Number(values.parallel),
    // Of a file, on a machine that ten runs of the suite keep busy. A test that hangs is a failure, and says so, instead
    // of a run that never ends.
    timeout: 60 * 60_000,
  });
  tests.on("test:fail", () => {
    process.exitCode = 1;
  });
  tests.compose(values.quiet ? failures : new spec()).pipe(process.stdout);
}

function testFiles() {
  const packages = fileURLToPath(new URL("../packages/", import.meta.url));
  const contains = (file) => (part) => file.includes(part);
  return readdirSync(packages)
    .filter((name) => existsSync(`${packages}${name}/dist/test`))
    .flatMap((name) =>
      readdirSync(`${packages}${name}/dist/test`, { encoding: "utf8", recursive: true })
        .filter((file) => file.endsWith(".test.js"))
        .map((file) => `${packages}${name}/dist/test/${file}`),
    )
    .filter((file) => positionals.length === 0 || positionals.some(contains(file)))
    .filter((file) => !values.without.some(contains(file)));
}

/**
 * A reporter: the tests that failed, and how many did what. Suites fail because of their tests; they are not told. Of a
 * file that could not be run, what it has written to stderr says why.
 */
async function* failures(events) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const complaints = new Map();
  for await (const { type, data } of events) {
    if (type === "test:stderr") {
      complaints.set(
        data.file,
        `${complaints.get(data.file) ?? ""}${data.message}`.slice(-COMPLAINT_CHARACTERS),
      );
    } else if (type === "test:pass" && data.details.type !== "suite") {
      counts[data.skip === undefined ? "passed" : "skipped"] += 1;
    } else if (type === "test:fail" && data.details.error.failureType !== "subtestsFailed") {
      counts.failed += 1;
      const { error } = data.details;
      const why = data.name === data.file ? complaints.get(data.file) : undefined;
      yield `✖ ${data.name} (${data.file ?? "?"})\n${why ?? inspect(error.cause ?? error)}\n`;
    }
  }
  const told = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  yield `${told.join(", ")}\n`;
}

function fail(sentence) {
  console.error(sentence);
  process.exit(2);
}
