import type { PageAgainst } from "../report/page/page-event.js";
import type { RunEvent } from "../run/event.js";
import type { Reader } from "./fan-out.js";
import { given } from "./given.js";
import type { Io } from "./io.js";
import { plainText, single, withDefault, type Option } from "./option.js";
import { openOutputs } from "./outputs.js";
import { onGithub, reporterOption, runReporters, type ReporterChoice } from "./reporter-option.js";

/** The options of every command that plays cases: where the results go. */
export interface OutputOptions {
  readonly out: Option<string>;
  readonly reporter: Option<readonly ReporterChoice[]>;
  readonly source: Option<string | undefined>;
}

export interface OutputValues {
  readonly out: string;
  readonly reporter: readonly ReporterChoice[];
  readonly source: string | undefined;
}

export const sourceOption: Option<string | undefined> = single(
  "FILE",
  "A file of your project, such as src/server.ts: the reporters sarif and github show at it what was found.",
  plainText,
);

export const outputOptions: OutputOptions = {
  out: withDefault(single("DIR", "Folder for the reports and the run file.", plainText), "wireproof-report"),
  reporter: reporterOption("terminal, json and html"),
  source: sourceOption,
};

/** Opens the run file and the reports of a run. Throws a UsageError or an OutputError. */
export function openRunOutputs(
  { out, reporter, source }: OutputValues,
  io: Io,
  against?: PageAgainst,
): Promise<readonly Reader<RunEvent>[]> {
  const choices = onGithub(runReporters(reporter), io.env);
  const extras = { ...given("against", against), ...given("source", source) };
  return openOutputs(choices, { path: out, mayWrite: true, isOfRun: true }, io, extras);
}
