/**
 * Tests the WebSocket implementations of interop/stacks: servers and clients that people use, each with a small program
 * that echoes and a manifest, stack.json, that says where it comes from and how it is built and started.
 *
 *     node scripts/stacks.mjs [--list] [--role server|client] [--http2] [--out DIR] [--builds DIR] [--limit SECONDS]
 *                             [NAMES…] [-- OPTIONS OF WIREPROOF…]
 *
 * NAMES are folders of interop/stacks; without them, all are tested, one after the other. --list only checks the
 * manifests and says what is available here, over HTTP/1.1 and HTTP/2. --role leaves out the other role. --http2 tests over
 * TLS and HTTP/2 (RFC 8441) those that speak it; without it, all are tested over HTTP/1.1. --out is the folder for the run
 * files, NAME.ROLE.ndjson or NAME.ROLE.http2.ndjson; without it, wireproof-stacks. --builds keeps what is built in this
 * folder and uses it again; without it, a temporary folder is used and deleted. --limit is how long the test of one stack
 * may take, 900 seconds by default. What follows -- goes to `wireproof test` or `wireproof test-client`, such as
 * --cases '1.*'.
 *
 * What is not installed is "not available here", which is no error; scripts install nothing. Packages of Debian 12 come
 * with `apt-get install --no-install-recommends`, those of npm with `npm ci --ignore-scripts --prefix interop`.
 * The exit code is 1 if a manifest is not valid, or if a stack cannot be built or tested.
 */
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { installedVersion, MODULES, readStacks, ROLES, STACKS } from "./stack-manifests.mjs";

const WIREPROOF = fileURLToPath(new URL("../packages/conformance/bin/wireproof.js", import.meta.url));
const BUILD_LIMIT_SECONDS = 300;
/** A Java server on a busy machine takes this long to listen. */
const START_SECONDS = 60;

const separator = process.argv.indexOf("--");
const [ownOptions, wireproofOptions] =
  separator === -1
    ? [process.argv.slice(2), []]
    : [process.argv.slice(2, separator), process.argv.slice(separator + 1)];
const { values, positionals: names } = readOptions();
if (values.help) {
  const [, text] = /\/\*\*\n([^]*?)\n \*\//.exec(readFileSync(fileURLToPath(import.meta.url), "utf8"));
  console.log(text.replaceAll(/^ \* ?/gm, ""));
} else {
  await main();
}

async function main() {
  if (values.role !== undefined && !ROLES.includes(values.role)) fail("--role takes server or client");
  if (!(Number(values.limit) > 0)) fail("--limit takes a number of seconds above 0");
  const stacks = readManifests();
  const unknown = names.find((name) => !stacks.some(({ folder }) => folder === name));
  if (unknown !== undefined) fail(`there is no stack ${unknown}`);
  const chosen = stacks.filter(({ folder }) => names.length === 0 || names.includes(folder));
  const builds = resolve(values.builds ?? mkdtempSync(join(tmpdir(), "wireproof-stacks-")));
  const out = resolve(values.out);
  try {
    for (const job of chosen.flatMap(jobsOf))
      console.log(`${labelOf(job)}: ${await report(job, builds, out)}`);
  } finally {
    if (values.builds === undefined) rmSync(builds, { recursive: true, force: true });
  }
}

function readManifests() {
  try {
    return readStacks();
  } catch (error) {
    return fail(error.message);
  }
}

/** What there is to test of a stack: each role, over HTTP/1.1 or HTTP/2; a list has both. */
function jobsOf(stack) {
  const versions = values.list && !values.http2 ? [false, true] : [values.http2];
  return versions.flatMap((http2) => {
    const roles = http2 ? stack.http2 : stack;
    return ROLES.filter((role) => roles?.[role] !== undefined && (values.role ?? role) === role).map(
      (role) => ({ stack, role, http2, program: roles[role] }),
    );
  });
}

function labelOf({ stack, role, http2 }) {
  return `${stack.folder} ${role}${http2 ? " over HTTP/2" : ""}`;
}

