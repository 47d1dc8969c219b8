/**
 * Runs the compiled tests with node:test. Without words: the short ones, which are all files but `*.long.test.js`
 * (CONTRIBUTING.md says which tests are long). With words: all files whose path contains one of them, the long ones too.
 * Globs on the command line do not work on Node 20, hence this script.
 *
 *     node scripts/test.mjs [--long | --all] [--node PATH] [--env NAME=VALUE]… [--without WORDS]… [--parallel N]
 *                           [--quiet] [--times] [WORDS…]
 *
 * --long runs only the long tests, --all the short and the long ones. --node runs them, and every process that they
 * start, on another Node; --env adds to the environment; --without leaves out the files whose path contains the words;
 * --parallel runs N files at the same time, by default three per processor, because many of them wait more than they
 * compute. --quiet shows only what fails, and a line with the counts. --times lists how long each file took, the slowest
 * first. At the end comes a list of what was skipped, and why (scripts/skips.mjs).
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { availableParallelism, constants } from "node:os";
import { delimiter, dirname, relative, resolve } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";
import { inspect, parseArgs } from "node:util";
import { reportSkips } from "./skips.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const COMPLAINT_CHARACTERS = 4096;

const { values, positionals, tokens } = parseArgs({
  allowPositionals: true,
  tokens: true,
  options: {
    node: { type: "string" },
    env: { type: "string", multiple: true, default: [] },
    without: { type: "string", multiple: true, default: [] },
    parallel: { type: "string", default: String(3 * availableParallelism()) },
    quiet: { type: "boolean", default: false },
    long: { type: "boolean", default: false },
    all: { type: "boolean", default: false },
    times: { type: "boolean", default: false },
  },
});

if (values.long && values.all) fail("--long and --all exclude each other");
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
  if (files.length === 0) fail(`no test file matches ${positionals.join(" ") || "these options"}`);
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
  const skips = [];
  tests.on("test:pass", ({ skip, name, file = "?", details }) => {
    if (skip === undefined) return;
    const reason = skip === true ? "no reason is given" : skip;
    skips.push({
      reason,
      file: sourceOf(file),
      name: details.type === "suite" ? `suite: ${name}` : name,
    });
  });
  const seconds = new Map();
  tests.on("test:complete", ({ name, file, details }) => {
    // A file is the test that is called as the file.
    if (name === file) seconds.set(file, details.duration_ms / 1000);
  });
  const report = tests.compose(values.quiet ? failures : new spec());
  report.pipe(process.stdout);
  report.on("end", () => {
    if (values.times) process.stdout.write(timesText(seconds));
    reportSkips(skips);
  });
}

function testFiles() {
  const packages = `${ROOT}packages/`;
  const contains = (file) => (part) => file.includes(part);
  return (
    readdirSync(packages)
      .filter((name) => existsSync(`${packages}${name}/dist/test`))
      .flatMap((name) =>
        readdirSync(`${packages}${name}/dist/test`, { encoding: "utf8", recursive: true })
          .filter((file) => file.endsWith(".test.js"))
          .map((file) => `${packages}${name}/dist/test/${file}`),
      )
      // The compiler leaves what it has made of a file that was renamed since.
      .filter((file) => existsSync(`${ROOT}${sourceOf(file)}`))
      .filter((file) => positionals.length === 0 || positionals.some(contains(file)))
      .filter((file) => isWanted(file.endsWith(".long.test.js")))
      .filter((file) => !values.without.some(contains(file)))
  );
}

function isWanted(isLong) {
  if (values.long) return isLong;
  return values.all || positionals.length > 0 || !isLong;
}

/**
 * A reporter: the tests that failed, and how many did what. Suites fail because of their tests and are left out. Of a
 * file that could not be run, what it has written to standard error says why.
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
    } else if (type === "test:pass" && data.skip !== undefined) {
      counts.skipped += 1;
    } else if (type === "test:pass" && data.details.type !== "suite") {
      counts.passed += 1;
    } else if (type === "test:fail" && data.details.error.failureType !== "subtestsFailed") {
      counts.failed += 1;
      const { error } = data.details;
      const why = data.name === data.file ? complaints.get(data.file) : undefined;
      yield `✖ ${data.name} (${data.file ?? "?"})\n${why ?? inspect(error.cause ?? error)}\n`;
    }
  }
  const texts = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  yield `${texts.join(", ")}\n`;
}

/** What each file took, the slowest first. Files run side by side, so the sum is more than the run took. */
function timesText(seconds) {
  const lines = [...seconds]
    .toSorted(([, a], [, b]) => b - a)
    .map(([file, time]) => `${time.toFixed(1).padStart(7)} s  ${sourceOf(file)}\n`);
  return `\nTime of each file:\n${lines.join("")}`;
}

/** Where the source of a compiled test is, from the root of the repository. */
function sourceOf(file) {
  return relative(ROOT, file).replace("/dist/test/", "/test/").replace(/\.js$/, ".ts");
}

function fail(sentence) {
  console.error(sentence);
  process.exit(2);
}
