import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { octets, repeat } from "../../src/case/payload.js";
import { closeAfter, kill, text, until, wait, type Step } from "../../src/case/steps.js";
import { pongWith } from "../../src/case/expect.js";
import { DialError } from "../../src/engine/dial.js";
import { schedule, type Played, type ScheduleContext } from "../../src/engine/schedule.js";
import type { Closing, Outcome } from "../../src/report/event.js";
import { recordOf, type RecordChanges } from "./sample-record.js";
import { someCase } from "./some-case.js";

interface Result {
  readonly outcome?: Outcome;
  readonly closing?: Closing;
  readonly record?: RecordChanges;
}

function played({ outcome = "pass", closing = "ok", record = {} }: Result): Played {
  return {
    record: recordOf(record),
    verdict: { outcome, closing, because: "", closingBecause: "", expected: [] },
  };
}

/** A failure that a timer decided. */
function slow(timer = "kill", durationMs = 1): Result {
  return { outcome: "fail", closing: "unclean", record: { timers: [timer], durationMs } };
}

function cases(ids: string, facts: (id: string) => Partial<Case> = () => ({})): readonly Case[] {
  return ids.split(" ").map((id) => someCase({ id, script: [kill(1)], ...facts(id) }));
}

interface Plan {
  readonly cases: readonly Case[];
  readonly concurrency?: number;
  /** How a play ends; a string is why there was no connection. */
  readonly result?: (id: string, attempt: number, wasConcurrent: boolean) => Result | string;
  readonly signal?: AbortSignal;
  readonly ready?: () => Promise<void>;
}

/** Plays of a schedule in the order in which they began (`id/attempt`), and how many there were at most at once. */
async function run(plan: Plan): Promise<{
  plays: readonly string[];
  most: number;
  result: Awaited<ReturnType<typeof schedule>>;
}> {
  const plays: string[] = [];
  let flying = 0;
  let most = 0;
  const play: ScheduleContext["play"] = async ({ id }, attempt, wasConcurrent) => {
    plays.push(`${id}/${attempt}`);
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
    signal: plan.signal ?? new AbortController().signal,
    ready: plan.ready ?? (() => Promise.resolve()),
  });
  return { plays, most, result };
}

describe("what is in flight at once", () => {
  for (const concurrency of [1, 3]) {
    test(`at most ${concurrency}`, async () => {
      const { plays, most } = await run({ cases: cases("1 2 3 4 5 6 7"), concurrency });
      assert.equal(most, concurrency);
      assert.deepEqual([...plays].sort(), ["1/1", "2/1", "3/1", "4/1", "5/1", "6/1", "7/1"]);
    });
  }
  test("no more lanes than cases, and none without cases", async () => {
    assert.equal((await run({ cases: cases("1 2"), concurrency: 50 })).most, 2);
    assert.deepEqual((await run({ cases: [] })).plays, []);
  });
  test("a case that measures time is alone, behind all others", async () => {
    const concurrent = new Map<string, boolean>();
    const { plays } = await run({
      cases: cases("1 2 3 4", (id) => (id === "1" || id === "3" ? { alone: true } : {})),
      result: (id, _, wasConcurrent) => {
        concurrent.set(id, wasConcurrent);
        return {};
      },
    });
    assert.deepEqual(plays, ["2/1", "4/1", "1/1", "3/1"]);
    assert.deepEqual(
      [...concurrent],
      [
        ["2", true],
        ["4", true],
        ["1", false],
        ["3", false],
      ],
    );
  });
  test("a case is concurrent also if another began after it", async () => {
    const seen: boolean[] = [];
    await run({
      cases: cases("1 2"),
      concurrency: 2,
      result: (_, __, concurrent) => {
        seen.push(concurrent);
        return {};
      },
    });
    assert.deepEqual(seen, [true, true]);
  });
  test("one case at a time is never concurrent", async () => {
    const seen: boolean[] = [];
    await run({
      cases: cases("1 2"),
      concurrency: 1,
      result: (_, __, concurrent) => {
        seen.push(concurrent);
        return {};
      },
    });
    assert.deepEqual(seen, [false, false]);
  });
});

