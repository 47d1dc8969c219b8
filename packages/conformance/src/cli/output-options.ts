import type { PageAgainst } from "../report/page/page-event.js";
import type { RunEvent } from "../run/event.js";
import type { Reader } from "./fan-out.js";
import { given } from "./given.js";
import type { Io } from "./io.js";
import { plainText, single, toggle, withDefault, type Option } from "./option.js";
import { openOutputs } from "./outputs.js";
import { builtIn, onGithub, reporterOption, runReporters, type ReporterChoice } from "./reporter-option.js";

/** The options of every command that plays cases: where the results go. */
export interface OutputOptions {
  readonly out: Option<string>;
  readonly reporter: Option<readonly ReporterChoice[]>;
  readonly quiet: Option<boolean>;
  readonly json: Option<boolean>;
  readonly source: Option<string | undefined>;
}

export interface OutputValues {
  readonly out: string;
  readonly reporter: readonly ReporterChoice[];
  readonly quiet: boolean;
  readonly json: boolean;
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
  quiet: toggle("Print no report; only what goes wrong with the run itself is said, on standard error."),
  json: toggle("Print the summary as JSON, and nothing else on standard output."),
  source: sourceOption,
};

/** Opens the run file and the reports of a run. Throws a UsageError or an OutputError. */
export function openRunOutputs(
  values: OutputValues,
  io: Io,
  against?: PageAgainst,
): Promise<readonly Reader<RunEvent>[]> {
  const choices = onGithub(reportChoices(values), io.env);
  const extras = { ...given("against", against), ...given("source", values.source) };
  return openOutputs(choices, { path: values.out, mayWrite: true, isOfRun: true }, io, extras);
}

/** Whether texts for readers go to standard output, as they do unless the user wants something else there. */
export function isShown(values: OutputValues): boolean {
  return reportChoices(values).some(({ entry, path }) => entry.name === "terminal" && (path ?? "-") === "-");
}

/** What is reported and where. With --quiet and --json, nothing for readers is printed. */
export function reportChoices({ reporter, quiet, json }: OutputValues): readonly ReporterChoice[] {
  const choices = runReporters(reporter);
  if (!quiet && !json) return choices;
  const others = choices.filter(({ entry, path }) => entry.name !== "terminal" || (path ?? "-") !== "-");
  if (!json) return others;
  return [...others.filter(({ entry, path }) => entry.name !== "json" || path !== "-"), builtIn("json", "-")];
}
