/**
 * The step of the GitHub Action (action.yml): reads its inputs from the environment, finds or installs the suite, runs it,
 * and exits with its code. Inputs may come from anybody who opens a pull request. So no shell sees one of them, a value is
 * never taken for an option, and what has to be one line is one.
 */
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** Inputs that become an option of the command as they are. */
const OPTIONS = ["cases", "exclude", "set", "profile", "baseline"];
const VERSION = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
const CODE_OF_USAGE = 2;

class InputError extends Error {}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  // What a workflow command takes for its own is escaped.
  const text = error.message.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
  console.log(`::error title=Wireproof::${text}`);
  process.exitCode = CODE_OF_USAGE;
}

async function main() {
  const report = line("report") || "wireproof-report";
  const args = commandArguments(report);
  const bin = await suite(line("version"));
  const code = await run(process.execPath, [bin, ...args]);
  output("exit-code", String(code));
  output("report", resolve(report));
  return code;
}

function commandArguments(report) {
  const mode = line("mode") || "server";
  const command = line("command");
  const given = OPTIONS.flatMap((name) => (line(name) === "" ? [] : [`--${name}=${line(name)}`]));
  const common = [`--out=${report}`, ...given, ...lines("args")];
  if (mode === "server") {
    const urls = lines("url");
    if (urls.length === 0) throw new InputError("mode server needs the input url");
    const start = command === "" ? [] : [`--start=${command}`];
    return ["test", ...start, ...common, "--", ...urls];
  }
  if (mode !== "client")
    throw new InputError(`the input mode is server or client, not ${JSON.stringify(mode)}`);
  if (command === "") throw new InputError("mode client needs the input command");
  return ["test-client", ...common, "--", command];
}

/** The path of the command: of the suite that is installed here, or of one that is installed now. */
async function suite(wanted) {
  if (wanted === "") {
    const manifest = installedIn(process.cwd());
    if (manifest !== undefined) return binIn(manifest);
  }
  const version =
    wanted || JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;
  if (!VERSION.test(version))
    throw new InputError(
      `the input version is a whole version such as 1.2.3, not ${JSON.stringify(version)}`,
    );
  const folder = mkdtempSync(join(process.env.RUNNER_TEMP || tmpdir(), "wireproof-"));
  const options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder];
  const { program, script } = npm();
  const code = await run(program, [...script, "install", ...options, `wireproof@${version}`]);
  const manifest = installedIn(folder);
  if (code !== 0 || manifest === undefined)
    throw new InputError(`wireproof ${version} could not be installed`);
  return binIn(manifest);
}

/** Path of the suite's package.json, if a program in this folder would find it. */
function installedIn(folder) {
  try {
    return createRequire(join(folder, "here.js")).resolve("wireproof/package.json");
  } catch {
    return undefined;
  }
}

function binIn(manifest) {
  return join(dirname(manifest), JSON.parse(readFileSync(manifest, "utf8")).bin.wireproof);
}

/** On Windows npm is a batch file, which only a shell can run: there it is run as the script that it is. */
function npm() {
  const path = join(dirname(process.execPath), "node_modules/npm/bin/npm-cli.js");
  if (process.platform === "win32" && existsSync(path)) return { program: process.execPath, script: [path] };
  return { program: "npm", script: [] };
}

/** Runs a program until it ends, and passes on what asks it to. Resolves with its exit code. */
function run(program, args) {
  return new Promise((settle, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"] });
    const pass = (signal) => child.kill(signal);
    const signals = ["SIGINT", "SIGTERM"];
    for (const signal of signals) process.on(signal, pass);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      for (const one of signals) process.off(one, pass);
      settle(code ?? 128 + constants.signals[signal]);
    });
  });
}

function input(name) {
  return (process.env[`WIREPROOF_INPUT_${name.toUpperCase()}`] ?? "").trim();
}

/** An input of one line. */
function line(name) {
  const value = input(name);
  if (/\p{Cc}/u.test(value)) throw new InputError(`the input ${name} has to be one line`);
  return value;
}

/** An input with a value a line. */
function lines(name) {
  return input(name)
    .split(/\r?\n/)
    .map((value) => value.trim())
    .filter((value) => value !== "");
}

/** Outputs are lines of a file; a path with a line break was refused above. */
function output(name, value) {
  const file = process.env.GITHUB_OUTPUT;
  if (file !== undefined && file !== "") appendFileSync(file, `${name}=${value}\n`);
}
