import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { didYouMean } from "../cli/nearest.js";
import { UsageError } from "../cli/usage-error.js";
import { readSmallFile, SETTINGS_OCTETS } from "../read-file.js";
import { reasonOf } from "../reason-of.js";
import { quote } from "../report/escape.js";
import { checkSettings, parseJson } from "./parse-settings.js";
import { clientSchema, isTargetName, outerSchema, serverSchema, SETTINGS } from "./setting-keys.js";

/** The names under which a configuration is looked for. */
export const CONFIG_FILES: readonly string[] = ["wireproof.config.json", "wireproof.config.mjs"];

/** A configuration that was read. */
export interface Config {
  readonly file: string;
  /** Settings for every command and every target. */
  readonly shared: Settings;
  /** In the order of the file. */
  readonly targets: readonly ConfiguredTarget[];
}

/** Values of options, by their name on the command line. */
export type Settings = ReadonlyMap<string, Setting>;

export interface Setting {
  /** As if they were typed; none for a switch that is off. */
  readonly texts: readonly string[];
  /** Where they stand, for messages. */
  readonly place: string;
}

/** A peer that `wireproof run` tests. */
export type ConfiguredTarget =
  | {
      readonly peer: "server";
      readonly name: string;
      readonly urls: readonly string[];
      readonly settings: Settings;
    }
  | {
      readonly peer: "client";
      readonly name: string;
      readonly command: readonly string[];
      readonly settings: Settings;
    };

/**
 * The configuration in this file, or in the one of this folder that has the usual name; undefined if no file was named and
 * there is none. Throws a UsageError with the path of what is wrong.
 */
export async function loadConfig(
  named: string | undefined,
  folder: string = process.cwd(),
): Promise<Config | undefined> {
  const file = named ?? usualFile(folder);
  if (file === undefined) return undefined;
  const path = resolve(folder, file);
  return readConfig(await valueIn(path, file), file);
}

/** Checks the value of a configuration. Throws a UsageError. */
export function readConfig(value: unknown, file: string): Config {
  const outer = checkSettings(value, file, outerSchema);
  const targets = (outer["targets"] ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  return {
    file,
    shared: settingsOf(outer, SETTINGS.shared, `${file}:`),
    targets: Object.entries(targets).map(([name, target]) => readTarget(name, target, file)),
  };
}

/** The targets of these names, all if there is none. Throws a UsageError for a name that no target has. */
export function chosenTargets(
  { file, targets }: Config,
  names: readonly string[],
): readonly ConfiguredTarget[] {
  if (targets.length === 0) throw new UsageError(`${file} has no targets`);
  const known = targets.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, known) || `; there are ${known.join(", ")}`;
    throw new UsageError(`${file} has no target ${quote(unknown)}${hint}`);
  }
  return names.length === 0 ? targets : targets.filter(({ name }) => names.includes(name));
}

function usualFile(folder: string): string | undefined {
  const found = CONFIG_FILES.filter((name) => existsSync(join(folder, name)));
  if (found.length > 1) throw new UsageError(`there are ${found.join(" and ")}; name one with --config FILE`);
  return found[0];
}

async function valueIn(path: string, file: string): Promise<unknown> {
  if (!/\.m?js$/.test(path)) return parseJson(textOf(path, file), file);
  if (!existsSync(path)) throw new UsageError(`cannot read ${quote(file)}: there is no such file`);
  const module = await import(pathToFileURL(path).href).catch((error: unknown): never => {
    throw new UsageError(`${file}: ${quote(error instanceof Error ? error.message : String(error))}`);
  });
  const { default: value } = module as { readonly default?: unknown };
  if (value === undefined) throw new UsageError(`${file}: it has no default export`);
  return value;
}

function textOf(path: string, file: string): string {
  try {
    return readSmallFile(path, SETTINGS_OCTETS).toString("utf8");
  } catch (error) {
    throw new UsageError(`cannot read ${quote(file)}: ${reasonOf(error)}`);
  }
}

function readTarget(name: string, target: Readonly<Record<string, unknown>>, file: string): ConfiguredTarget {
  if (!isTargetName(name)) {
    throw new UsageError(
      `${file}: targets: ${quote(name)} is no name: letters, digits, dots, hyphens and underscores, the first a letter or a digit`,
    );
  }
  const isServer = "url" in target;
  if (isServer === "command" in target) {
    const what = isServer ? "has both url and command" : "needs url, for a server, or command, for a client";
    throw new UsageError(`${file}: targets.${name} ${what}`);
  }
  const value = checkSettings(target, file, isServer ? serverSchema : clientSchema, ["targets", name]);
  const settings = settingsOf(value, SETTINGS[isServer ? "server" : "client"], `${file}: targets.${name}.`);
  const words = listOf(value[isServer ? "url" : "command"]);
  return isServer
    ? { peer: "server", name, urls: words, settings }
    : { peer: "client", name, command: words, settings };
}

function settingsOf(
  value: Readonly<Record<string, unknown>>,
  keys: ReadonlyMap<string, string>,
  place: string,
): Settings {
  const found = [...keys].flatMap(([key, option]): readonly (readonly [string, Setting])[] => {
    const given = value[key];
    if (given === undefined) return [];
    const texts = typeof given === "boolean" ? (given ? [""] : []) : listOf(given);
    return [[option, { texts, place: `${place}${place.endsWith(".") ? "" : " "}${key}` }]];
  });
  return new Map(found);
}

function listOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? (value as readonly unknown[]) : [value]).map(String);
}
