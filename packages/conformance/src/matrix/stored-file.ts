import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { z } from "zod";

import { isNestedTooDeep } from "../nesting.js";
import { FileProblem, readSmallFile } from "../read-file.js";

/** A file of stored results cannot be used. The message is a sentence without a full stop. */
export class ResultsError extends Error {
  override readonly name = "ResultsError";
}

/** The most octets of one file: a grid of a thousand pairs that all fail in all scenarios has 20 MiB. */
const FILE_OCTETS = 64 * 1024 * 1024;

/** What a file has; undefined if there is no such file. Throws a ResultsError for a file that is not of this kind. */
export function readStored<T>(file: string, schema: z.ZodType<T>): T | undefined {
  const octets = octetsOf(file);
  if (octets === undefined) return undefined;
  if (isNestedTooDeep(octets)) throw new ResultsError(`${file} cannot be used: it is nested too deep`);
  const read = schema.safeParse(parsed(file, octets));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue?.path.map(String).join(".") ?? "";
  throw new ResultsError(
    `${file} cannot be used: ${where === "" ? "" : `${where}: `}${issue?.message ?? "it is not valid"}`,
  );
}

/** Writes a file, and its folder. It is renamed when it is complete: a run that is killed leaves no half of a file. */
export function writeStored(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}

function octetsOf(file: string): Buffer | undefined {
  try {
    return readSmallFile(file, FILE_OCTETS);
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    if ((error.cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return undefined;
    throw new ResultsError(`${file} cannot be read: ${error.message}`, { cause: error });
  }
}

function parsed(file: string, octets: Buffer): unknown {
  try {
    return JSON.parse(octets.toString("utf8"));
  } catch (error) {
    throw new ResultsError(`${file} cannot be used: it is not JSON`, { cause: error });
  }
}
