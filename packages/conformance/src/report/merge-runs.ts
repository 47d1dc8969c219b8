import { compareIds } from "../case/case-id.js";
import type { Closing, Outcome } from "../judge/verdict.js";
import type { CaseInfo, PeerUp, RunEnd, RunEvent, RunOrigin, RunStart } from "../run/event.js";

/** A stored run that becomes a part of another. */
export interface MergedRun {
  /** The run file, as the user wrote it. */
  readonly file: string;
  readonly first: RunStart;
  /** All of its events, the first included. */
  readonly events: AsyncIterable<RunEvent>;
}

/**
 * Several stored runs as one: their peers side by side, each with the run that it comes from, under the cases of all
 * of them. A single run stays as it is. It ends with the last of them; if one was cut short, the whole has no end.
 */
export async function* mergeRuns(runs: readonly MergedRun[]): AsyncGenerator<RunEvent, void> {
  const [only] = runs;
  if (only !== undefined && runs.length === 1) return yield* only.events;
  yield joinedStart(runs.map(({ first }) => first));
  const names = new Set<string>();
  const ends: RunEnd[] = [];
  for (const [index, run] of runs.entries()) {
    for await (const event of run.events) {
      if (event.type === "run-end") ends.push(event);
      else if (event.type !== "run") yield renamed(event, index, run, names);
    }
  }
  if (ends.length === runs.length) yield joinedEnd(ends);
}

function joinedStart(starts: readonly RunStart[]): RunStart {
  const [first] = starts;
  if (first === undefined) throw new RangeError("there is no run to merge");
  const cases = new Map<string, CaseInfo>();
  for (const info of starts.flatMap((start) => start.cases))
    if (!cases.has(info.id)) cases.set(info.id, info);
  const sets = new Set(starts.map(({ set }) => set));
  return {
    ...first,
    startedAt: starts.map(({ startedAt }) => startedAt).toSorted()[0] ?? first.startedAt,
    set: [...sets].join(", "),
    config: { ...first.config, urls: [...new Set(starts.flatMap(({ config }) => config.urls))] },
    cases: [...cases.values()].toSorted((a, b) => compareIds(a.id, b.id)),
  };
}

/** Keys of peers are unique in a run only. */
function renamed(event: RunEvent, index: number, run: MergedRun, names: Set<string>): RunEvent {
  if (!("peer" in event) || event.peer === undefined) return event;
  const peer = `${index + 1}:${event.peer}`;
  if (event.type !== "peer-up") return { ...event, peer };
  const up: PeerUp = { ...event, peer, agent: freeName(event.agent, names) };
  return { ...up, run: up.run ?? originOf(run) };
}

function originOf({ file, first }: MergedRun): RunOrigin {
  const { type: _type, cases, ...facts } = first;
  return { ...facts, file, selected: cases.map(({ id }) => id) };
}

function freeName(wanted: string, names: Set<string>): string {
  let name = wanted;
  for (let n = 2; names.has(name); n++) name = `${wanted} (${n})`;
  names.add(name);
  return name;
}

function joinedEnd(ends: readonly RunEnd[]): RunEnd {
  const totals = ends.map((end) => end.totals);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  return {
    type: "run-end",
    totals: {
      durationMs: sum(totals.map(({ durationMs }) => durationMs)),
      interrupted: totals.some(({ interrupted }) => interrupted),
      outcomes: addUp<Outcome>(totals.map(({ outcomes }) => outcomes)),
      closings: addUp<Closing>(totals.map(({ closings }) => closings)),
      notRun: sum(totals.map(({ notRun }) => notRun)),
    },
  };
}

function addUp<K extends string>(
  counts: readonly Readonly<Partial<Record<K, number>>>[],
): Partial<Record<K, number>> {
  const sums = new Map<string, number>();
  for (const [key, number] of counts.flatMap((one) => Object.entries<number | undefined>(one))) {
    sums.set(key, (sums.get(key) ?? 0) + (number ?? 0));
  }
  return Object.fromEntries(sums) as Partial<Record<K, number>>;
}
