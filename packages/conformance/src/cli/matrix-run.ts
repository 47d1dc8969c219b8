import { createHash } from "node:crypto";

import type { Case } from "../case/case.js";
import { casesFor } from "../case/select.js";
import { installStacks } from "../matrix/install.js";
import type { Job } from "../matrix/job.js";
import { runMatrix, type MatrixTotals } from "../matrix/matrix-run.js";
import { Packages } from "../matrix/packages.js";
import { SUITE_VERSION } from "../version.js";
import { command, type Command } from "./command.js";
import { ExitCode } from "./exit-code.js";
import {
  chosenJobs,
  chosenStacks,
  limitOption,
  modulesOf,
  namesPositional,
  progress,
  stackOptions,
  withResults,
} from "./matrix-options.js";
import { numberBetween, plainText, single, toggle, withDefault } from "./option.js";
import { profileOption } from "./play-options.js";
import { selection, selectionOptions, type SelectionValues } from "./selection.js";
import { UsageError } from "./usage-error.js";

/** `wireproof matrix run`: tests stacks, and stores what came of it. */
export const matrixRunCommand: Command = command({
  name: "matrix run",
  summary: "Tests WebSocket stacks, each in all its roles, and stores the results.",
  details:
    "A stack is a folder with a manifest, stack.json, and a program that echoes. What is not installed is not available, which is no error. Each program is built in a folder of its own, started, and tested in a process of its own. Crashes, hangs and too much memory are results of the stack. What was tested before is not tested again while these are the same: versions of its packages, its program, the chosen cases and the version of the suite. After an interruption, the same command goes on where it stopped. The limits on memory and processes need Linux. Exit code 1 means that a stack could not be built or started, or that the run was interrupted; failed cases are results, not errors of the run.",
  positionals: [namesPositional],
  options: {
    ...stackOptions,
    results: withDefault(
      single("DIR", "Folder of the results: a file for each stack, in stacks/.", plainText),
      "interop/results",
    ),
    runs: withDefault(
      single("DIR", "Folder for the run files, and for what is built, in builds/.", plainText),
      "wireproof-matrix",
    ),
    jobs: withDefault(
      single("N", "Roles that are tested at the same time, from 1 to 64.", numberBetween(1, 64, "integer")),
      2,
    ),
    limit: limitOption("the test of one role may take"),
    memory: withDefault(
      single(
        "MIB",
        "Memory that all processes of a stack may have together, from 16 to 1048576 MiB.",
        numberBetween(16, 1_048_576, "integer"),
      ),
      2048,
    ),
    processes: withDefault(
      single(
        "N",
        "Processes that a stack may have at the same time, from 1 to 10000.",
        numberBetween(1, 10_000, "integer"),
      ),
      128,
    ),
    again: toggle("Test also what is unchanged."),
    install: toggle(
      "Install what is missing first: packages of npm with npm ci, and as root on Debian its packages with apt-get, none of which is started as a service.",
    ),
    ...selectionOptions,
    profile: { ...profileOption, fallback: "modern" },
  },
  examples: [
    { line: "matrix run", description: "Every stack of interop/stacks that is available and has changed." },
    {
      line: "matrix run ws gorilla --cases '5.*' --results /tmp/results",
      description: "A part of two stacks.",
    },
  ],
  action: async (values, names, io) => {
    const stacks = chosenStacks(values.stacks, names);
    const jobs = chosenJobs(stacks, values);
    if (jobs.length === 0) throw new UsageError("no stack has what was chosen");
    const say = progress(io);
    if (values.install) await installStacks({ stacks, folder: values.stacks, say, signal: io.signal });
    const { profile = "modern" } = values;
    const asked = { ...values, profile };
    const totals = await withResults(values, () =>
      runMatrix({
        jobs,
        packages: new Packages(modulesOf(values.stacks)),
        modules: modulesOf(values.stacks),
        stacks: values.stacks,
        results: values.results,
        runs: values.runs,
        atATime: values.jobs,
        limits: { seconds: values.limit, mebibytes: values.memory, processes: values.processes },
        again: values.again,
        suite: SUITE_VERSION,
        profile,
        setOf: setDigests(asked),
        selection: selectionArguments(asked),
        say,
        signal: io.signal,
      }),
    );
    await io.print(`${totalsText(totals)}\n`);
    return exitCodeOf(totals);
  },
});

/** What is asked for of each job: SHA-256 of its cases; null where there are none. Throws a UsageError for no case at all. */
function setDigests(values: SelectionValues): (job: Job) => string | null {
  const chosen = selection(values);
  const known = new Map<string, string | null>();
  return ({ role, over }) => {
    const key = `${role} ${over}`;
    const found =
      known.get(key) ?? caseDigest(casesFor(role, chosen, { pings: false, http2: over === "http2" }));
    known.set(key, found);
    return found;
  };
}

/** SHA-256 of cases; null where there are none. */
export function caseDigest(cases: readonly Case[]): string | null {
  if (cases.length === 0) return null;
  // The payloads of some cases are octets.
  const text = JSON.stringify(cases, (_, value: unknown) =>
    ArrayBuffer.isView(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")
      : value,
  );
  return createHash("sha256").update(text).digest("hex");
}

/** The options that choose the same cases in another process. */
export function selectionArguments({ cases, exclude, set, profile }: SelectionValues): readonly string[] {
  return [
    ...cases.flatMap((one) => ["--cases", one]),
    ...exclude.flatMap((one) => (one === "" ? [] : ["--exclude", one])),
    ...(set === undefined ? [] : ["--set", set]),
    ...(profile === undefined ? [] : ["--profile", profile]),
  ];
}

function totalsText(totals: MatrixTotals): string {
  return [...totals].map(([end, count]) => `${count} ${end}`).join(", ");
}

function exitCodeOf(totals: MatrixTotals): ExitCode {
  return totals.has("failed") || totals.has("interrupted") ? ExitCode.unexpected : ExitCode.expected;
}
