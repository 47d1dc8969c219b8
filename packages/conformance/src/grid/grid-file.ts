import { readStored, writeStored } from "../matrix/stored-file.js";
import { gridResults, type GridResults } from "../matrix/results.js";
import { safeJson } from "../report/escape.js";

/** What is stored; undefined if there is no such file. Throws a ResultsError for a file that is no results of ours. */
export function readGrid(file: string): GridResults | undefined {
  return readStored(file, gridResults);
}

/** A line for each scenario, so that the difference between two commits shows what has changed. */
export function writeGrid(file: string, { pairs, ...rest }: GridResults): void {
  const lines = pairs.map(({ client, server, scenarios }) => {
    const each = scenarios.map((one) => `\n${safeJson(one)}`).join(",");
    return `\n{"client":${safeJson(client)},"server":${safeJson(server)},"scenarios":[${each}]}`;
  });
  writeStored(file, `${safeJson(rest).slice(0, -1)},"pairs":[${lines.join(",")}\n]}\n`);
}
