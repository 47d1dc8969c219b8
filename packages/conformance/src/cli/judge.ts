import { dirname } from "node:path";

import { CASES } from "../cases/index.js";
import { judgeRun } from "../run/rejudge.js";
import type { Profile } from "../record/record.js";
import type { RunEvent } from "../run/event.js";
import { command, type Command } from "./command.js";
import type { Io } from "./io.js";
import { checkNotOverwritten } from "./not-overwritten.js";
import { plainText, single } from "./option.js";
import { given } from "./given.js";
import { sourceOption } from "./output-options.js";
import { openOutputs, type OutDir } from "./outputs.js";
import { reportRun } from "./report-run.js";
import { builtIn, reporterOption, runReporters, type ReporterChoice } from "./reporter-option.js";
import { profileOption } from "./play-options.js";
import { storedRun } from "./stored-run.js";

/** `wireproof judge`: judges a stored run again. */
export const judgeCommand: Command = command({
  name: "judge",
  summary: "Judges a stored run again and reports it.",
  details:
    "No case is played. A case that the other profile plays differently cannot be judged and counts as not run.",
  positionals: [{ name: "file", description: "A run file, such as wireproof-report/run.ndjson." }],
  options: {
    profile: { ...profileOption, fallback: "the profile of the run" },
    out: single(
      "DIR",
      "Folder for reports that are files. The run file with the new verdicts is written there, too.",
      plainText,
    ),
    reporter: reporterOption("terminal; with --out also json and html"),
    source: sourceOption,
  },
  examples: [
    {
      line: "judge wireproof-report/run.ndjson --profile autobahn",
      description: "The verdicts of the other profile.",
    },
    {
      line: "judge run.ndjson --reporter autobahn=reports/servers",
      description: "A report that was not made during the run.",
    },
  ],
  action: async (values, [file = ""], io) => judge(file, values, io),
});

interface JudgeValues {
  readonly profile: Profile | undefined;
  readonly out: string | undefined;
  readonly reporter: readonly ReporterChoice[];
  readonly source: string | undefined;
}

async function judge(file: string, values: JudgeValues, io: Io): Promise<number> {
  const { first, events } = await storedRun(file);
  const outDir: OutDir = { path: values.out ?? dirname(file), mayWrite: values.out !== undefined };
  const choices = reporters(values);
  checkNotOverwritten(file, choices, outDir);
  const readers = await openOutputs(choices, outDir, io, given("source", values.source));
  const judged: AsyncIterable<RunEvent> = judgeRun(events, values.profile ?? first.profile, CASES);
  return reportRun(judged, readers, io);
}

function reporters({ reporter, out }: JudgeValues): readonly ReporterChoice[] {
  if (out === undefined) return reporter.length > 0 ? reporter : [builtIn("terminal")];
  return runReporters(reporter);
}