describe("load cases", () => {
  const MIB = 1024 * 1024;
  const load = (length: number): Partial<Case> => ({
    quiet: true,
    script: [text(repeat(octets("a"), length)), closeAfter(1)],
  });

  test("are played behind the light ones and before those that measure time, the largest first", async () => {
    const facts: Record<string, Partial<Case>> = {
      a: load(10),
      c: { ...load(99), alone: true },
      d: load(1000),
    };
    const { plays } = await run({ cases: cases("a b c d e", (id) => facts[id] ?? {}), concurrency: 1 });
    assert.deepEqual(plays, ["b/1", "e/1", "d/1", "a/1", "c/1"]);
  });
  test("are no more at a time than twelve, however many lanes there are", async () => {
    const ids = "1 2 3 4 5 6 7 8 9 10 11 12 13 14";
    assert.equal((await run({ cases: cases(ids, () => load(10)), concurrency: 32 })).most, 12);
    assert.equal((await run({ cases: cases(ids, () => load(10)), concurrency: 2 })).most, 2);
  });
  test("and no more than 24 MiB of messages are in flight", async () => {
    const most = async (length: number): Promise<number> =>
      (await run({ cases: cases("1 2 3 4 5 6", () => load(length)), concurrency: 6 })).most;
    assert.deepEqual([await most(4 * MIB), await most(8 * MIB), await most(16 * MIB)], [6, 3, 1]);
  });
  test("those that could not connect make room all the same", async () => {
    const refused = new Set<string>();
    const { plays } = await run({
      cases: cases("1 2 3", () => load(12 * MIB)),
      result: (id) => {
        if (id === "3" || refused.has(id)) return {};
        refused.add(id);
        return "refused";
      },
    });
    assert.deepEqual(plays, ["1/1", "2/1", "3/1", "1/1", "2/1"]);
  });
});

test("what may take longest is begun first, the rest in catalogue order", async () => {
  const scripts: Record<string, readonly Step[]> = {
    a: [kill(1)],
    b: [wait("A"), kill(1)],
    c: [kill(10)],
    d: [until(pongWith(""), 300), kill(1)],
    e: [kill(1)],
  };
  const { plays } = await run({
    cases: cases("a b c d e", (id) => ({ script: scripts[id] ?? [] })),
    concurrency: 1,
  });
  assert.deepEqual(plays, ["c/1", "b/1", "d/1", "a/1", "e/1"]);
});

test("a lane begins no further case before the reports have caught up", async () => {
  let release: () => void = () => undefined;
  const caughtUp = new Promise<void>((resolve) => {
    release = resolve;
  });
  let ended = 0;
  const running = run({
    cases: cases("1 2"),
    concurrency: 1,
    result: () => {
      ended++;
      return {};
    },
    ready: () => (ended === 1 ? caughtUp : Promise.resolve()),
  });
  for (let i = 0; i < 50; i++) await Promise.resolve();
  assert.equal(ended, 1);
  release();
  await running;
  assert.equal(ended, 2);
});

describe("playing again alone", () => {
  const failing = (ids: string, result: Result = slow()) => ({
    cases: cases("1 2 3 4 5 6"),
    result: (id: string, attempt: number): Result =>
      attempt === 1 && ids.split(" ").includes(id) ? result : {},
  });

  test("a failure that a timer decided while others were in flight", async () => {
    const { plays } = await run(failing("2 4"));
    assert.deepEqual(plays.slice(6), ["2/2", "4/2"]);
  });
  test("a closing that is not in order counts as a failure", async () => {
    const { plays } = await run(failing("3", { ...slow(), outcome: "pass" }));
    assert.deepEqual(plays.slice(6), ["3/2"]);
  });
  test("a connection that did not open", async () => {
    const handshake = { opened: false, request: "", response: null };
    const { plays } = await run(
      failing("3", { outcome: "blocked", closing: "not-opened", record: { handshake } }),
    );
    assert.deepEqual(plays.slice(6), ["3/2"]);
  });
  const not: readonly (readonly [name: string, result: Result])[] = [
    ["a failure that no timer decided", { outcome: "fail", closing: "ok" }],
    ["a pass, whatever the timers", { record: { timers: ["until"] } }],
    [
      "what is only observed",
      { outcome: "informational", closing: "not-applicable", record: { timers: ["kill"] } },
    ],
    ["a non-strict result", { outcome: "non-strict", record: { timers: ["until"] } }],
  ];
  for (const [name, result] of not) {
    test(`not: ${name}`, async () => assert.equal((await run(failing("1 2 3", result))).plays.length, 6));
  }
  test("not: a failure of a case that was alone", async () => {
    assert.equal((await run({ ...failing("1 2 3"), concurrency: 1 })).plays.length, 6);
  });

  test("three repeats that agree are enough", async () => {
    const { plays } = await run({ cases: cases("1 2 3 4 5 6"), result: () => slow() });
    assert.deepEqual(plays.slice(6), ["1/2", "2/2", "3/2"]);
  });
  test("one that does not agree begins the count again", async () => {
    const { plays } = await run({
      cases: cases("1 2 3 4 5 6 7 8"),
      result: (id, attempt) => (id === "3" && attempt === 2 ? {} : slow()),
    });
    assert.deepEqual(plays.slice(8), ["1/2", "2/2", "3/2", "4/2", "5/2", "6/2"]);
  });
  test("the same outcome with another closing does not agree", async () => {
    const { plays } = await run({
      cases: cases("1 2 3 4"),
      result: (_, attempt) => (attempt === 1 ? slow() : { ...slow(), closing: "dropped-by-tester" }),
    });
    assert.equal(plays.length, 8);
  });
  test("failures of different kinds come first, of each the quickest", async () => {
    const kinds: Record<string, Result> = {
      "1": slow("kill", 50),
      "2": slow("kill", 20),
      "3": slow("close-timeout", 40),
      "4": slow("kill", 30),
      "5": slow("close-timeout", 60),
      "6": slow("drop-timeout", 90),
    };
    const { plays } = await run({
      cases: cases("1 2 3 4 5 6"),
      // None agrees, so that all of them are repeated.
      result: (id, attempt) => (attempt === 1 ? (kinds[id] ?? {}) : {}),
    });
    assert.deepEqual(plays.slice(6), ["2/2", "3/2", "6/2", "4/2", "5/2", "1/2"]);
  });
});

