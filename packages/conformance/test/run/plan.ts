import type { Case } from "../../src/case/case.js";
import { kill } from "../../src/case/steps.js";
import { DialError } from "../../src/net/dial.js";
import { systemClock } from "../../src/time/clock.js";
import type { Played } from "../../src/run/unconfirmed.js";
import { schedule, type ScheduleContext } from "../../src/run/schedule.js";
import { timeouts, type Timeouts } from "../../src/tester/timeouts.js";
import type { Closing, Outcome } from "../../src/judge/verdict.js";
import type { Profile } from "../../src/record/record.js";
import { recordOf, type RecordChanges } from "../support/sample-record.js";
import { someCase } from "../support/some-case.js";

export interface Result {
  readonly outcome?: Outcome;
  readonly closing?: Closing;
  readonly record?: RecordChanges;
}

function played({ outcome = "pass", closing = "ok", record = {} }: Result): Played {
  return {
    record: recordOf(record),
    verdict: { outcome, closing, because: "", closingBecause: "", expected: [] },
    verdicts: {},
  };
}

/** A failure that a timer decided. */
export function slow(timer = "kill", durationMs = 1): Result {
  return { outcome: "fail", closing: "unclean", record: { timers: [timer], durationMs } };
}

export function cases(ids: string, facts: (id: string) => Partial<Case> = () => ({})): readonly Case[] {
  return ids.split(" ").map((id) => someCase({ id, script: [kill(1)], ...facts(id) }));
}

export interface Plan {
  readonly cases: readonly Case[];
  readonly concurrency?: number;
  /** How a play ends; a string is why there was no connection. */
  readonly result?: (id: string, attempt: number, wasConcurrent: boolean) => Result | string;
  readonly signal?: AbortSignal;
  readonly whenDrained?: () => Promise<void>;
  readonly profile?: Profile;
  readonly sanityFirst?: boolean;
  readonly whyUnreachable?: () => Promise<string | null>;
  /** How a play ends of which nothing is reported. */
  readonly look?: (id: string) => Result | string;
}

/** Plays of a schedule in the order in which they began (`id/attempt`), and how many there were at most at once. */
export async function run(plan: Plan): Promise<{
  plays: readonly string[];
  most: number;
  /** Results as they were reported: `id/attempt outcome`, with `?` for one that does not count. */
  reported: readonly string[];
  notes: readonly string[];
  /** Cases that were not played: `id: why`. */
  blocked: readonly string[];
  /** Plays of which nothing is reported. */
  looks: readonly string[];
  /** The limits of each play. */
  limits: readonly Timeouts[];
  result: Awaited<ReturnType<typeof schedule>>;
}> {
  const plays: string[] = [];
  let flying = 0;
  let most = 0;
  const reported: string[] = [];
  const notes: string[] = [];
  const blocked: string[] = [];
  const looks: string[] = [];
  const allLimits: Timeouts[] = [];
  const play: ScheduleContext["play"] = async ({ id }, { attempt, wasConcurrent, timeouts: limits }) => {
    plays.push(`${id}/${attempt}`);
    allLimits.push(limits);
    most = Math.max(most, ++flying);
    // A few turns of the microtask queue, so that the other lanes come to begin theirs.
    for (let i = 0; i < 3; i++) await Promise.resolve();
    flying--;
    const concurrent = wasConcurrent();
    const result = plan.result?.(id, attempt, concurrent) ?? {};
    if (typeof result === "string") throw new DialError(result);
    return played({ ...result, record: { concurrent, ...result.record } });
  };
  const result = await schedule({
    cases: plan.cases,
    concurrency: plan.concurrency ?? 4,
    play,
    profile: plan.profile ?? "modern",
    sanityFirst: plan.sanityFirst ?? true,
    timeouts: timeouts(plan.profile ?? "modern"),
    clock: systemClock,
    report: ({ id }, attempt, { verdict }, counts) =>
      void reported.push(`${id}/${attempt} ${counts ? verdict.outcome : "?"}`),
    block: ({ id }, because) => void blocked.push(`${id}: ${because}`),
    look: async ({ id }) => {
      const result = plan.look?.(id) ?? {};
      looks.push(id);
      if (typeof result === "string") throw new DialError(result);
      return Promise.resolve(played(result));
    },
    note: (text) => void notes.push(text),
    whyUnreachable: plan.whyUnreachable ?? (() => Promise.resolve(null)),
    signal: plan.signal ?? new AbortController().signal,
    whenDrained: plan.whenDrained ?? (() => Promise.resolve()),
  });
  return { plays, most, reported, notes, blocked, looks, limits: allLimits, result };
}
