import { createHash } from "node:crypto";
import { join, resolve } from "node:path";

import { build, BuildError, programDigest } from "../matrix/build.js";
import type { Stack, StackProgram } from "../matrix/manifest.js";
import type { Packages } from "../matrix/packages.js";
import type { GridProgram, GridServerProgram } from "./grid-server.js";

export interface PrepareOptions {
  readonly packages: Packages;
  /** Folders: of the manifests, node_modules, and of what is built. */
  readonly stacks: string;
  readonly modules: string;
  readonly builds: string;
  readonly suite: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Programs that can be started. */
export interface Prepared {
  readonly clients: readonly GridProgram[];
  readonly servers: readonly GridServerProgram[];
  /** Stacks of which a program could not be built. */
  readonly failed: readonly string[];
}

/** Builds the programs of stacks, each in a folder of its own. What is not installed is left out, and said. */
export async function prepareGrid(
  { clients, servers }: { readonly clients: readonly Stack[]; readonly servers: readonly Stack[] },
  options: PrepareOptions,
): Promise<Prepared> {
  const failed: string[] = [];
  const ready = async <Program extends StackProgram>(
    stacks: readonly Stack[],
    role: "client" | "server",
    programOf: (stack: Stack) => Program | undefined,
  ): Promise<readonly (GridProgram & { readonly program: Program })[]> => {
    const found: (GridProgram & { readonly program: Program })[] = [];
    for (const stack of stacks) {
      const program = programOf(stack);
      if (program === undefined || options.signal.aborted) continue;
      const prepared = await prepare(stack, role, program, options);
      if (typeof prepared === "object") found.push({ ...prepared, program });
      else if (prepared === "failed") failed.push(stack.folder);
    }
    return found;
  };
  return {
    clients: await ready(clients, "client", ({ grid }) => grid?.client),
    servers: (await ready(servers, "server", ({ server }) => server)).map((one) => ({
      ...one,
      path: one.program.path,
    })),
    failed,
  };
}

async function prepare(
  stack: Stack,
  role: "client" | "server",
  program: StackProgram,
  { packages, stacks, modules, builds, suite, say, signal }: PrepareOptions,
): Promise<GridProgram | "absent" | "failed"> {
  const here = await packages.availability(stack);
  if (!here.available) {
    say(`${stack.folder} ${role}: not available here: ${here.because}`);
    return "absent";
  }
  const source = join(stacks, stack.folder);
  // That of a server is the one which the suite tests: it need not be built twice.
  const folder = resolve(builds, `${stack.folder}.${role === "client" ? "grid-client" : "server"}`);
  const digest = createHash("sha256")
    .update(JSON.stringify([suite, programDigest(source, program), here.packages]))
    .digest("hex");
  try {
    await build({ source, program, packages: here.packages, folder, modules }, signal);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    say(`${stack.folder} ${role}: ${error.message}`);
    return "failed";
  }
  return { stack: stack.folder, version: here.version, digest, folder, start: program.start };
}
