import { execFile } from "node:child_process";
import { join } from "node:path";

import { CommandLineError, parseCommandLine } from "../child/command-line.js";
import { readSmallFile, SETTINGS_OCTETS } from "../read-file.js";
import type { Manifest, StackPackage } from "./manifest.js";

/** What of a stack is here. */
export type Availability =
  | {
      readonly available: true;
      /** Version of the implementation. */
      readonly version: string;
      /** Everything that is installed for it, `name version`. */
      readonly packages: readonly string[];
      /** What is here in another version than the manifest says, such as `a is 1.1 instead of 1.0`. */
      readonly others: readonly string[];
    }
  | { readonly available: false; readonly because: string; readonly missing: readonly StackPackage[] };

/** A command that prints its version may take this long. */
const ASK_MS = 30_000;
const PRINTED_OCTETS = 1024 * 1024;
/** The list of all packages of Debian that are installed. */
const LIST_OCTETS = 64 * 1024 * 1024;

/** Which packages are installed here, and in which version. Each is asked for once. */
export class Packages {
  readonly #modules: string;
  readonly #versions = new Map<string, Promise<string | null>>();
  #debian: Promise<ReadonlyMap<string, string>> | undefined;

  /** `modules`: the folder node_modules in which packages of npm are. */
  constructor(modules: string) {
    this.#modules = modules;
  }

  /** Whether everything is here that a stack names. */
  async availability({ packages, versionOf }: Manifest): Promise<Availability> {
    const found = await Promise.all(
      packages.map(async (one) => ({ one, version: await this.#version(one) })),
    );
    const missing = found.filter(({ version }) => version === null).map(({ one }) => one);
    const [first] = missing;
    if (first !== undefined) {
      const because = `${first.from === "system" ? "" : `${first.from} `}${first.name} is not installed`;
      return { available: false, because, missing };
    }
    return {
      available: true,
      version: found.find(({ one }) => one.name === versionOf)?.version ?? "",
      packages: found.map(({ one, version }) => `${one.name} ${version}`),
      others: found
        .filter(({ one, version }) => one.version !== version)
        .map(({ one, version }) => `${one.name} is ${version} instead of ${one.version}`),
    };
  }

  /** Null where the package is not here. */
  #version(one: StackPackage): Promise<string | null> {
    const key = JSON.stringify([one.from, one.name, one.from === "system" ? one.ask : ""]);
    const known = this.#versions.get(key);
    if (known !== undefined) return known;
    const version = this.#find(one);
    this.#versions.set(key, version);
    return version;
  }

  async #find(one: StackPackage): Promise<string | null> {
    if (one.from === "npm") return npmVersion(join(this.#modules, one.name));
    if (one.from === "system") return printedVersion(one.ask);
    this.#debian ??= debianVersions();
    return (await this.#debian).get(one.name) ?? null;
  }
}

function npmVersion(folder: string): string | null {
  try {
    const { version } = JSON.parse(
      readSmallFile(join(folder, "package.json"), SETTINGS_OCTETS).toString(),
    ) as {
      readonly version?: unknown;
    };
    return typeof version === "string" ? version : null;
  } catch {
    return null;
  }
}

/** The first thing that looks like a version in what a command prints. */
async function printedVersion(command: string): Promise<string | null> {
  try {
    const { program, args, env } = parseCommandLine(command);
    const printed = await printedBy(program, args, PRINTED_OCTETS, env);
    return /\d+(?:\.\d+)+[\w.+~-]*/.exec(printed ?? "")?.[0] ?? null;
  } catch (error) {
    if (error instanceof CommandLineError) return null;
    throw error;
  }
}

async function debianVersions(): Promise<ReadonlyMap<string, string>> {
  const format = "${Package} ${db:Status-Status} ${Version}\n";
  const printed = await printedBy("dpkg-query", ["-W", `-f=${format}`], LIST_OCTETS);
  const lines = (printed ?? "").split("\n").map((line) => line.split(" "));
  return new Map(
    lines
      .filter(([, status]) => status === "installed")
      .map(([name = "", , version = ""]) => [name, version] as const),
  );
}

/** What a program prints; null if there is none of this name, or if it fails. */
function printedBy(
  program: string,
  args: readonly string[],
  maxBuffer: number,
  env: Readonly<Record<string, string>> = {},
): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { timeout: ASK_MS, maxBuffer, env: { ...process.env, ...env } };
    execFile(program, args, options, (error, stdout, stderr) =>
      resolve(error === null ? `${stdout}\n${stderr}` : null),
    );
  });
}