function readOptions() {
  try {
    return parseArgs({
      args: ownOptions,
      allowPositionals: true,
      options: {
        list: { type: "boolean", default: false },
        role: { type: "string" },
        http2: { type: "boolean", default: false },
        out: { type: "string", default: "wireproof-stacks" },
        builds: { type: "string" },
        limit: { type: "string", default: "900" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    return fail(`${error.message.replace(/\. To specify.*/s, "")}; see --help`);
  }
}

function fail(message) {
  console.error(`stacks: ${message}`);
  process.exit(1);
}

/** Tests one role of a stack; returns what there is to say about it, in a line. */
async function report(job, builds, out) {
  const { stack, role } = job;
  const installed = new Map(stack.packages.map((it) => [it, installedVersion(it)]));
  const missing = stack.packages.find((it) => installed.get(it) === undefined);
  if (missing !== undefined) return `not available here: ${missing.from} ${missing.name} is not installed`;
  const version = stack.packages
    .filter((it) => it.name === stack.versionOf)
    .map((it) => installed.get(it))
    .join("");
  const others = stack.packages.filter((it) => installed.get(it) !== it.version);
  const note = others.map((it) => `, ${it.name} is ${installed.get(it)} instead of ${it.version}`).join("");
  if (values.list) return `available, ${version}${note}`;
  try {
    const name = fileNameOf(job);
    const folder = build(job, join(builds, name));
    const runFile = join(folder, "report/run.ndjson");
    rmSync(runFile, { force: true });
    const ended = await (role === "server" ? testServer(job, folder) : testClient(job, folder));
    if (!existsSync(runFile)) throw new Error(ended);
    mkdirSync(out, { recursive: true });
    copyFileSync(runFile, join(out, `${name}.ndjson`));
    return `${version}${note}: ${totals(runFile)}`;
  } catch (error) {
    process.exitCode = 1;
    return `${version}${note}: ${error.message}`;
  }
}

function fileNameOf({ stack, role, http2 }) {
  return `${stack.folder}.${role}${http2 ? ".http2" : ""}`;
}

/** Copies the files of a role into a folder of its own and builds them there, if that was not done before. */
function build({ stack, program }, folder) {
  const files = program.files.map((file) => join(STACKS, stack.folder, file));
  const built = join(folder, "built");
  const manifestFile = join(STACKS, stack.folder, "stack.json");
  const changed = Math.max(...[...files, manifestFile].map((file) => statSync(file).mtimeMs));
  if (existsSync(built) && statSync(built).mtimeMs > changed) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of files) copyFileSync(file, join(folder, basename(file)));
  if (existsSync(MODULES)) symlinkSync(MODULES, join(folder, "node_modules"));
  if (program.build !== undefined) {
    try {
      const timeout = BUILD_LIMIT_SECONDS * 1000;
      execFileSync("/bin/sh", ["-c", program.build], { cwd: folder, timeout, stdio: "pipe" });
    } catch (error) {
      const complaint = String(error.stderr).trim().slice(-500) || error.message;
      throw new Error(`cannot be built: ${complaint}`, { cause: error });
    }
  }
  writeFileSync(built, "");
  return folder;
}

async function testServer({ stack, program, http2 }, folder) {
  const port = await freePort();
  const url = `${http2 ? "wss" : "ws"}://127.0.0.1:${port}${program.path}`;
  const tls = http2 ? ["--http2", "--insecure"] : [];
  if (http2) await mint(join(folder, "tls.pem"));
  const start = program.start.replaceAll("{port}", port);
  const wait = String(START_SECONDS);
  return wireproof(folder, ["test", url, ...tls, "--start", start, "--wait", wait, ...options(stack)]);
}

async function testClient({ stack, program, http2 }, folder) {
  const tls = http2 ? ["--http2", "--tls"] : [];
  return wireproof(folder, ["test-client", ...tls, ...options(stack), "--", program.start]);
}

function options(stack) {
  return [
    "--agent",
    stack.name,
    "--out",
    "report",
    "--reporter",
    "terminal=report/terminal.txt",
    ...wireproofOptions,
  ];
}

/** Writes a private key and its certificate, for localhost. */
async function mint(file) {
  const { mintCertificate } = await import("wireproof/certificate");
  const { key, cert } = await mintCertificate();
  writeFileSync(file, key + cert, { mode: 0o600 });
}

/** Runs the suite until it is done or the time is over; returns what it printed last. */
function wireproof(folder, args) {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [WIREPROOF, ...args], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let printed = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      printed = (printed + text).slice(-500);
    });
    // Interrupted, it ends what it has started and writes down what it knows.
    const limit = setTimeout(() => child.kill("SIGINT"), Number(values.limit) * 1000);
    child.on("error", failed);
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      done(printed.trim() || `wireproof ended with ${code ?? signal}`);
    });
  });
}

function freePort() {
  return new Promise((done, failed) => {
    const server = createServer();
    server.on("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

function totals(runFile) {
  const last = readFileSync(runFile, "utf8").trimEnd().split("\n").at(-1);
  const { type, totals: it } = JSON.parse(last);
  if (type !== "run-end") return "the run was cut off";
  const counts = Object.entries(it.outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  return [
    ...counts,
    ...(it.notRun === 0 ? [] : [`${it.notRun} not run`]),
    ...(it.interrupted ? ["interrupted"] : []),
  ].join(", ");
}
