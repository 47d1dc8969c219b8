import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";

import { Child } from "../child/child.js";
import { endWithin } from "../child/end-within.js";
import { OutputRing } from "../child/output-ring.js";
import { cut } from "../report/escape.js";
import { systemClock } from "../time/clock.js";
import type { StackProgram } from "./manifest.js";

/** A program of a stack, and where it is built. */
export interface Build {
  /** The folder with the manifest. */
  readonly source: string;
  readonly program: StackProgram;
  /** Everything that is installed for it, `name version`: it is built again when that changes. */
  readonly packages: readonly string[];
  /** A folder of its own. */
  readonly folder: string;
  /** Linked there as node_modules, if it is there. */
  readonly modules: string;
}

/** A program could not be built. The message is a sentence. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}

/** How long a build may take, in milliseconds: what a busy machine loses is added. */
const BUILD_MS = 600_000;
/** Characters kept of what a build prints. */
const PRINTED = 4000;
const COMPLAINT = 500;

/** SHA-256 of what is used of the folder of a stack: the files of a program, and what the manifest says of it. */
export function programDigest(source: string, program: StackProgram): string {
  const hash = createHash("sha256").update(JSON.stringify(program));
  for (const file of program.files) {
    const octets = readFileSync(join(source, file));
    hash.update(`\n${basename(file)} ${octets.length}\n`).update(octets);
  }
  return hash.digest("hex");
}

/**
 * Copies the files of a program into its folder and builds it there. What was built before is kept when neither the program
 * nor a package has changed. Throws a BuildError, for an aborted signal as well.
 */
export async function build(it: Build, signal: AbortSignal): Promise<void> {
  const { source, program, packages, folder, modules } = it;
  const built = join(folder, "built");
  const digest = createHash("sha256")
    .update(JSON.stringify([programDigest(source, program), packages, resolve(modules)]))
    .digest("hex");
  if (existsSync(built) && readFileSync(built, "utf8") === digest) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of program.files) copyFileSync(join(source, file), join(folder, basename(file)));
  if (existsSync(modules)) symlinkSync(resolve(modules), join(folder, "node_modules"));
  if (program.build !== undefined) await runBuild(program.build, folder, signal);
  writeFileSync(built, digest);
}

async function runBuild(line: string, cwd: string, signal: AbortSignal): Promise<void> {
  const output = new OutputRing(PRINTED);
  const child = new Child({ program: "/bin/sh", args: ["-c", line], env: {}, cwd }, output);
  const limits = { clock: systemClock, limitMs: BUILD_MS, signal };
  const { code, how, isLate } = await endWithin(child, limits);
  if (code === 0 && !signal.aborted) return;
  if (isLate) throw new BuildError(`It cannot be built: that took more than ${BUILD_MS / 1000} s.`);
  const { lines } = output.since(0);
  const printed = lines
    .map(({ text }) => text)
    .join("\n")
    .replaceAll(cwd, ".")
    .trim();
  throw new BuildError(
    `It cannot be built: ${cut(printed === "" ? how : printed.slice(-COMPLAINT), COMPLAINT)}`,
  );
}
