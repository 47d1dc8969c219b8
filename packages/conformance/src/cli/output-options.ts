import type { PageAgainst } from "../report/page/page-event.js";
import type { RunEvent } from "../run/event.js";
import type { Reader } from "./fan-out.js";
import type { Io } from "./io.js";
import { plainText, single, withDefault, type Option } from "./option.js";
import { openOutputs } from "./outputs.js";
import { reporterOption, runReporters, type ReporterChoice } from "./reporter-option.js";

/** The options of every command that plays cases: where the results go. */
export interface OutputOptions {
  readonly out: Option<string>;
  readonly reporter: Option<readonly ReporterChoice[]>;
}

export interface OutputValues {
  readonly out: string;
  readonly reporter: readonly ReporterChoice[];
}

export const outputOptions: OutputOptions = {
  out: withDefault(single("DIR", "Folder for the reports and the run file.", plainText), "wireproof-report"),
  reporter: reporterOption("terminal, json and autobahn"),
};

/** Opens the run file and the reports of a run. Throws a UsageError or an OutputError. */
export function openRunOutputs(
  { out, reporter }: OutputValues,
  io: Io,
  against?: PageAgainst,
): Promise<readonly Reader<RunEvent>[]> {
  return openOutputs(runReporters(reporter), { path: out, mayWrite: true }, io, against);
}
