import { resolve, join } from "node:path";

import type { RunEvent } from "../run/event.js";
import { quote } from "../report/escape.js";
import type { ReportContext } from "../report/reporter.js";
import { catalogue } from "./catalogue.js";
import type { Reader } from "./fan-out.js";
import type { Io } from "./io.js";
import { openFolder, type ReportFolder } from "./report-folder.js";
import { loadReporter } from "./reporter-module.js";
import type { ReporterChoice } from "./reporter-option.js";
import { BrokenPipe, openFile, writeWhole, type Sink } from "./sink.js";
import { UsageError } from "./usage-error.js";
import { readsCommands, withoutCommands } from "./workflow-commands.js";

/** Width of lines in reports that do not go to a terminal. */
const FILE_COLUMNS = 100;

/**
 * Opens everything that the reporters will write to, so that no run begins whose results cannot be written. Throws a
 * UsageError or an OutputError.
 */
export async function openOutputs(
  choices: readonly ReporterChoice[],
  outDir: OutDir,
  io: Io,
  extras: ReportExtras = {},
): Promise<readonly Reader<RunEvent>[]> {
  const loaded: ReporterChoice[] = [];
  for (const { module, ...choice } of choices) {
    loaded.push(module === undefined ? choice : { ...choice, entry: await loadReporter(module) });
  }
  const targets = loaded.map((choice) => targetOf(choice, outDir));
  checkDistinct(targets);
  const readers: Reader<RunEvent>[] = [];
  for (const target of targets) readers.push(await openTarget(target, { outDir, io, extras }));
  return readers;
}

/** What some reports need besides the run. */
export type ReportExtras = Partial<Pick<ReportContext, "against" | "source">>;

/** The report folder. */
export interface OutDir {
  readonly path: string;
  /** False: reports only mention it, and a reporter that would write there is an error. */
  readonly mayWrite: boolean;
}

/** Where a report goes: a file, a folder, or a stream of the process. */
interface Target {
  readonly choice: ReporterChoice;
  readonly kind: "stdout" | "stderr" | "file" | "folder";
  readonly path: string;
}

function targetOf(choice: ReporterChoice, outDir: OutDir): Target {
  const { entry, path } = choice;
  const kind = entry.files ? "folder" : "file";
  if (path === "-") return { choice, kind: "stdout", path };
  if (path !== undefined) return { choice, kind, path };
  if (entry.toStderr === true) return { choice, kind: "stderr", path: "-" };
  if (!entry.files && entry.defaultPath === null) return { choice, kind: "stdout", path: "-" };
  if (!outDir.mayWrite) {
    const example = `--reporter ${entry.name}=${entry.files ? "FOLDER" : "FILE"}`;
    throw new UsageError(`the reporter ${entry.name} needs --out DIR or a path: ${example}`);
  }
  return {
    choice,
    kind,
    path: entry.defaultPath === null ? outDir.path : join(outDir.path, entry.defaultPath),
  };
}

/** Two reports in one file would destroy each other. Folders can be shared, and standard error. */
function checkDistinct(targets: readonly Target[]): void {
  const takenBy = new Map<string, string>();
  for (const { choice, kind, path } of targets) {
    if (kind === "folder" || kind === "stderr") continue;
    const place = kind === "stdout" ? "-" : resolve(path);
    const other = takenBy.get(place);
    if (other !== undefined) {
      const named = kind === "stdout" ? "standard output" : quote(path);
      throw new UsageError(`the reporters ${other} and ${choice.entry.name} would both write to ${named}`);
    }
    takenBy.set(place, choice.entry.name);
  }
}

interface Surroundings {
  readonly outDir: OutDir;
  readonly io: Io;
  readonly extras: ReportExtras;
}

async function openTarget(target: Target, { outDir, io, extras }: Surroundings): Promise<Reader<RunEvent>> {
  const { choice, kind, path } = target;
  const isTerminal = kind === "stdout" && io.isTty;
  const about: ReportContext = {
    outDir: kind === "folder" ? path : outDir.path,
    tty: isTerminal,
    color: kind === "stdout" && io.hasColor,
    columns: isTerminal ? io.columns : FILE_COLUMNS,
    command: "wireproof",
    catalogue: catalogue(),
    ...extras,
  };
  const folder = kind === "folder" ? await openFolder(path) : undefined;
  const stream =
    kind === "file" ? await openFile(path, choice.append) : kind === "stderr" ? io.stderr : io.stdout;
  const draft = kind === "file" ? (data: string | Uint8Array) => writeWhole(path, data) : undefined;
  const isRead = choice.entry.name === "terminal" && kind === "stdout" && readsCommands(io.env);
  return (events) =>
    report(choice, about, events, { stream: isRead ? unread(stream) : stream, folder, draft });
}

/** A stream of which no line is a command of a CI. */
function unread(stream: Sink): Sink {
  return {
    write: (data) => stream.write(typeof data === "string" ? withoutCommands(data) : data),
    end: () => stream.end(),
  };
}

interface Places {
  readonly stream: Sink;
  readonly folder: ReportFolder | undefined;
  /** Replaces the content of the file that the stream writes. Standard output has no such function. */
  readonly draft: ((data: string | Uint8Array) => Promise<void>) | undefined;
}

async function report(
  { entry }: ReporterChoice,
  about: ReportContext,
  events: AsyncIterable<RunEvent>,
  { stream, folder, draft }: Places,
): Promise<void> {
  let isDrafted = false;
  try {
    for await (const { path, data, draft: isDraft } of entry.reporter(events, about)) {
      if (isDraft === true) {
        await draft?.(data);
        isDrafted = true;
      } else if (path === undefined && isDrafted && draft !== undefined) await draft(data);
      else if (path === undefined) await stream.write(data);
      else await (folder ?? (await openFolder(about.outDir))).write(path, data);
    }
    await stream.end();
  } catch (error) {
    // The reader of this report has closed the pipe. The other reports go on.
    if (!(error instanceof BrokenPipe)) throw error;
  }
}
