import { dirname, join, resolve } from "node:path";

import { jobsOf, type Job } from "../matrix/job.js";
import { ManifestError, readStacks, type Stack } from "../matrix/manifest.js";
import { ResultsError } from "../matrix/stored-file.js";
import { ROLES, VERSIONS_OF_HTTP, type HttpVersion, type Role } from "../matrix/results.js";
import { escapeText, quote } from "../report/escape.js";
import type { Positional } from "./description.js";
import type { Io } from "./io.js";
import { didYouMean } from "./nearest.js";
import { occupyFolder } from "./occupied-folder.js";
import { numberBetween, oneOf, plainText, single, toggle, withDefault, type Option } from "./option.js";
import { openFolder } from "./report-folder.js";
import { UsageError } from "./usage-error.js";

/** The options of the commands about stacks: where they are, and which of their roles. */
export interface StackOptions {
  readonly stacks: Option<string>;
  readonly role: Option<Role | undefined>;
  readonly http1: Option<boolean>;
  readonly http2: Option<boolean>;
}

export interface StackValues {
  readonly stacks: string;
  readonly role: Role | undefined;
  readonly http1: boolean;
  readonly http2: boolean;
}

export const stacksOption: Option<string> = withDefault(
  single("DIR", "Folder of the stacks, one folder each with its stack.json.", plainText),
  "interop/stacks",
);

export const stackOptions: StackOptions = {
  stacks: stacksOption,
  role: { ...single("ROLE", "Only this role.", oneOf(ROLES)), fallback: "both" },
  http1: toggle("Only over HTTP/1.1."),
  http2: toggle("Only over TLS and HTTP/2 (RFC 8441)."),
};

/** How long something may take; `what` follows "How long". */
export function limitOption(what: string): Option<number> {
  const seconds = single(
    "SECONDS",
    `How long ${what}, from 1 to 86400. What a busy machine loses is added, at most as much again.`,
    numberBetween(1, 86_400, "integer"),
  );
  return withDefault(seconds, 900);
}

export const namesPositional: Positional = {
  name: "names",
  description: "Folders of stacks; all of them if no name is given.",
  variadic: true,
  omittable: true,
};

/** The stacks that are named, or all. Throws a UsageError for a manifest that cannot be used and for an unknown name. */
export function chosenStacks(folder: string, names: readonly string[]): readonly Stack[] {
  const stacks = stacksIn(folder);
  const known = stacks.map((one) => one.folder);
  for (const name of names) {
    if (!known.includes(name))
      throw new UsageError(`there is no stack ${quote(name)}${didYouMean(name, known)}`);
  }
  return stacks.filter((one) => names.length === 0 || names.includes(one.folder));
}

/** The jobs that the options choose. */
export function chosenJobs(stacks: readonly Stack[], { role, ...values }: StackValues): readonly Job[] {
  return jobsOf(stacks, { roles: role === undefined ? ROLES : [role], over: versionsOf(values) });
}

/** The versions of HTTP that the options choose: both if neither is named. */
export function versionsOf({ http1, http2 }: Pick<StackValues, "http1" | "http2">): readonly HttpVersion[] {
  return http1 === http2 ? VERSIONS_OF_HTTP : [http1 ? "http1" : "http2"];
}

/** The folder node_modules of what `npm ci --prefix interop` has installed, for the stacks of `interop/stacks`. */
export function modulesOf(stacks: string): string {
  return join(dirname(resolve(stacks)), "node_modules");
}

/** Prints lines of progress. A reader of them that goes away (`| head`) does not end the run. */
export function progress(io: Io): (line: string) => void {
  return (line) => void io.print(`${line}\n`).catch(() => undefined);
}

/**
 * Does something that reads and writes stored results, alone in the folder of run files. Throws a UsageError for a file of
 * results that cannot be used and if another process writes run files there, an OutputError for a folder that cannot be written.
 */
export async function withResults<T>(
  { results, runs }: { readonly results: string; readonly runs: string },
  work: () => Promise<T>,
): Promise<T> {
  await openFolder(results);
  const release = await occupyFolder(runs, "--runs");
  try {
    return await work();
  } catch (error) {
    if (error instanceof ResultsError) throw new UsageError(escapeText(error.message));
    throw error;
  } finally {
    release();
  }
}

function stacksIn(folder: string): readonly Stack[] {
  try {
    return readStacks(folder);
  } catch (error) {
    if (error instanceof ManifestError) throw new UsageError(error.message);
    throw error;
  }
}
