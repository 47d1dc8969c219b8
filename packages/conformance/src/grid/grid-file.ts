import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { ResultsError } from "../matrix/result-files.js";
import { gridResults, type GridResults } from "../matrix/results.js";
import { FileProblem, readSmallFile } from "../read-file.js";
import { safeJson } from "../report/escape.js";

/** A thousand pairs that all fail in all scenarios have 20 MiB. */
const FILE_OCTETS = 64 * 1024 * 1024;

/** What is stored; undefined if there is no such file. Throws a ResultsError for a file that is no results of ours. */
export function readGrid(file: string): GridResults | undefined {
  try {
    const read = gridResults.safeParse(JSON.parse(readSmallFile(file, FILE_OCTETS).toString("utf8")));
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    throw new ResultsError(`${file} cannot be used: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
  } catch (error) {
    if (error instanceof FileProblem) {
      if ((error.cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return undefined;
      throw new ResultsError(`${file} cannot be read: ${error.message}`, { cause: error });
    }
    if (error instanceof SyntaxError) throw new ResultsError(`${file} cannot be used: it is not JSON`);
    throw error;
  }
}

/** A line for each scenario, so that the difference between two commits shows what has changed. */
export function writeGrid(file: string, { pairs, ...rest }: GridResults): void {
  const lines = pairs.map(({ client, server, scenarios }) => {
    const each = scenarios.map((one) => `\n${safeJson(one)}`).join(",");
    return `\n{"client":${safeJson(client)},"server":${safeJson(server)},"scenarios":[${each}]}`;
  });
  mkdirSync(dirname(file), { recursive: true });
  // Renamed when it is complete: a run that is killed leaves no half of a file.
  writeFileSync(`${file}.tmp`, `${safeJson(rest).slice(0, -1)},"pairs":[${lines.join(",")}\n]}\n`);
  renameSync(`${file}.tmp`, file);
}
