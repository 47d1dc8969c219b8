import { existsSync } from "node:fs";

import { baselineSchema, baselineText, EMPTY_BASELINE, type Baseline } from "../baseline/baseline-file.js";
import { KnownFaults } from "../baseline/known-faults.js";
import { parseSettings } from "../config/parse-settings.js";
import { readSmallFile, SETTINGS_OCTETS } from "../read-file.js";
import { reasonOf } from "../reason-of.js";
import { quote } from "../report/escape.js";
import { count } from "../report/words.js";
import { ExitCode } from "./exit-code.js";
import type { Io } from "./io.js";
import { baselineLines } from "./baseline-text.js";
import { plainText, single, toggle, type Option } from "./option.js";
import { writeWhole } from "./sink.js";
import { UsageError } from "./usage-error.js";

/** The options of every command that plays cases by itself: what is known to be wrong. */
export interface BaselineOptions {
  readonly baseline: Option<string | undefined>;
  readonly "update-baseline": Option<boolean>;
}

export interface BaselineValues {
  readonly baseline: string | undefined;
  readonly updateBaseline: boolean;
}

export const baselineOptions: BaselineOptions = {
  baseline: single(
    "FILE",
    "JSON file of findings and cases that are known to be wrong, each with a reason: they are reported as known and are not unexpected. An entry that is no longer found is.",
    plainText,
  ),
  "update-baseline": toggle(
    "With --baseline: write what is new into the file, without reasons, and take out what is no longer found. You write the reasons; until then the file is refused.",
  ),
};

/** A baseline while runs are compared with it. */
export interface OpenBaseline {
  readonly faults: KnownFaults;
  /** Says what the runs say of it, and writes it with `--update-baseline`. Returns its part of the exit code. */
  readonly close: (io: Io, isShown: boolean) => Promise<ExitCode>;
}

/** Opens the baseline of the options, or an empty one. Throws a UsageError if the file cannot be used. */
export function openBaseline(
  { baseline: file, updateBaseline }: BaselineValues,
  today: string = new Date().toISOString().slice(0, 10),
): OpenBaseline {
  if (file === undefined && updateBaseline) throw new UsageError("--update-baseline needs --baseline FILE");
  const baseline = file === undefined ? EMPTY_BASELINE : readBaseline(file, updateBaseline);
  const faults = new KnownFaults(baseline, today);
  return {
    faults,
    close: (io, isShown) => close({ file, baseline, faults, isShown, updates: updateBaseline }, io),
  };
}

/** `mayLackReasons`: the file is about to be written again. Throws a UsageError. */
function readBaseline(file: string, mayLackReasons: boolean): Baseline {
  if (mayLackReasons && !existsSync(file)) return EMPTY_BASELINE;
  const baseline = parseSettings(textOf(file), file, baselineSchema);
  if (!mayLackReasons) checkReasons(baseline, file);
  return baseline;
}

function textOf(file: string): string {
  try {
    return readSmallFile(file, SETTINGS_OCTETS).toString("utf8");
  } catch (error) {
    throw new UsageError(`--baseline: cannot read ${quote(file)}: ${reasonOf(error)}`);
  }
}

function checkReasons({ findings, cases, flaky }: Baseline, file: string): void {
  const empty = [
    ...findings.map(({ reason, finding }, at) => ({ reason, place: `findings[${at}]`, what: finding })),
    ...cases.map(({ reason, case: id }, at) => ({ reason, place: `cases[${at}]`, what: id })),
    ...flaky.map(({ reason, case: id }, at) => ({ reason, place: `flaky[${at}]`, what: id })),
  ].filter(({ reason }) => reason.trim() === "");
  const [first] = empty;
  if (first === undefined) return;
  const others = empty.length === 1 ? "" : `; ${empty.length - 1} more have no reason either`;
  throw new UsageError(
    `${file}: ${first.place}.reason is empty: say why ${quote(first.what)} is accepted${others}`,
  );
}

interface Closing {
  readonly file: string | undefined;
  readonly baseline: Baseline;
  readonly faults: KnownFaults;
  readonly isShown: boolean;
  readonly updates: boolean;
}

async function close({ file, baseline, faults, isShown, updates }: Closing, io: Io): Promise<ExitCode> {
  const result = faults.result();
  const lines = baselineLines(result, file, updates);
  if (isShown && lines.length > 0) await io.print(`${lines.join("\n")}\n`);
  if (file === undefined) return ExitCode.expected;
  const isExpired = result.expired.length > 0;
  if (isExpired)
    io.complain(`${file}: ${count(result.expired.length, "entry").replace("entrys", "entries")} expired`);
  if (!updates) {
    if (result.stale.length > 0) io.complain(`${file}: ${staleText(result.stale.length)}`);
    return isExpired || result.stale.length > 0 ? ExitCode.unexpected : ExitCode.expected;
  }
  const stale = new Set<unknown>(result.stale);
  await writeWhole(
    file,
    baselineText({
      findings: [...baseline.findings.filter((one) => !stale.has(one)), ...result.news.findings],
      cases: [...baseline.cases.filter((one) => !stale.has(one)), ...result.news.cases],
      flaky: [...baseline.flaky, ...result.news.flaky],
    }),
  );
  const { findings, cases, flaky } = result.news;
  const added = findings.length + cases.length + flaky.length;
  const removed = result.stale.length === 0 ? "" : `, ${result.stale.length} removed`;
  const needs = added === 0 ? "" : "; write a reason into each new one";
  io.complain(`${file}: ${added} added${removed}${needs}`);
  return isExpired ? ExitCode.unexpected : ExitCode.expected;
}

function staleText(number: number): string {
  return number === 1
    ? "1 entry is stale: it is no longer found; remove it"
    : `${number} entries are stale: they are no longer found; remove them`;
}
