import type { KnownFaults } from "../baseline/known-faults.js";
import type { Case } from "../case/case.js";
import type { PageAgainst } from "../report/page/page-event.js";
import { count } from "../report/words.js";
import type { RunEvent } from "../run/event.js";
import { retried } from "../run/retried.js";
import { openBaseline, type BaselineValues, type OpenBaseline } from "./baseline-options.js";
import { ExitCode, ExitCodeWatch, isWrong, worst } from "./exit-code.js";
import type { Reader } from "./fan-out.js";
import type { Io } from "./io.js";
import { occupyFolder } from "./occupied-folder.js";
import { isShown, openRunOutputs, type OutputValues } from "./output-options.js";
import { reportRun } from "./report-run.js";
import { casesAgain, checkRerun, type RerunValues } from "./rerun-options.js";

/** What a command plays and reports. */
export interface Playable {
  readonly values: OutputValues & RerunValues & BaselineValues;
  readonly cases: readonly Case[];
  /** Prepares a play of some of the cases; it is called again for retries. Aborting the signal ends the play. */
  readonly play: (cases: readonly Case[], signal: AbortSignal) => Promise<AsyncIterable<RunEvent>>;
  readonly against?: PageAgainst | undefined;
  /** Wraps the readers of the events, or adds some. */
  readonly readers?: (readers: readonly Reader<RunEvent>[]) => readonly Reader<RunEvent>[];
}

/**
 * Plays cases, reports them, and compares them with the baseline; returns the exit code. `shared`: the baseline of several
 * runs, which the caller closes.
 */
export async function playReported(playable: Playable, io: Io, shared?: OpenBaseline): Promise<ExitCode> {
  const { values, against, readers = (all) => all } = playable;
  checkRerun(values);
  const baseline = shared ?? openBaseline(values);
  // Read it first: this run replaces the file.
  const cases = await casesAgain(playable.cases, values);
  if (cases.length === 0) {
    io.complain("nothing went wrong in the last run, so there is nothing to play");
    return ExitCode.expected;
  }
  // First of all: opening the reports would empty the files of another run that is still in progress.
  const release = await occupyFolder(values.out);
  try {
    const stop = new AbortController();
    const signal = AbortSignal.any([io.signal, stop.signal]);
    const play = (some: readonly Case[]): Promise<AsyncIterable<RunEvent>> => playable.play(some, signal);
    const first = await play(cases);
    const outputs = await openRunOutputs(values, io, against);
    const events =
      values.retries === 0
        ? first
        : retried(first, {
            retries: values.retries,
            isWrong,
            again: (ids) => play(cases.filter(({ id }) => ids.includes(id))),
          });
    const bail = new Bail(values.bail, baseline.faults, () => stop.abort());
    const code = await reportRun(
      compared(events, baseline.faults, bail),
      readers(outputs),
      io,
      new ExitCodeWatch(undefined, baseline.faults),
    );
    bail.complain(io);
    if (shared !== undefined) return code;
    return closeBaseline(baseline, code, io, isShown(values), values.updateBaseline);
  } finally {
    release();
  }
}

/** The exit code of runs with what their baseline adds. What was written into it is expected from then on. */
export async function closeBaseline(
  baseline: OpenBaseline,
  code: ExitCode,
  io: Io,
  shown: boolean,
  updates: boolean,
): Promise<ExitCode> {
  const ofBaseline = await baseline.close(io, shown);
  return worst([
    updates && code === ExitCode.unexpected && !io.signal.aborted ? ExitCode.expected : code,
    ofBaseline,
  ]);
}

async function* compared(
  events: AsyncIterable<RunEvent>,
  faults: KnownFaults,
  bail: Bail,
): AsyncGenerator<RunEvent, void> {
  for await (const event of events) {
    faults.see(event);
    bail.see(event);
    yield faults.annotated(event);
  }
}

/** Stops a run after so many unexpected results. */
class Bail {
  readonly #most: number | undefined;
  readonly #faults: KnownFaults;
  readonly #stop: () => void;
  #unexpected = 0;

  constructor(most: number | undefined, faults: KnownFaults, stop: () => void) {
    this.#most = most;
    this.#faults = faults;
    this.#stop = stop;
  }

  see(event: RunEvent): void {
    if (this.#most === undefined || event.type !== "case-end" || !isWrong(event)) return;
    if (this.#faults.isKnownCase(event.peer, event.case)) return;
    this.#unexpected++;
    if (this.#unexpected === this.#most) this.#stop();
  }

  complain(io: Io): void {
    if (this.#most === undefined || this.#unexpected < this.#most) return;
    io.complain(`stopped after ${count(this.#most, "unexpected result")}, as --bail says`);
  }
}
