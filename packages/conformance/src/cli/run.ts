import { existsSync } from "node:fs";
import { join } from "node:path";

import { chosenTargets, loadConfig, type Config, type ConfiguredTarget } from "../config/config.js";
import { casesFor } from "../case/select.js";
import { escapeText } from "../report/escape.js";
import { mergeRuns } from "../report/merge-runs.js";
import {
  baselineOptions,
  openBaseline,
  type BaselineOptions,
  type OpenBaseline,
} from "./baseline-options.js";
import { command, readValues, type Command, type GivenTexts, type Settings } from "./command.js";
import { configOption } from "./config-option.js";
import { ExitCode, worst } from "./exit-code.js";
import { given as ifGiven } from "./given.js";
import { fanOut } from "./fan-out.js";
import type { Io } from "./io.js";
import type { Joined, Option, Values } from "./option.js";
import { isShown, outputOptions, reportChoices, type OutputOptions } from "./output-options.js";
import { openOutputs } from "./outputs.js";
import { playOptions, type PlayOptions } from "./play-options.js";
import { closeBaseline } from "./play-reported.js";
import { complainAbout } from "./report-run.js";
import { builtIn } from "./reporter-option.js";
import { rerunOptions, type RerunOptions } from "./rerun-options.js";
import { selection } from "./selection.js";
import { sharedSettings } from "./shared-settings.js";
import { storedRun } from "./stored-run.js";
import { testServers, type TestValues } from "./test.js";
import { testStartedClient, type TestClientValues } from "./test-client.js";
import { TEST_CLIENT_OPTIONS } from "./test-client-options.js";
import { TEST_OPTIONS } from "./test-options.js";
import { targetUrl } from "./target-url.js";
import { UsageError } from "./usage-error.js";

type RunCommandOptions = Joined<
  { readonly config: Option<string | undefined> } & PlayOptions &
    OutputOptions &
    BaselineOptions &
    RerunOptions
>;

export const RUN_OPTIONS: RunCommandOptions = {
  config: configOption,
  ...playOptions,
  ...outputOptions,
  ...baselineOptions,
  ...rerunOptions,
};

/** `wireproof run`: tests what a configuration names. */
export const runCommand: Command = command({
  name: "run",
  summary: "Tests the servers and clients of a configuration.",
  details:
    "The targets are tested one after the other, each into a folder of its own in the report folder; the reports in the report folder have all of them, side by side. The exit code is the worst of all. Options on the command line hold for every target and win over the file.",
  positionals: [
    {
      name: "target",
      description: "Name of a target. Default: every target of the file.",
      variadic: true,
      omittable: true,
    },
  ],
  options: RUN_OPTIONS,
  settings: sharedSettings(RUN_OPTIONS),
  examples: [
    { line: "run", description: "Every target of wireproof.config.json." },
    { line: "run server --cases 'section:7'", description: "One target, and one section." },
    { line: "run --config ci.config.mjs --quiet", description: "Another file, and nothing on the screen." },
  ],
  action: (values, names, io, given) => runTargets(values, names, io, given),
});

type RunValues = Values<RunCommandOptions>;

async function runTargets(
  values: RunValues,
  names: readonly string[],
  io: Io,
  given: GivenTexts,
): Promise<number> {
  const config = await loadConfig(values.config);
  if (config === undefined) {
    throw new UsageError(
      "run needs a configuration: wireproof.config.json or wireproof.config.mjs in this folder, or --config FILE",
    );
  }
  // All are read before the first one is tested, so that a mistake in the last one is known at once.
  const ready = chosenTargets(config, names).map((target) => {
    try {
      return readyTarget(target, config, values, given);
    } catch (error) {
      throw aboutTarget(config.file, target.name, error);
    }
  });
  const targets = ready.filter(({ hasCases }) => hasCases);
  if (targets.length === 0) throw new UsageError("none of the chosen cases is for any of the targets");
  for (const { name } of ready.filter(({ hasCases }) => !hasCases))
    io.complain(`${name} is not tested: none of the chosen cases is for it`);
  const baselines = new Baselines(targets);
  const codes = new Map<string, ExitCode>();
  for (const { name, test, ofBaseline } of targets) {
    if (io.signal.aborted) codes.set(name, ExitCode.unexpected);
    else {
      const testing = test(io, baselines.of(ofBaseline));
      const code = await testing.catch((error: unknown) => {
        throw aboutTarget(config.file, name, error);
      });
      codes.set(name, code);
    }
  }
  const code = await baselines.close(worst([...codes.values()]), io, isShown(values), values.updateBaseline);
  const ofReports = await reportAll(values, targets, io);
  if (isShown(values)) await io.print(summary(codes, values.out));
  return worst([code, ofReports]);
}

/** An error that does not say which target it is about says so. */
function aboutTarget(file: string, name: string, error: unknown): unknown {
  if (!(error instanceof UsageError) || error.message.includes(`${file}: `)) return error;
  return new UsageError(`${file}: targets.${name}: ${error.message}`);
}