describe("a connection that does not come about", () => {
  test("while others are in flight: the case is played again alone, behind them and before those that measure time", async () => {
    let refused = false;
    const { plays, result } = await run({
      cases: cases("1 2 3 4", (id) => (id === "4" ? { alone: true } : {})),
      concurrency: 2,
      result: (id) => {
        if (id !== "2" || refused) return {};
        refused = true;
        return "refused";
      },
    });
    assert.deepEqual(plays, ["1/1", "2/1", "3/1", "2/1", "4/1"]);
    assert.deepEqual(result, {});
  });
  test("alone: the peer is gone, and nothing more is played", async () => {
    const { plays, result } = await run({
      cases: cases("1 2 3 4"),
      concurrency: 1,
      result: (id) => (id === "2" ? "nothing listens there" : {}),
    });
    assert.deepEqual(plays, ["1/1", "2/1"]);
    assert.deepEqual(result, { down: { after: "2", because: "nothing listens there" } });
  });
  test("all of them: the first that is asked again alone decides", async () => {
    const { plays, result } = await run({ cases: cases("1 2 3 4"), concurrency: 4, result: () => "gone" });
    assert.deepEqual(plays, ["1/1", "2/1", "3/1", "4/1", "1/1"]);
    assert.deepEqual(result, { down: { after: "1", because: "gone" } });
  });
  test("at a repeat: the peer is gone", async () => {
    const { plays, result } = await run({
      cases: cases("1 2 3"),
      result: (_, attempt) => (attempt === 1 ? slow() : "gone"),
    });
    assert.deepEqual(plays.slice(3), ["1/2"]);
    assert.deepEqual(result, { down: { after: "1", because: "gone" } });
  });
  test("a fault of another kind is not hidden", async () => {
    const broken = schedule({
      cases: cases("1"),
      concurrency: 1,
      play: () => Promise.reject(new RangeError("a fault of ours")),
      signal: new AbortController().signal,
      ready: () => Promise.resolve(),
    });
    await assert.rejects(broken, new RangeError("a fault of ours"));
  });
});

describe("an aborted run", () => {
  test("begins nothing more, and no peer is called gone", async () => {
    const abort = new AbortController();
    const { plays, result } = await run({
      cases: cases("1 2 3 4 5", (id) => (id === "5" ? { alone: true } : {})),
      concurrency: 2,
      signal: abort.signal,
      result: (id) => {
        if (id === "1") abort.abort();
        return id === "2" ? "the run was interrupted" : slow();
      },
    });
    assert.deepEqual(plays, ["1/1", "2/1"]);
    assert.deepEqual(result, {});
  });
  test("before its first case plays nothing", async () => {
    assert.deepEqual((await run({ cases: cases("1 2"), signal: AbortSignal.abort() })).plays, []);
  });
});
