import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { MachineLoad } from "../../src/time/machine-load.js";
import { readMachineLoad } from "../../src/time/machine-load.js";
import { PeerTime, rateBetween } from "../../src/time/peer-time.js";
import { FakeClock } from "../support/fake-clock.js";

const IDLE: MachineLoad = { pressureMs: 0, ownWaitMs: 0, runnable: 1, processors: 2 };

interface Rig {
  readonly time: PeerTime;
  /** Lets the clock advance while the event loop runs: every timer comes in time. */
  readonly advance: (ms: number) => void;
  /** The clock advances and the event loop stands still: timers come late, all at once. */
  readonly standStill: (ms: number) => void;
  /** From now on this part of the time is spent waiting, and so many want to run. */
  readonly busy: (waiting: number, runnable: number) => void;
}

function rig(): Rig {
  const clock = new FakeClock();
  let heldUpMs = 0;
  let load = { waiting: 0, runnable: 1 };
  let pressureMs = 0;
  let readAt = 0;
  const nowMs = (): number => clock.now() / 1000 + heldUpMs;
  const every = (ms: number, callback: () => void): { cancel(): void } => {
    let timer = clock.after(ms, function again(): void {
      timer = clock.after(ms, again);
      callback();
    });
    return { cancel: () => timer.cancel() };
  };
  const time = new PeerTime({
    nowMs,
    load: () => {
      pressureMs += (nowMs() - readAt) * load.waiting;
      readAt = nowMs();
      return { ...IDLE, pressureMs, runnable: load.runnable };
    },
    after: (ms, callback) => clock.after(ms, callback),
    every,
  });
  return {
    time,
    advance: (ms) => clock.advance(ms),
    standStill: (ms) => {
      heldUpMs += ms;
      clock.advance(1);
    },
    busy: (waiting, runnable) => {
      time.deadline(0, () => undefined).cancel();
      load = { waiting, runnable };
    },
  };
}

/** Whether a deadline has passed, asked whenever the test likes. */
function deadline({ time }: Rig, ms: number, maxMs?: number): () => boolean {
  let isOver = false;
  time.deadline(
    ms,
    () => {
      isOver = true;
    },
    maxMs,
  );
  return () => isOver;
}

describe("a deadline in peer time", () => {
  test("is one of the clock on an idle machine", () => {
    const it = rig();
    const isOver = deadline(it, 1000);
    it.advance(999);
    assert.equal(isOver(), false);
    it.advance(2);
    assert.equal(isOver(), true);
    assert.equal(it.time.lostMs, 0);
  });
  test("is eight times as long while sixteen processes share two processors", () => {
    const it = rig();
    const isOver = deadline(it, 1000);
    it.busy(1, 16);
    it.advance(7500);
    assert.equal(isOver(), false);
    it.advance(1000);
    assert.equal(isOver(), true);
    assert.ok(it.time.lostMs > 6500, String(it.time.lostMs));
  });
  test("gets back only what was lost where the machine was busy for a while", () => {
    const it = rig();
    const isOver = deadline(it, 1000);
    it.busy(1, 4);
    it.advance(500);
    it.busy(0, 1);
    it.advance(700);
    assert.equal(isOver(), false);
    it.advance(100);
    assert.equal(isOver(), true);
  });
  test("does not run out while the event loop stands still", () => {
    const it = rig();
    const isOver = deadline(it, 1000);
    it.advance(500);
    it.standStill(60_000);
    assert.equal(isOver(), false);
    it.advance(300);
    assert.equal(isOver(), false);
    it.advance(200);
    assert.equal(isOver(), true);
  });
  test("comes in the end, however busy the machine is", () => {
    const it = rig();
    it.busy(1, 1000);
    const [usual, short] = [deadline(it, 100), deadline(it, 100, 300)];
    it.advance(299);
    assert.deepEqual([usual(), short()], [false, false]);
    it.advance(2);
    assert.deepEqual([usual(), short()], [false, true]);
    it.advance(1700);
    assert.equal(usual(), true);
  });
  test("can be cancelled, more than once", () => {
    const it = rig();
    let calls = 0;
    const timer = it.time.deadline(100, () => calls++);
    timer.cancel();
    timer.cancel();
    it.advance(10_000);
    assert.equal(calls, 0);
  });
  test("those set earlier with the same delay come earlier", () => {
    const it = rig();
    const order: number[] = [];
    for (const n of [1, 2, 3]) it.time.deadline(100, () => order.push(n));
    it.advance(200);
    assert.deepEqual(order, [1, 2, 3]);
  });
  test("those set earlier with the same delay come earlier, however the load changes between them", () => {
    const it = rig();
    const order: string[] = [];
    deadline(it, 5000);
    it.busy(1, 40);
    it.advance(49);
    it.time.deadline(1000, () => order.push("first"));
    it.advance(2);
    it.time.deadline(1000, () => order.push("second"));
    it.advance(40_000);
    assert.deepEqual(order, ["first", "second"]);
  });
  test("the one whose time is over first comes first, whenever their timers fire", () => {
    const it = rig();
    const order: string[] = [];
    it.time.deadline(500, () => order.push("second"));
    it.advance(100);
    const cancelled = it.time.deadline(450, () => order.push("third"));
    it.time.deadline(300, () => {
      order.push("first");
      cancelled.cancel();
    });
    it.standStill(250);
    it.advance(500);
    assert.deepEqual(order, ["first", "second"]);
  });
  test("nothing is counted while there is none", () => {
    const it = rig();
    deadline(it, 10);
    it.advance(100);
    it.busy(1, 100);
    const { lostMs } = it.time;
    it.advance(200);
    const before = it.time.lostMs;
    it.standStill(10_000);
    assert.ok(before - lostMs < 200);
    assert.equal(it.time.lostMs, before);
  });
});

describe("how fast a process gets on", () => {
  const rows: readonly (readonly [name: string, after: Partial<MachineLoad>, rate: number])[] = [
    ["nothing waits", {}, 1],
    ["nothing waits although many are ready to run for a moment", { runnable: 20 }, 1],
    ["something waits all the time", { pressureMs: 100, runnable: 8 }, 0.25],
    ["something waits half of the time", { pressureMs: 50, runnable: 4 }, 0.75],
    ["we wait ourselves, as in a container with a limit", { ownWaitMs: 100, runnable: 8 }, 0.25],
    ["the system counts more than there was", { pressureMs: 1000, runnable: 4 }, 0.5],
    ["a crowd", { pressureMs: 100, runnable: 1_000_000 }, 0.01],
  ];
  for (const [name, after, rate] of rows) {
    test(name, () => assert.equal(rateBetween(IDLE, { ...IDLE, ...after }, 100), rate));
  }
  test("a system that does not say how long processes wait says at least how many there are", () => {
    const before = { ...IDLE, pressureMs: null, ownWaitMs: null };
    assert.equal(rateBetween(before, { ...before, runnable: 2 }, 100), 1);
    assert.equal(rateBetween(before, { ...before, runnable: 8 }, 100), 0.25);
  });
});

test("the load of this machine can be read", () => {
  const { pressureMs, ownWaitMs, runnable, processors } = readMachineLoad();
  for (const value of [pressureMs, ownWaitMs]) assert.ok(value === null || value >= 0);
  assert.ok(runnable >= 0 && processors >= 1);
});
