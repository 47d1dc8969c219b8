import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { reasonOf } from "../reason-of.js";
import { quote } from "../report/escape.js";
import type { ReportChunk, ReportContext, Reporter } from "../report/reporter.js";
import type { ReporterEntry } from "../report/reporters.js";
import type { RunEvent } from "../run/event.js";
import { OutputError } from "./sink.js";
import { UsageError } from "./usage-error.js";

/** A reporter of somebody else, which has not been loaded yet. */
export interface ReporterModule {
  /** As the user wrote it: a path, or the name of a package. */
  readonly name: string;
  /** Address of the file. */
  readonly href: string;
}

const PACKAGE_NAME = /^(?:@[\w.~-]+\/)?[\w~-][\w.~-]*$/;

/**
 * The module of this name: a path, seen from the folder, or a package that is installed there. Undefined for a name that
 * no package has. Throws a UsageError for a path without a file.
 */
export function findReporterModule(name: string, folder: string): ReporterModule | undefined {
  if (isPath(name)) {
    const path = resolve(folder, name);
    if (!existsSync(path)) throw new UsageError(`there is no reporter at ${quote(name)}`);
    return { name, href: pathToFileURL(path).href };
  }
  const path = PACKAGE_NAME.test(name) ? packageEntry(name, folder) : undefined;
  return path === undefined ? undefined : { name, href: pathToFileURL(path).href };
}

function isPath(name: string): boolean {
  return /^\.{1,2}[/\\]/.test(name) || isAbsolute(name) || /\.(?:mjs|cjs|js|ts|mts)$/.test(name);
}

/** Where a package begins, for `require` or, where it has no entry for that, for `import`. */
function packageEntry(name: string, folder: string): string | undefined {
  try {
    const path = createRequire(join(folder, "any.js")).resolve(name);
    return isAbsolute(path) ? path : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") return undefined;
  }
  for (let at = resolve(folder); ; at = dirname(at)) {
    const root = join(at, "node_modules", name);
    if (existsSync(join(root, "package.json"))) return importEntry(root);
    if (dirname(at) === at) return undefined;
  }
}

function importEntry(root: string): string | undefined {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports?: unknown };
  const main = typeof exports === "object" && exports !== null && "." in exports ? exports["."] : exports;
  const target = targetOf(main);
  return target === undefined ? undefined : join(root, target);
}

function targetOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [condition, inner] of Object.entries(value)) {
    if (condition !== "node" && condition !== "import" && condition !== "default") continue;
    const target = targetOf(inner);
    if (target !== undefined) return target;
  }
  return undefined;
}

/** Loads a reporter. Throws a UsageError that says why it cannot be used. */
export async function loadReporter({ name, href }: ReporterModule): Promise<ReporterEntry> {
  let loaded: { readonly default?: unknown; readonly files?: unknown; readonly defaultPath?: unknown };
  try {
    loaded = (await import(href)) as typeof loaded;
  } catch (error) {
    throw new UsageError(`the reporter ${quote(name)} cannot be loaded: ${sentence(error)}`);
  }
  const { default: reporter, files, defaultPath } = loaded;
  if (typeof reporter !== "function") {
    throw new UsageError(`the reporter ${quote(name)} has no function as its default export`);
  }
  return {
    name,
    description: "A reporter of somebody else.",
    reporter: (events, about) => guarded(name, reporter as Reporter, events, about),
    files: files === true,
    defaultPath: typeof defaultPath === "string" ? defaultPath : null,
  };
}

/** Whatever a reporter of somebody else does, it becomes one sentence, and the other reports are finished. */
async function* guarded(
  name: string,
  reporter: Reporter,
  events: AsyncIterable<RunEvent>,
  about: ReportContext,
): AsyncGenerator<ReportChunk> {
  try {
    for await (const chunk of reporter(events, about)) {
      if (!isChunk(chunk)) throw new TypeError("it yielded something else than { data } or { path, data }");
      yield chunk;
    }
  } catch (error) {
    throw new OutputError(`the reporter ${quote(name)} failed: ${sentence(error)}`);
  }
}

function isChunk(chunk: unknown): chunk is ReportChunk {
  if (typeof chunk !== "object" || chunk === null) return false;
  const { data, path } = chunk as { readonly data?: unknown; readonly path?: unknown };
  const isData = typeof data === "string" || data instanceof Uint8Array;
  return isData && (path === undefined || typeof path === "string");
}

/** The first line of a message: that of a syntax error shows code. */
function sentence(error: unknown): string {
  return quote(reasonOf(error).split("\n", 1)[0] ?? "").slice(1, -1);
}
