/** The packages as their users get them: packed in a clone that nobody has built, and installed into an empty folder. */
import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** From dist/test/package. */
export const ROOT: string = fileURLToPath(new URL("../../../../../", import.meta.url));

/** What is published: the names, and the folders in the repository. */
export const PUBLISHED: ReadonlyMap<string, string> = new Map([
  ["@wireproof/websocket", "packages/websocket"],
  ["@wireproof/ws", "packages/ws-compat"],
  ["@wireproof/adapters", "packages/adapters"],
  ["wireproof", "packages/conformance"],
]);

/** What a fresh clone does not have, or what building does not need. */
const LEFT_OUT = new Set([".git", "node_modules", "dist", "coverage", "wireproof-report", "interop", "docs"]);
/** Only a guard: a program that hangs is ended. */
const MAX_MS = 30 * 60_000;

const runFile = promisify(execFile);

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program as a user would, until it ends. Rejects if it fails. */
export async function runIn(folder: string, program: string, ...args: readonly string[]): Promise<Output> {
  return runFile(program, args, {
    cwd: folder,
    env: environment(folder),
    timeout: MAX_MS,
    maxBuffer: 1 << 26,
  });
}

/** Runs npm, which has to do without a registry. */
export function npm(folder: string, ...args: readonly string[]): Promise<Output> {
  return runIn(folder, "npm", ...args);
}

/** That of a terminal of its own, without what npm and the runner of the tests tell their children. */
export function environment(folder: string): NodeJS.ProcessEnv {
  const ofRunners = /^(?:npm_.*|NODE_V8_COVERAGE|NODE_OPTIONS|NODE_TEST_CONTEXT|(?:NO|FORCE)_COLOR)$/i;
  const inherited = Object.entries(process.env).filter(([name]) => !ofRunners.test(name));
  return {
    ...Object.fromEntries(inherited),
    npm_config_cache: join(folder, ".npm"),
    npm_config_offline: "true",
    npm_config_update_notifier: "false",
  };
}

/** The sources alone, as a fresh clone has them. */
export function cloneInto(folder: string): void {
  cpSync(ROOT, folder, { recursive: true, filter: (source) => !LEFT_OUT.has(basename(source)) });
}

/** Gives a clone what `npm ci` would: the dependencies are those of this tree, the workspaces are its own. */
export function linkDependencies(clone: string): void {
  linkEach(join(ROOT, "node_modules"), join(clone, "node_modules"));
}

function linkEach(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.name.startsWith("@")) linkEach(source, target);
    // A relative link of a workspace, which leads into the clone from there.
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (!entry.name.startsWith(".")) symlinkSync(source, target, "dir");
  }
}

/** Packs all that is published; returns the paths of the tarballs. */
export async function packAll(clone: string): Promise<Map<string, string>> {
  const destination = join(clone, "tarballs");
  mkdirSync(destination);
  const workspaces = [...PUBLISHED.values()].flatMap((folder) => ["-w", folder]);
  await npm(clone, "pack", ...workspaces, "--pack-destination", destination);
  const { version } = manifestIn(join(clone, "packages/conformance"));
  return new Map(
    [...PUBLISHED.keys()].map((name) => [
      name,
      join(destination, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`),
    ]),
  );
}

/** Installs tarballs into a new folder, with the one dependency they have, which comes from this tree. */
export async function install(tarballs: ReadonlyMap<string, string>, folder: string): Promise<void> {
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await npm(folder, "pack", join(ROOT, "node_modules/zod"), "--ignore-scripts");
  const zod = `zod-${manifestIn(join(ROOT, "node_modules/zod")).version}.tgz`;
  const underItsName = `ws@file:${tarballs.get("@wireproof/ws")}`;
  await npm(folder, "install", ...tarballs.values(), underItsName, `./${zod}`);
}

export interface Manifest {
  readonly version: string;
  readonly [field: string]: unknown;
}

export function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}
