/** Reads and checks what the site is made of: results, reviews, and what the manifests say of each stack. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";

import { readStacks, type Stack } from "../matrix/manifest.js";
import {
  gridResults,
  proxyResults,
  stackResults,
  stackReviews,
  type GridResults,
  type ProxyResults,
  type Review,
  type RoleResult,
  type StackResults,
} from "../matrix/results.js";
import { isNestedTooDeep } from "../nesting.js";
import { FileProblem, readSmallFile } from "../read-file.js";
import type { AboutStack } from "./page-model.js";

export interface SiteData {
  readonly stacks: readonly StackData[];
  readonly grid?: GridResults;
  readonly proxies: readonly ProxyResults[];
  /** Files of results that were read, relative to the folder of the results. */
  readonly files: readonly string[];
}

export interface StackData {
  readonly about: AboutStack;
  /** The roles for which there is a program. */
  readonly programs: readonly Pick<RoleResult, "role" | "over">[];
  readonly results?: StackResults;
  readonly reviews: readonly Review[];
}

/** Something that the site is made of cannot be used. The message is a sentence without a full stop. */
export class SiteDataError extends Error {
  override readonly name = "SiteDataError";
}

/** The results of one stack, with the evidence of hundreds of findings, stay far below this. */
const FILE_OCTETS = 32 * 1024 * 1024;
/** What may become part of a path or an address. */
const FOLDER = /^\w[\w.-]*$/;

/**
 * Everything of a folder such as `interop/results`, with the manifests of `interop/stacks`. Throws a SiteDataError or a
 * ManifestError.
 */
export function readSiteData(results: string, stacks: string): SiteData {
  const files: string[] = [];
  const read = <T>(file: string, schema: z.ZodType<T>): T => {
    files.push(file);
    return readResult(results, file, schema);
  };
  const readAll = <T extends { readonly stack: string }>(
    folder: string,
    schema: z.ZodType<T>,
  ): ReadonlyMap<string, T> =>
    new Map(
      jsonFilesOf(results, folder).map((name) => {
        const one = read(`${folder}/${name}`, schema);
        if (`${one.stack}.json` !== name || !FOLDER.test(one.stack))
          throw new SiteDataError(`${join(results, folder, name)} is about a stack of another name`);
        return [one.stack, one];
      }),
    );
  const byStack = readAll("stacks", stackResults);
  const reviews = readAll("reviews", stackReviews);
  const proxies = [...readAll("proxies", proxyResults).values()];
  const grid = isFile(join(results, "grid.json")) ? read("grid.json", gridResults) : undefined;
  const known = readStacks(stacks).filter(({ folder }) => FOLDER.test(folder));
  // Results of a stack that is no longer in the folder are left out: nothing says what it is.
  return {
    stacks: known.map((stack) =>
      stackData(stack, byStack.get(stack.folder), reviews.get(stack.folder)?.reviews),
    ),
    ...(grid === undefined ? {} : { grid }),
    proxies,
    files,
  };
}

function stackData(
  stack: Stack,
  results: StackResults | undefined,
  reviews: readonly Review[] = [],
): StackData {
  const programs = (["http1", "http2"] as const).flatMap((over) => {
    const roles = over === "http1" ? stack : stack.http2;
    return (["server", "client"] as const)
      .filter((role) => roles?.[role] !== undefined)
      .map((role) => ({ role, over }));
  });
  const { folder, name, language, homepage, licence, settings, limits } = stack;
  const packages = stack.packages.map((one) => `${one.name} ${one.version} (${one.from})`);
  return {
    about: { folder, name, language, homepage, licence, packages, settings, limits },
    programs,
    ...(results === undefined ? {} : { results }),
    reviews,
  };
}

function readResult<T>(results: string, name: string, schema: z.ZodType<T>): T {
  const file = join(results, name);
  const read = schema.safeParse(jsonOf(file));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue?.path.map(String).join(".") ?? "";
  throw new SiteDataError(`${file}: ${where === "" ? "" : `${where}: `}${issue?.message ?? "is not valid"}`);
}

function jsonOf(file: string): unknown {
  try {
    const octets = readSmallFile(file, FILE_OCTETS);
    if (isNestedTooDeep(octets)) throw new SiteDataError(`${file} is nested too deep`);
    return JSON.parse(octets.toString("utf8"));
  } catch (error) {
    if (error instanceof SiteDataError) throw error;
    const why = error instanceof FileProblem ? error.message : "it is not JSON";
    throw new SiteDataError(`${file} cannot be read: ${why}`);
  }
}

function jsonFilesOf(results: string, folder: string): readonly string[] {
  try {
    return readdirSync(join(results, folder))
      .filter((name) => name.endsWith(".json"))
      .toSorted();
  } catch {
    return [];
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
