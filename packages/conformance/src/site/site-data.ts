/** Reads and checks what the site is made of: results, reviews, and what the manifests say of each stack. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";

import { readStacks, type Stack } from "../matrix/manifest.js";
import {
  gridResults,
  proxyResults,
  stackResults,
  stackReviews,
  type GridResults,
  type GridReview,
  type ProxyResults,
  type Review,
  type RoleResult,
  type StackResults,
  type StackReviews,
} from "../matrix/results.js";
import { readStored, ResultsError } from "../matrix/stored-file.js";
import type { AboutStack } from "./page-model.js";

export interface SiteData {
  readonly stacks: readonly StackData[];
  readonly grid?: GridResults;
  /** With the names of their files, such as `haproxy.http2`. */
  readonly proxies: readonly (ProxyResults & { readonly key: string })[];
  /** Files of results that were read, relative to the folder of the results. */
  readonly files: readonly string[];
}

export interface StackData {
  readonly about: AboutStack;
  /** The roles for which there is a program. */
  readonly programs: readonly Pick<RoleResult, "role" | "over">[];
  readonly results?: StackResults;
  readonly reviews: readonly Review[];
  readonly gridReviews: readonly GridReview[];
}

/** What may become part of a path or an address. */
const FOLDER = /^\w[\w.-]*$/;

/**
 * Everything of a folder such as `interop/results`, with the manifests of `interop/stacks`. Throws a ResultsError or a
 * ManifestError.
 */
export function readSiteData(results: string, stacks: string): SiteData {
  if (!existsSync(results)) throw new ResultsError(`there is no folder ${results}: matrix run makes it`);
  const files: string[] = [];
  const read = <T>(file: string, schema: z.ZodType<T>): T | undefined => {
    const one = readStored(join(results, file), schema);
    if (one !== undefined) files.push(file);
    return one;
  };
  const readAll = <T extends { readonly stack: string }>(
    folder: string,
    schema: z.ZodType<T>,
  ): ReadonlyMap<string, T> =>
    new Map(
      jsonFilesOf(results, folder).flatMap((name): [string, T][] => {
        const one = read(`${folder}/${name}`, schema);
        // It went away meanwhile.
        if (one === undefined) return [];
        const key = name.replace(/\.json$/, "");
        // A proxy has a file for each version of HTTP.
        if (![key, key.replace(/\.http2$/, "")].includes(one.stack) || !FOLDER.test(one.stack))
          throw new ResultsError(`${join(results, folder, name)} is about a stack of another name`);
        return [[key, one]];
      }),
    );
  const byStack = readAll("stacks", stackResults);
  const reviews = readAll("reviews", stackReviews);
  const proxies = [...readAll("proxies", proxyResults)].map(([key, one]) => ({ key, ...one }));
  const grid = read("grid.json", gridResults);
  const known = readStacks(stacks).filter(({ folder }) => FOLDER.test(folder));
  // Results of a stack that is no longer in the folder are left out: nothing says what it is.
  return {
    stacks: known.map((stack) => stackData(stack, byStack.get(stack.folder), reviews.get(stack.folder))),
    ...(grid === undefined ? {} : { grid }),
    proxies,
    files,
  };
}

function stackData(
  stack: Stack,
  results: StackResults | undefined,
  { reviews, grid = [] }: Pick<StackReviews, "reviews" | "grid"> = { reviews: [] },
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
    gridReviews: grid,
  };
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
