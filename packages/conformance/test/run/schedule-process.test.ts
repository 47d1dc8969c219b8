import assert from "node:assert/strict";
import { test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { kill } from "../../src/case/steps.js";
import { DialError } from "../../src/net/dial.js";
import { systemClock } from "../../src/time/clock.js";
import type { Played } from "../../src/run/unconfirmed.js";
import { schedule, type AttemptOptions, type ScheduleResult } from "../../src/run/schedule.js";
import { timeouts } from "../../src/tester/timeouts.js";
import type { Outcome } from "../../src/judge/verdict.js";
import { recordOf } from "../support/sample-record.js";
import { someCase } from "../support/some-case.js";

/** How a play goes: `crash` ends the process; what is in flight then fails, or is only dropped. */
type Fate = "pass" | "fail" | "crash" | "refused";

interface Plan {
  readonly ids: string;
  readonly concurrency?: number;
  readonly fate: (id: string, attempt: number, play: number) => Fate;
  /** What those see that a crash takes along. */
  readonly taken?: Outcome;
  /** Answers of the process to each request to bring it up; null if there is none left. */
  readonly ups?: readonly (string | null)[];
}

async function run(plan: Plan): Promise<{ plays: readonly string[]; result: ScheduleResult; ups: number }> {
  const plays: string[] = [];
  let losses = 0;
  let ups = 0;
  const process = {
    get losses(): number {
      return losses;
    },
    up: () => {
      ups++;
      return Promise.resolve(plan.ups?.[ups - 1] ?? null);
    },
  };
  const play = async ({ id }: Case, { attempt, wasConcurrent }: AttemptOptions): Promise<Played> => {
    plays.push(`${id}/${attempt}`);
    const fate = plan.fate(id, attempt, plays.length);
    const before = losses;
    // The others come to begin.
    for (let i = 0; i < 10; i++) await Promise.resolve();
    if (fate === "crash" || fate === "refused") losses++;
    if (fate === "refused") throw new DialError("nothing there");
    for (let i = 0; i < 10; i++) await Promise.resolve();
    const isTaken = losses !== before;
    const outcome = fate === "fail" ? "fail" : isTaken ? (plan.taken ?? "fail") : "pass";
    const record = recordOf({ concurrent: wasConcurrent() });
    const close = isTaken ? { ...record.close, clean: false, tcp: "reset-by-peer" as const } : record.close;
    return {
      record: { ...record, close },
      verdict: { outcome, closing: "ok", because: "", closingBecause: "", expected: [] },
      verdicts: {},
    };
  };
  const result = await schedule({
    cases: plan.ids.split(" ").map((id) => someCase({ id, script: [kill(1)] })),
    concurrency: plan.concurrency ?? 3,
    play,
    profile: "modern",
    sanityFirst: true,
    timeouts: timeouts("modern"),
    clock: systemClock,
    report: () => undefined,
    block: () => undefined,
    look: () => Promise.reject(new DialError("nothing there")),
    note: () => undefined,
    whyUnreachable: () => Promise.resolve(null),
    signal: new AbortController().signal,
    whenDrained: () => Promise.resolve(),
    process,
  });
  return { plays, result, ups };
}

test("what a crash took along is played again alone, all of it, however many agree", async () => {
  const { plays } = await run({
    ids: "1 2 3 4 5",
    concurrency: 5,
    fate: (id) => (id === "2" ? "crash" : "pass"),
  });
  assert.deepEqual(plays, ["1/1", "2/1", "3/1", "4/1", "5/1", "1/2", "2/2", "3/2", "4/2", "5/2"]);
});

test("also what passed because a peer may drop the connection there", async () => {
  const { plays } = await run({
    ids: "1 2",
    taken: "pass",
    fate: (id, attempt) => (id === "1" && attempt === 1 ? "crash" : "pass"),
  });
  assert.deepEqual(plays, ["1/1", "2/1", "1/2", "2/2"]);
});

test("not what was alone, and no failure that no crash caused", async () => {
  const alone = await run({ ids: "1 2", concurrency: 1, fate: (id) => (id === "1" ? "crash" : "pass") });
  assert.deepEqual(alone.plays, ["1/1", "2/1"]);
  const { plays } = await run({ ids: "1 2", fate: () => "fail" });
  assert.deepEqual(plays, ["1/1", "2/1"]);
});

test("the peer is brought up before each play", async () => {
  assert.equal((await run({ ids: "1 2 3", fate: () => "pass" })).ups, 3);
});

test("a case that found the process gone is played when it is back", async () => {
  const { plays, result } = await run({
    ids: "1 2 3",
    concurrency: 1,
    fate: (id, _, play) => (id === "2" && play === 2 ? "refused" : "pass"),
  });
  assert.deepEqual([plays, result], [["1/1", "2/1", "2/1", "3/1"], {}]);
});

test("but not for ever", async () => {
  const { plays, result } = await run({ ids: "1 2", concurrency: 1, fate: () => "refused" });
  assert.deepEqual(plays, ["1/1", "1/1", "1/1"]);
  assert.deepEqual(result, { down: { after: "1", because: "nothing there" } });
});

test("a process that cannot be brought up ends the run of the peer", async () => {
  const { plays, result } = await run({
    ids: "1 2 3",
    concurrency: 1,
    fate: () => "pass",
    ups: [null, null, "It does not start."],
  });
  assert.deepEqual(plays, ["1/1", "2/1"]);
  assert.deepEqual(result, { down: { after: "2", because: "It does not start." } });
});
