import { createReadStream } from "node:fs";
import { isNestedTooDeep, MAX_NESTING } from "../nesting.js";
import { FileProblem, openRegular } from "../read-file.js";
import { reasonOf } from "../reason-of.js";
import { escapeText } from "./escape.js";
import type { RunEvent } from "../run/event.js";
import { runEventSchema } from "./run-event-schema.js";

/** No event of a run is longer: the first one, with every case in it, has about a megabyte. */
const MAX_LINE_OCTETS = 16 * 1024 * 1024;

/**
 * A file that cannot be read as a run file; `message` is one sentence for the user.
 *
 * @example
 * ```ts
 * import { readRunFile, RunFileError } from "wireproof";
 *
 * try {
 *   await readRunFile("no-such-file.ndjson").next();
 *   console.assert(false, "unreachable");
 * } catch (error) {
 *   console.assert(error instanceof RunFileError && error.line === null);
 * }
 * ```
 */
export class RunFileError extends Error {
  /** The file, as it was given. */
  readonly path: string;
  /** The damaged line, counted from 1; null if the file as a whole is meant. */
  readonly line: number | null;

  /**
   * @param path - The file.
   * @param line - The damaged line, counted from 1; null if the file as a whole is meant.
   * @param problem - What is wrong, in words that follow the name of the file.
   */
  constructor(path: string, line: number | null, problem: string) {
    super(line === null ? `${escapeText(path)} ${problem}` : `${escapeText(path)}, line ${line}: ${problem}`);
    this.name = "RunFileError";
    this.path = path;
    this.line = line;
  }
}

/**
 * The events of a stored run, one at a time. An incomplete last line, which a killed run leaves behind, ends
 * them silently.
 *
 * @param path - The run file.
 * @returns The events.
 * @throws {@link RunFileError} where the file cannot be read, is no run file, is damaged, or has a line of more than
 * 16 MiB.
 *
 * @example
 * ```ts
 * import { mkdtemp, rm, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { cases, readRunFile, run } from "wireproof";
 *
 * const folder = await mkdtemp(join(tmpdir(), "runs-"));
 * const lines: string[] = [];
 * for await (const event of run({ urls: [], cases })) lines.push(JSON.stringify(event));
 * await writeFile(join(folder, "run.ndjson"), lines.join("\n"));
 *
 * const types: string[] = [];
 * for await (const event of readRunFile(join(folder, "run.ndjson"))) types.push(event.type);
 * console.assert(types.join() === "run,run-end");
 * await rm(folder, { recursive: true });
 * ```
 */
export async function* readRunFile(path: string): AsyncGenerator<RunEvent> {
  let first = true;
  for await (const line of linesOf(path)) {
    const event = parseEvent(path, line);
    if (event === null) break;
    if (first && event.type !== "run") throw notARunFile(path);
    first = false;
    yield event;
  }
  if (first) throw notARunFile(path);
}

interface Line {
  readonly number: number;
  readonly octets: Buffer;
  /** Nothing ended it: the file stops here. */
  readonly unfinished: boolean;
}

/** The event of a line; null for an unfinished one that holds none. */
function parseEvent(path: string, line: Line): RunEvent | null {
  if (isNestedTooDeep(line.octets)) {
    const problem = `this line is nested more than ${MAX_NESTING} deep; no event of a run is.`;
    throw new RunFileError(path, line.number, problem);
  }
  const value = parseJson(line.octets);
  const event = value === undefined ? undefined : runEventSchema.safeParse(value);
  if (event?.success === true) return event.data;
  if (line.unfinished) return null;
  if (line.number === 1) throw notARunFile(path);
  if (event === undefined)
    throw new RunFileError(path, line.number, "this is not JSON; the file is damaged.");
  const at = event.error.issues[0]?.path.map(String).join(".") ?? "";
  const where = at === "" ? "" : ` (at ${escapeText(at)})`;
  throw new RunFileError(path, line.number, `this is not an event of a run${where}; the file is damaged.`);
}

function parseJson(octets: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(octets));
  } catch {
    return undefined;
  }
}

function notARunFile(path: string): RunFileError {
  return new RunFileError(path, null, "is not a run file: its first line is not the start of a run.");
}

/** Lines of the file, those with nothing but blanks left out. */
async function* linesOf(path: string): AsyncGenerator<Line> {
  let number = 0;
  let pending: Buffer[] = [];
  let pendingOctets = 0;
  for await (const chunk of chunksOf(path)) {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      number++;
      if (pendingOctets + end - start > MAX_LINE_OCTETS) throw tooLong(path, number);
      const octets = Buffer.concat([...pending, chunk.subarray(start, end)]);
      pending = [];
      pendingOctets = 0;
      start = end + 1;
      if (!isBlank(octets)) yield { number, octets, unfinished: false };
    }
    pending.push(chunk.subarray(start));
    pendingOctets += chunk.length - start;
    if (pendingOctets > MAX_LINE_OCTETS) throw tooLong(path, number + 1);
  }
  const rest = Buffer.concat(pending);
  if (!isBlank(rest)) yield { number: number + 1, octets: rest, unfinished: true };
}

function tooLong(path: string, line: number): RunFileError {
  const limit = MAX_LINE_OCTETS / (1024 * 1024);
  return new RunFileError(path, line, `this line is longer than ${limit} MiB; no event of a run is.`);
}

function isBlank(octets: Buffer): boolean {
  return octets.every((octet) => octet === 0x20 || octet === 0x09 || octet === 0x0d);
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    const { fd } = openRegular(path);
    for await (const chunk of createReadStream(path, { fd })) yield chunk as Buffer;
  } catch (error) {
    throw new RunFileError(path, null, `cannot be read: ${escapeText(whyUnreadable(error))}.`);
  }
}

function whyUnreadable(error: unknown): string {
  const system = error instanceof FileProblem ? error.cause : error;
  const { code } = (system ?? {}) as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  return error instanceof FileProblem ? error.message : reasonOf(error);
}
