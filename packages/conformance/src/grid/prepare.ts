import { createHash } from "node:crypto";
import { join, resolve } from "node:path";

import { CommandLineError, parseCommandLine } from "../child/command-line.js";
import { build, BuildError, programDigest } from "../matrix/build.js";
import type { Stack, StackProgram } from "../matrix/manifest.js";
import type { Packages } from "../matrix/packages.js";
import type { GridProgram, GridServerProgram } from "./grid-server.js";
import { forEachOf } from "../matrix/workers.js";

export interface PrepareOptions {
  readonly packages: Packages;
  /** Folders: of the manifests, node_modules, and of what is built. */
  readonly stacks: string;
  readonly modules: string;
  readonly builds: string;
  /** How many are built at the same time. */
  readonly jobs: number;
  readonly suite: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Programs that can be started, in the order of their names. */
export interface Prepared {
  readonly clients: readonly GridProgram[];
  readonly servers: readonly GridServerProgram[];
  /** How many could not be built. */
  readonly failed: number;
}

interface Task {
  readonly stack: Stack;
  readonly role: "client" | "server";
  readonly program: StackProgram;
}

/** Builds the programs of stacks, each in a folder of its own. What is not installed is left out, and said. */
export async function prepareGrid(
  { clients, servers }: { readonly clients: readonly Stack[]; readonly servers: readonly Stack[] },
  options: PrepareOptions,
): Promise<Prepared> {
  const tasks: readonly Task[] = [
    ...clients.flatMap((stack) => taskOf(stack, "client", stack.grid?.client)),
    ...servers.flatMap((stack) => taskOf(stack, "server", stack.server)),
  ];
  const ready = new Map<Task, GridProgram>();
  let failed = 0;
  await forEachOf(tasks, options.jobs, options.signal, async (task, signal) => {
    const prepared = await prepare(task, { ...options, signal });
    if (prepared === "failed") failed += 1;
    else if (prepared !== "absent") ready.set(task, prepared);
  });
  const of = (role: Task["role"]): readonly GridProgram[] =>
    tasks.filter((task) => task.role === role).flatMap((task) => ready.get(task) ?? []);
  const paths = new Map(servers.map(({ folder, server }) => [folder, server?.path ?? "/"]));
  return {
    clients: of("client"),
    servers: of("server").map((one) => ({ ...one, path: paths.get(one.stack) ?? "/" })),
    failed,
  };
}

function taskOf(stack: Stack, role: Task["role"], program: StackProgram | undefined): readonly Task[] {
  return program === undefined ? [] : [{ stack, role, program }];
}

async function prepare(
  { stack, role, program }: Task,
  { packages, stacks, modules, builds, suite, say, signal }: PrepareOptions,
): Promise<GridProgram | "absent" | "failed"> {
  const title = `${stack.folder} ${role}`;
  const here = await packages.availability(stack);
  if (!here.available) {
    say(`${title}: not available here: ${here.because}`);
    return "absent";
  }
  const source = join(stacks, stack.folder);
  // That of a server is the one which the suite tests: it need not be built twice.
  const folder = resolve(builds, `${stack.folder}.${role === "client" ? "grid-client" : "server"}`);
  const digest = createHash("sha256")
    .update(JSON.stringify([suite, programDigest(source, program), here.packages]))
    .digest("hex");
  try {
    parseCommandLine(program.start);
    await build({ source, program, packages: here.packages, folder, modules }, signal);
  } catch (error) {
    if (error instanceof BuildError) say(`${title}: ${error.message}`);
    else if (error instanceof CommandLineError) say(`${title}: It cannot be started: ${error.message}.`);
    else throw error;
    return "failed";
  }
  say(`${title}: ready, ${here.version}`);
  return { stack: stack.folder, version: here.version, digest, folder, start: program.start };
}
