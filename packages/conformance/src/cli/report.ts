import { dirname, join } from "node:path";

import { mergeRuns, type MergedRun } from "../report/merge-runs.js";
import { againstOption, earlierRun } from "./against.js";
import { command, type Command } from "./command.js";
import { fanOut } from "./fan-out.js";
import type { Io } from "./io.js";
import { checkNotOverwritten } from "./not-overwritten.js";
import { plainText, single } from "./option.js";
import { given } from "./given.js";
import { sourceOption } from "./output-options.js";
import { openOutputs, type OutDir } from "./outputs.js";
import { complainAbout } from "./report-run.js";
import { builtIn, reporterOption, type ReporterChoice } from "./reporter-option.js";
import { storedRun } from "./stored-run.js";

/** `wireproof report`: makes reports of stored runs. */
export const reportCommand: Command = command({
  name: "report",
  summary: "Makes reports of stored runs: the report page or any other report.",
  details:
    "Several run files become one report, with their peers side by side. No case is played or judged again. The exit code only says whether the reports could be made.",
  positionals: [
    { name: "file", description: "A run file, such as wireproof-report/run.ndjson.", variadic: true },
  ],
  options: {
    out: {
      ...single("DIR", "Folder for reports that are files.", plainText),
      fallback: "the folder of the first run file",
    },
    reporter: reporterOption("html"),
    source: sourceOption,
    against: againstOption,
  },
  examples: [
    {
      line: "report wireproof-report/run.ndjson",
      description: "The page, report.html, beside the run file.",
    },
    {
      line: "report ws.ndjson undici.ndjson --reporter html=compared.html",
      description: "Two peers, side by side.",
    },
    {
      line: "report run.ndjson --against yesterday.ndjson",
      description: "With the changes since the earlier run.",
    },
  ],
  action: report,
});

interface ReportValues {
  readonly out: string | undefined;
  readonly reporter: readonly ReporterChoice[];
  readonly source: string | undefined;
  readonly against: string | undefined;
}

async function report(values: ReportValues, files: readonly string[], io: Io): Promise<number> {
  const runs: MergedRun[] = [];
  for (const file of files) runs.push({ file, ...(await storedRun(file)) });
  const against = await earlierRun(values.against);
  const outDir: OutDir = { path: values.out ?? dirname(files[0] ?? "."), mayWrite: true };
  const choices = values.reporter.length > 0 ? values.reporter : [builtIn("html")];
  for (const file of files) checkNotOverwritten(file, choices, outDir);
  const extras = { ...given("against", against), ...given("source", values.source) };
  const readers = await openOutputs(choices, outDir, io, extras);
  const code = complainAbout(await fanOut(mergeRuns(runs), readers), io);
  if (values.reporter.length === 0) await io.print(`${join(outDir.path, "report.html")}\n`);
  return code;
}
