import { join } from "node:path";

import type { Case } from "../case/case.js";
import { RunFileError } from "../report/read-run-file.js";
import { isWrong } from "./exit-code.js";
import { numberBetween, single, toggle, withDefault, type Option } from "./option.js";
import { storedRun } from "./stored-run.js";
import { UsageError } from "./usage-error.js";

/** The options of every command that plays cases by itself: which ones again, and when to stop. */
export interface RerunOptions {
  readonly retries: Option<number>;
  readonly bail: Option<number | undefined>;
  readonly "last-failed": Option<boolean>;
}

export interface RerunValues {
  readonly retries: number;
  readonly bail: number | undefined;
  readonly lastFailed: boolean;
  readonly out: string;
}

export const rerunOptions: RerunOptions = {
  retries: withDefault(
    single(
      "N",
      "Play cases that went wrong again, up to N times, when all others are over. The last result counts; a case that does not go wrong every time is reported as flaky.",
      numberBetween(0, 100, "integer"),
    ),
    0,
  ),
  bail: {
    ...single(
      "[N]",
      "Stop after N unexpected results, by default after the first. The cases that are left count as not run.",
      numberBetween(1, 1_000_000, "integer"),
    ),
    bare: "1",
  },
  "last-failed": toggle(
    "Only the cases that went wrong, or were not run, in the run whose run file is in the report folder.",
  ),
};

/** Throws a UsageError for options that exclude each other. */
export function checkRerun({ retries, bail }: RerunValues): void {
  if (retries > 0 && bail !== undefined)
    throw new UsageError(
      "--bail and --retries exclude each other: with retries, results are known at the end",
    );
}

/**
 * Those of the cases that `--last-failed` leaves; all without that option. Throws a UsageError if there is no earlier run,
 * a RunFileError if its file is damaged.
 */
export async function casesAgain(
  cases: readonly Case[],
  { lastFailed, out }: RerunValues,
): Promise<readonly Case[]> {
  if (!lastFailed) return cases;
  const ids = await failedIn(join(out, "run.ndjson"));
  return cases.filter(({ id }) => ids.has(id));
}

/** Ids of the cases that went wrong with some peer, or have no result of some peer, or show a fault that no case counts. */
async function failedIn(file: string): Promise<ReadonlySet<string>> {
  const selected = new Set<string>();
  const results = new Map<string, Map<string, boolean>>();
  const shown = new Set<string>();
  const { events } = await storedRun(file).catch((error: unknown) => {
    if (!(error instanceof RunFileError)) throw error;
    throw new UsageError(`--last-failed needs the run file of an earlier run: ${error.message}`);
  });
  for await (const event of events) {
    if (event.type === "run") for (const { id } of event.cases) selected.add(id);
    else if (event.type === "peer-up" || event.type === "peer-down") {
      if (!results.has(event.peer)) results.set(event.peer, new Map());
    } else if (event.type === "case-end") results.get(event.peer)?.set(event.case, isWrong(event));
    else if (event.type === "findings") {
      for (const { outcome, counted, first } of event.findings)
        if (outcome === "fail" && !counted) shown.add(first);
    }
  }
  const peers = [...results.values()];
  const isOpen = (id: string): boolean => peers.length === 0 || peers.some((peer) => peer.get(id) !== false);
  return new Set([...[...selected].filter(isOpen), ...shown]);
}
