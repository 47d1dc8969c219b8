import { basename, dirname, join, resolve } from "node:path";

import type { RunEvent } from "../run/event.js";
import { quote } from "../report/escape.js";
import type { ReportContext } from "../report/reporter.js";
import { catalogue } from "./catalogue.js";
import type { Reader } from "./fan-out.js";
import { given } from "./given.js";
import type { Io } from "./io.js";
import { openFolder, type ReportFolder } from "./report-folder.js";
import { loadReporter } from "./reporter-module.js";
import type { ReporterChoice } from "./reporter-option.js";
import { BrokenPipe, openFile, writeWhole, type Sink } from "./sink.js";
import { UsageError } from "./usage-error.js";
import { readsCommands, withoutCommands } from "./workflow-commands.js";
import { WrittenFiles } from "./written-files.js";

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
  const written = outDir.isOfRun === true ? new WrittenFiles(outDir.path) : undefined;
  const names = targets.flatMap((target) => nameIn(outDir, target) ?? []);
  written?.removeEarlier(new Set(names));
  for (const name of names) written?.add(name);
  const page = targets.find(({ choice, kind }) => choice.entry.name === "html" && kind === "file")?.path;
  const surroundings = { outDir, io, extras: { ...extras, ...given("page", page) }, written };
  const readers: Reader<RunEvent>[] = [];
  for (const target of targets) readers.push(await openTarget(target, surroundings));
  return readers;
}

/** What some reports need besides the run. */
export type ReportExtras = Partial<Pick<ReportContext, "against" | "source" | "page">>;

/** The report folder. */
export interface OutDir {
  readonly path: string;
  /** False: reports only mention it, and a reporter that would write there is an error. */
  readonly mayWrite: boolean;
  /** It belongs to a run: what earlier runs have written there and this one does not write is removed first. */
  readonly isOfRun?: boolean;
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

/** The name of a file in the report folder; undefined for what goes elsewhere. */
function nameIn({ path: folder }: OutDir, { kind, path }: Target): string | undefined {
  return kind === "file" && resolve(dirname(path)) === resolve(folder) ? basename(path) : undefined;
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
  readonly written: WrittenFiles | undefined;
}

async function openTarget(target: Target, surroundings: Surroundings): Promise<Reader<RunEvent>> {
  const { outDir, io, extras, written } = surroundings;
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
  const isReportFolder = kind === "folder" && resolve(path) === resolve(outDir.path);
  const noted = isReportFolder ? written : undefined;
  return async (events) => {
    await report(choice, about, events, { stream: isRead ? unread(stream) : stream, folder, draft, noted });
    written?.save();
  };
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
  /** Where the names of files in the folder are noted. */
  readonly noted: WrittenFiles | undefined;
}

async function report(
  { entry }: ReporterChoice,
  about: ReportContext,
  events: AsyncIterable<RunEvent>,
  { stream, folder, draft, noted }: Places,
): Promise<void> {
  let isDrafted = false;
  try {
    for await (const { path, data, draft: isDraft } of entry.reporter(events, about)) {
      if (isDraft === true) {
        await draft?.(data);
        isDrafted = true;
      } else if (path === undefined && isDrafted && draft !== undefined) await draft(data);
      else if (path === undefined) await stream.write(data);
      else {
        noted?.add(path);
        await (folder ?? (await openFolder(about.outDir))).write(path, data);
      }
    }
    await stream.end();
  } catch (error) {
    // The reader of this report has closed the pipe. The other reports go on.
    if (!(error instanceof BrokenPipe)) throw error;
  }
}
