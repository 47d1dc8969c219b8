/**
 * Looks at what would be published as strangers' tools see it: publint at entries and files, "Are the types wrong?" at the
 * declarations that each way of resolving modules finds. Both come from the folder `toolchains`.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The suite and the adapters are ES modules alone: who requires them can do so from Node 20.19 on. */
const PACKAGES = [
  { folder: "websocket", profile: "strict" },
  { folder: "ws-compat", profile: "strict" },
  { folder: "adapters", profile: "esm-only" },
  { folder: "conformance", profile: "esm-only" },
];

const toolchains = createRequire(new URL("../toolchains/package.json", import.meta.url));
const { publint, formatMessage, attw } = await tools();

const there = mkdtempSync(join(tmpdir(), "wireproof-packages-"));
try {
  for (const { folder, profile } of PACKAGES) await check(folder, profile);
} finally {
  rmSync(there, { recursive: true });
}

async function check(folder, profile) {
  const cwd = fileURLToPath(new URL(`../packages/${folder}/`, import.meta.url));
  const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", there];
  const [{ filename, name }] = JSON.parse(execFileSync("npm", pack, { cwd, encoding: "utf8" }));
  const tarball = join(there, filename);

  const { buffer } = new Uint8Array(readFileSync(tarball));
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
  for (const message of messages) console.error(`publint: ${name}: ${formatMessage(message, pkg)}`);

  const args = [attw, tarball, "--profile", profile, "--no-definitely-typed", "--format", "ascii"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) console.error(`attw: ${name}:\n${stdout}${stderr}`);

  if (messages.length > 0 || status !== 0) process.exitCode = 1;
  else console.log(`${name}: publint and attw find nothing`);
}

async function tools() {
  const load = (name) => import(pathToFileURL(toolchains.resolve(name)).href);
  try {
    const attw = join(dirname(toolchains.resolve("@arethetypeswrong/cli/package.json")), "dist/index.js");
    return { ...(await load("publint")), ...(await load("publint/utils")), attw };
  } catch {
    console.error("publint or attw is not installed: npm ci --ignore-scripts --prefix toolchains");
    process.exit(2);
  }
}
