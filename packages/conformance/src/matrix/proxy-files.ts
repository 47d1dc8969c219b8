import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { safeJson } from "../report/escape.js";
import type { ProxyKey } from "./proxy-job.js";
import { proxyResults, type ProxyResults } from "./results.js";

function fileOf(results: string, name: string): string {
  return join(results, "proxies", `${name}.json`);
}

/** Whether what is stored is what the proxy would be tested for. One that failed is tried again. */
export function isUnchanged(results: string, name: string, key: ProxyKey): boolean {
  const file = fileOf(results, name);
  if (!existsSync(file)) return false;
  const read = proxyResults.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!read.success || read.data.status === "failed") return false;
  const { data } = read;
  return (Object.keys(key) as (keyof ProxyKey)[]).every((part) => data[part] === key[part]);
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
  mkdirSync(join(results, "proxies"), { recursive: true });
  // Renamed when it is complete: a run that is killed leaves no half of a file.
  const file = fileOf(results, name);
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}
