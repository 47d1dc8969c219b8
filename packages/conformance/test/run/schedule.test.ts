import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { octets, repeat } from "../../src/case/payload.js";
import { closeAfter, kill, text, until, wait, type Step } from "../../src/case/steps.js";
import { pongWith } from "../../src/case/expect.js";
import { systemClock } from "../../src/time/clock.js";
import { schedule } from "../../src/run/schedule.js";
import { timeouts, type Timeouts } from "../../src/tester/timeouts.js";
import { cases, run, slow, type Result } from "./plan.js";

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
  test("cases that could not connect free their place nevertheless", async () => {
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
    whenDrained: () => (ended === 1 ? caughtUp : Promise.resolve()),
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

  test("a failure that a limit decided: nothing is said before", async () => {
    const { plays, reported } = await run(failing("2 4"));
    assert.deepEqual(plays.slice(6), ["2/2", "4/2"]);
    const about = reported.filter((line) => /^[24]/.test(line));
    assert.deepEqual(about, ["2/1 ?", "4/1 ?", "2/2 pass", "4/2 pass"]);
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
  test("a load that was too slow", async () => {
    const { plays } = await run(failing("3", { ...slow("stalled"), outcome: "too-slow" }));
    assert.deepEqual(plays.slice(6), ["3/2"]);
  });
  for (const [outcome, closing] of [
    ["non-strict", "ok"],
    ["informational", "not-applicable"],
  ] as const) {
    test(`a result that is ${outcome}, on a machine that lost a tenth of the time`, async () => {
      const record = { timers: ["until"], lostMs: 11, durationMs: 100 };
      const { plays } = await run(failing("3", { outcome, closing, record }));
      assert.deepEqual(plays.slice(6), ["3/2"]);
    });
  }
  const not: readonly (readonly [name: string, result: Result])[] = [
    ["a failure that no limit decided", { outcome: "fail", closing: "ok" }],
    ["one whose events settled it", { outcome: "fail", record: { timers: ["settled"] } }],
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
  test("modern: also what was alone, since the limits of a repeat are longer", async () => {
    const { plays, limits } = await run({ ...failing("1"), concurrency: 1 });
    assert.deepEqual(plays.slice(6), ["1/2"]);
    const { closeMs, scale, stallMs } = limits[6] as Timeouts;
    assert.deepEqual([closeMs, scale, stallMs], [6000, 6, 30_000]);
  });
  test("autobahn: not what was alone on an idle machine, and with the limits of the original", async () => {
    const alone = await run({ ...failing("1 2 3"), concurrency: 1, profile: "autobahn" });
    assert.equal(alone.plays.length, 6);
    const busy = failing("2", { ...slow(), record: { timers: ["kill"], lostMs: 5 } });
    const { plays, limits } = await run({ ...busy, concurrency: 1, profile: "autobahn" });
    assert.deepEqual(plays.slice(6), ["2/2"]);
    assert.deepEqual(limits[6], timeouts("autobahn"));
  });
  test("with the usual limits once it is known that a limit runs out however long it is", async () => {
    const { limits } = await run({ cases: cases("1 2 3"), result: () => slow("close-timeout") });
    assert.deepEqual(
      limits.slice(3).map(({ closeMs, scale }) => [closeMs, scale]),
      [
        [6000, 6],
        [6000, 6],
        [1500, 6],
      ],
    );
  });
  test("the peer is asked before each repeat whether it is free; one that answers no more is gone", async () => {
    let asked = 0;
    const { plays, reported, result } = await run({
      cases: cases("1 2 3"),
      result: () => slow(),
      whyUnreachable: () => Promise.resolve(++asked < 2 ? null : "it is gone"),
    });
    assert.deepEqual(plays.slice(3), ["1/2"]);
    assert.deepEqual(reported, ["1/1 ?", "2/1 ?", "3/1 ?", "1/2 fail"]);
    assert.equal(result.down?.because, "it is gone");
  });

  test("three repeats that agree are enough to play the others of the kind again together", async () => {
    const { plays, reported, most } = await run({ cases: cases("1 2 3 4 5 6 7"), result: () => slow() });
    assert.deepEqual(plays.slice(7), ["1/2", "2/2", "3/2", "4/2", "5/2", "6/2", "7/2"]);
    assert.deepEqual(
      reported.slice(7).sort(),
      [1, 2, 3, 4, 5, 6, 7].map((id) => `${id}/2 fail`),
    );
    assert.equal(most, 4);
  });
  test("what only company had made slow passes then", async () => {
    const { reported } = await run({
      cases: cases("1 2 3 4 5"),
      result: (id, attempt) => (id === "5" && attempt > 1 ? {} : slow()),
    });
    assert.ok(reported.includes("5/2 pass") && reported.includes("4/2 fail"));
  });
  test("what goes wrong in another way then is played once more alone", async () => {
    const { plays, reported } = await run({
      cases: cases("1 2 3 4 5"),
      result: (id, attempt) => (id === "5" && attempt === 2 ? slow("close-timeout") : slow()),
    });
    assert.equal(plays.at(-1), "5/3");
    assert.equal(reported.at(-1), "5/3 fail");
    assert.ok(!reported.includes("5/2 fail"));
  });
  const many = Array.from({ length: 60 }, (_, i) => String(i + 1)).join(" ");
  test("of very many, a sample that agrees is enough", async () => {
    const { plays, reported } = await run({ cases: cases(many), result: () => slow() });
    assert.equal(plays.length, 60 + 3 + 3);
    const counts = reported.filter((line) => !line.endsWith("?"));
    assert.equal(new Set(counts.map((line) => line.split("/")[0])).size, 60);
  });
  test("and one that does not agree is not", async () => {
    const { reported } = await run({
      cases: cases(many),
      result: (id, attempt) => (Number(id) > 30 && attempt > 1 ? {} : slow()),
    });
    const passed = reported.filter((line) => line.endsWith("pass")).map((line) => Number(line.split("/")[0]));
    assert.deepEqual(
      passed.sort((a, b) => a - b),
      Array.from({ length: 30 }, (_, i) => i + 31),
    );
  });
  test("repeats of one kind say nothing about another", async () => {
    const { reported } = await run({
      cases: cases("1 2 3 4 5 6"),
      result: (id, attempt) => {
        if (Number(id) <= 3) return slow("kill");
        return attempt === 1 ? slow("close-timeout") : {};
      },
    });
    assert.deepEqual(reported.slice(-3).sort(), ["4/2 pass", "5/2 pass", "6/2 pass"]);
  });
  test("opening handshakes that ran out of time are all played again, however many agree", async () => {
    const handshake = { opened: false, request: "", response: null };
    const late: Result = {
      outcome: "blocked",
      closing: "not-opened",
      record: { handshake, timers: ["open-timeout"] },
    };
    const { plays, reported } = await run({
      cases: cases("1 2 3 4 5 6 7 8"),
      result: (id, attempt) => (attempt === 1 || Number(id) < 5 ? late : {}),
    });
    assert.equal(plays.filter((play) => play.endsWith("/2")).length, 8);
    assert.equal(reported.filter((line) => line.endsWith("pass")).length, 4);
  });
  test("the kinds with the quickest cases come first, of each the quickest", async () => {
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
    assert.deepEqual(plays.slice(6), ["2/2", "4/2", "1/2", "3/2", "5/2", "6/2"]);
  });
});

describe("a peer that cannot keep up with opening handshakes", () => {
  const handshake = { opened: false, request: "", response: null };
  const late: Result = {
    outcome: "blocked",
    closing: "not-opened",
    record: { handshake, timers: ["open-timeout"] },
  };
  const ids = Array.from({ length: 64 }, (_, i) => String(i + 1)).join(" ");

  test("gets fewer cases at a time, which is said once", async () => {
    const { notes, reported } = await run({
      cases: cases(ids),
      concurrency: 16,
      result: (id, attempt) => {
        if (attempt === 1 && Number(id) <= 16) return late;
        return {};
      },
    });
    assert.deepEqual(notes, [
      "opening handshakes run out of time: from now on at most 8 cases are in flight, and fewer if that does not help",
    ]);
    assert.equal(reported.filter((line) => line.endsWith("pass")).length, 64);
  });
  test("is gone if it takes not even one", async () => {
    const { plays, reported, result } = await run({
      cases: cases(ids),
      concurrency: 4,
      result: () => late,
      whyUnreachable: () => Promise.resolve("it is gone"),
    });
    assert.ok(plays.length < 16, `${plays.length} plays`);
    assert.ok(reported.every((line) => line.endsWith("?")));
    assert.equal(result.down?.because, "it is gone");
  });
});

describe("autobahn, a peer that was not started by the run", () => {
  test("is played in the order of the catalogue, one after the other", async () => {
    const { plays, most } = await run({
      cases: cases("1 2 3 4 5 6", (id) => (id === "2" ? { quiet: true } : id === "5" ? { alone: true } : {})),
      concurrency: 32,
      profile: "autobahn",
    });
    assert.deepEqual([plays, most], [["1/1", "2/1", "3/1", "4/1", "5/1", "6/1"], 1]);
  });
  test("so that all cases before the one that ends it have a result", async () => {
    const { reported, result } = await run({
      cases: cases("1 2 3 4 5 6"),
      profile: "autobahn",
      result: (id) => (id === "4" ? "gone" : {}),
    });
    assert.deepEqual(reported, ["1/1 pass", "2/1 pass", "3/1 pass"]);
    assert.deepEqual(result, { down: { after: "4", because: "gone" } });
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
      profile: "modern",
      sanityFirst: true,
      timeouts: timeouts("modern"),
      clock: systemClock,
      report: () => undefined,
      block: () => undefined,
      look: () => Promise.reject(new RangeError("not asked for")),
      note: () => undefined,
      whyUnreachable: () => Promise.resolve(null),
      play: () => Promise.reject(new RangeError("a fault of ours")),
      signal: new AbortController().signal,
      whenDrained: () => Promise.resolve(),
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
