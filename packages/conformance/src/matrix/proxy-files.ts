import { join } from "node:path";

import { safeJson } from "../report/escape.js";
import type { ProxyKey } from "./proxy-job.js";
import { proxyResults, type ProxyResults } from "./results.js";
import { readStored, writeStored } from "./stored-file.js";

function fileOf(results: string, name: string): string {
  return join(results, "proxies", `${name}.json`);
}

/**
 * Whether what is stored is what the proxy would be tested for. One that failed is tried again. Throws a ResultsError for a
 * file that is no results of ours.
 */
export function isUnchanged(results: string, name: string, key: ProxyKey): boolean {
  const stored = readStored(fileOf(results, name), proxyResults);
  if (stored === undefined || stored.status === "failed") return false;
  return (Object.keys(key) as (keyof ProxyKey)[]).every((part) => stored[part] === key[part]);
}

/** A line for each difference and each probe, so that the difference between two commits shows what has changed. */
export function storeProxy(
  results: string,
  name: string,
  { differences, probes, ...rest }: ProxyResults,
): void {
  const lines = (list: readonly unknown[]): string =>
    list.length === 0 ? "[]" : `[\n${list.map((one) => safeJson(one)).join(",\n")}\n]`;
  const text = `${safeJson(rest).slice(0, -1)},\n"differences":${lines(differences)},\n"probes":${lines(probes)}}\n`;
  writeStored(fileOf(results, name), text);
}