/** What came of each target, in a line. */
function summary(codes: ReadonlyMap<string, ExitCode>, out: string): string {
  const width = Math.max(...[...codes.keys()].map((name) => name.length));
  const lines = [...codes].map(([name, code]) => `  ${name.padEnd(width)}  ${IN_WORDS[code]}`);
  return `${["", `Targets (${codes.size})`, ...lines, "", `Reports are in ${escapeText(out)}`].join("\n")}\n`;
}

const IN_WORDS: Readonly<Record<ExitCode, string>> = {
  0: "as expected",
  1: "unexpected results",
  2: "could not be tested or reported as asked for",
  3: "could not be reached",
  4: "a fault of the tester itself",
};

/** A target with its options, ready to be tested. */
interface ReadyTarget {
  readonly name: string;
  readonly runFile: string;
  /** Whether any of the chosen cases is for this kind of peer. */
  readonly hasCases: boolean;
  readonly ofBaseline: BaselineKey;
  readonly test: (io: Io, baseline: OpenBaseline) => Promise<ExitCode>;
}

type BaselineKey = Pick<RunValues, "baseline" | "updateBaseline">;

function readyTarget(
  target: ConfiguredTarget,
  config: Config,
  values: RunValues,
  given: GivenTexts,
): ReadyTarget {
  const { name } = target;
  const own = withName(target, config.shared);
  const out = own.has("out") && !given.has("out") ? undefined : join(values.out, name);
  const placed = <V extends TestValues | TestClientValues>(read: V): V => ({
    ...read,
    ...(out === undefined ? {} : { out }),
    reporter: own.has("reporter") && !given.has("reporter") ? read.reporter : ownReporters(values),
    json: false,
  });
  const about = (read: TestValues | TestClientValues): Omit<ReadyTarget, "test"> => ({
    name,
    runFile: join(read.out, "run.ndjson"),
    hasCases: casesFor(target.peer, selection(read)).length > 0,
    ofBaseline: read,
  });
  if (target.peer === "server") {
    const all = placed(readValues(TEST_OPTIONS, given, merged(TEST_OPTIONS, config.shared, own)));
    // The next target has its turn when this one is over.
    const read = { ...all, watch: false, ui: false };
    for (const url of target.urls) targetUrl(url);
    return {
      ...about(read),
      test: (io, baseline) => testServers(read, target.urls, io, baseline),
    };
  }
  const read = placed(
    readValues(TEST_CLIENT_OPTIONS, given, merged(TEST_CLIENT_OPTIONS, config.shared, own)),
  );
  return {
    ...about(read),
    test: (io, baseline) => testStartedClient(read, target.command, io, baseline),
  };
}

/** Reports name a peer as the configuration does, unless it says otherwise. */
function withName({ name, settings, ...target }: ConfiguredTarget, shared: Settings): Settings {
  const several = target.peer === "server" && target.urls.length > 1;
  if (several || settings.has("agent") || shared.has("agent")) return settings;
  return new Map([...settings, ["agent", { texts: [name], place: name }]]);
}

/** What is said about each target while it is tested; everything else is made of all of them. */
function ownReporters(values: RunValues): RunValues["reporter"] {
  return [builtIn("ndjson"), ...(isShown(values) ? [builtIn("terminal")] : [])];
}

function merged(options: object, shared: Settings, own: Settings): Settings {
  return new Map([...shared, ...own].filter(([name]) => Object.hasOwn(options, name)));
}

/** The reports of all targets together. */
async function reportAll(values: RunValues, targets: readonly ReadyTarget[], io: Io): Promise<ExitCode> {
  const choices = reportChoices(values).filter(
    ({ entry, path }) => entry.name !== "terminal" || path !== undefined,
  );
  const files = targets.map(({ runFile }) => runFile).filter((file) => existsSync(file));
  if (files.length === 0) return ExitCode.expected;
  const runs = [];
  for (const file of files) runs.push({ file, ...(await storedRun(file)) });
  const readers = await openOutputs(
    choices,
    { path: values.out, mayWrite: true },
    io,
    ifGiven("source", values.source),
  );
  return complainAbout(await fanOut(mergeRuns(runs), readers), io);
}

/** Targets may share a baseline: what is stale in it is known when all have been tested. */
class Baselines {
  readonly #open = new Map<string | undefined, OpenBaseline>();

  /** Throws a UsageError for a file that cannot be used. */
  constructor(targets: readonly ReadyTarget[]) {
    for (const { ofBaseline } of targets) this.of(ofBaseline);
  }

  of({ baseline: file, updateBaseline }: BaselineKey): OpenBaseline {
    const found = this.#open.get(file) ?? openBaseline({ baseline: file, updateBaseline });
    this.#open.set(file, found);
    return found;
  }

  async close(code: ExitCode, io: Io, shown: boolean, updates: boolean): Promise<ExitCode> {
    let all = code;
    for (const baseline of this.#open.values()) {
      all = await closeBaseline(baseline, all, io, shown, updates);
    }
    return all;
  }
}
