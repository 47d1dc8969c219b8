import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";

import type { TurnTaker } from "../../src/protocol/turns.js";
import { LoopTurns } from "../../src/transport/turns.js";

const LIMITS = { turnMs: 1, turnOctets: 100_000 };

/** A loop whose time passes when a taker works, and whose turns begin when the test says so. */
class Loop {
  ms = 0;
  looks = 0;
  callbacks: (() => void)[] = [];
  readonly turns: LoopTurns = new LoopTurns({
    now: () => {
      this.looks++;
      return this.ms;
    },
    nextTurn: (callback) => void this.callbacks.push(callback),
  });

  next(): void {
    for (const callback of this.callbacks.splice(0)) callback();
  }
}

/** Has `left` steps to do, of `stepMs` each. */
class Worker implements TurnTaker {
  left: number;
  /** Steps done in each of its turns. */
  readonly parts: number[] = [];
  readonly #loop: Loop;
  readonly #stepMs: number;
  readonly #octets: number;

  constructor(loop: Loop, left: number, stepMs: number, octets = 7) {
    this.#loop = loop;
    this.left = left;
    this.#stepMs = stepMs;
    this.#octets = octets;
  }

  takeTurn(): void {
    this.work(false);
  }

  work(isFresh: boolean): void {
    let done = 0;
    for (;;) {
      this.#loop.ms += this.#stepMs;
      this.left--;
      done++;
      if (this.left === 0) break;
      if (!this.#loop.turns.spend(this.#octets, isFresh ? this.left * this.#octets : 0, LIMITS)) {
        this.#loop.turns.wait(this, LIMITS);
        break;
      }
    }
    this.parts.push(done);
  }
}

/** Works until a read costs no unexpected time any more: what a step takes is known then. */
function loopThatKnows(stepMs: number): Loop {
  const loop = new Loop();
  const worker = new Worker(loop, 10_000, stepMs);
  worker.work(true);
  while (worker.left > 0) loop.next();
  loop.next();
  assert.equal(loop.turns.waiting, 0);
  return loop;
}

for (const stepMs of [0.001, 0.01, 0.1, 0.9]) {
  test(`steps of ${stepMs} ms: no turn is longer than it may be by more than a step or an eighth`, () => {
    const loop = loopThatKnows(stepMs);
    const worker = new Worker(loop, 10_000, stepMs);
    worker.work(true);
    while (worker.left > 0) loop.next();
    const longest = Math.max(...worker.parts) * stepMs;
    assert.ok(longest <= 1 + Math.max(2 * stepMs, 1 / 4), `${longest} ms`);
    // Nor is much of it left unused.
    assert.ok(worker.parts.length <= 2 + (10_000 * stepMs) / 0.5, `${worker.parts.length} turns`);
  });
}

test("the clock is looked at once for many small steps", () => {
  const loop = loopThatKnows(0.001);
  loop.looks = 0;
  const worker = new Worker(loop, 900, 0.001);
  worker.work(true);
  assert.equal(worker.left, 0);
  assert.ok(loop.looks <= 60, `${loop.looks} looks`);
});

test("a few small reads begin no turn", () => {
  const loop = loopThatKnows(0.001);
  new Worker(loop, 16, 0.001).work(true);
  new Worker(loop, 16, 0.001).work(true);
  assert.deepEqual(loop.callbacks, []);
});

test("those who wait have equal parts of a turn, in the order of asking", () => {
  const loop = loopThatKnows(0.01);
  const workers = Array.from({ length: 4 }, () => new Worker(loop, 1000, 0.01));
  for (const worker of workers) worker.work(true);
  const order: Worker[] = [];
  for (let turn = 0; turn < 20; turn++) {
    const before = workers.map(({ parts }) => parts.length);
    loop.next();
    order.push(...workers.filter(({ parts }, at) => parts.length > before[at]!));
  }
  const done = workers.map(({ left }) => 1000 - left);
  assert.ok(Math.min(...done) >= Math.max(...done) / 2, done.join());
});

test("who is not served in a turn is the first in the next", () => {
  const loop = loopThatKnows(0.6);
  const workers = Array.from({ length: 5 }, () => new Worker(loop, 100, 0.6));
  for (const worker of workers) worker.work(true);
  for (let turn = 0; turn < 30; turn++) {
    loop.next();
    // None is ever two turns ahead of another.
    const counts = workers.map(({ parts }) => parts.length);
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, counts.join());
    assert.equal(loop.turns.waiting, 5);
  }
});

test("a read that comes when the turn is over may finish if it is short, but not too many do", () => {
  const loop = loopThatKnows(0.001);
  new Worker(loop, 10_000, 0.001).work(true);
  const short = new Worker(loop, 16, 0.001);
  short.work(true);
  assert.equal(short.left, 0);
  const long = new Worker(loop, 1_000, 0.001);
  long.work(true);
  assert.ok(long.left > 0);
  const many = Array.from({ length: 1_000 }, () => new Worker(loop, 16, 0.001));
  const before = loop.ms;
  for (const worker of many) worker.work(true);
  const late = many.filter(({ left }) => left > 0);
  assert.ok(late.length > 700, `${late.length} have to wait`);
  // Each has done one step at least.
  assert.ok(loop.ms - before <= 3 + 1 + 0.1, `${loop.ms - before} ms`);
});

test("many who flood at once have a part of one turn together, beside a step for each", () => {
  const loop = loopThatKnows(0.01);
  const many = Array.from({ length: 200 }, () => new Worker(loop, 1_000, 0.01));
  for (const worker of many) worker.work(true);
  assert.ok(loop.ms - 100 <= 200 * 0.01 + 4 + 0.5, `${loop.ms - 100} ms`);
});

test("large frames fill a turn however fast they are", () => {
  const loop = new Loop();
  const worker = new Worker(loop, 100, 0, 60_000);
  worker.work(true);
  assert.ok(worker.left >= 96, `${worker.left} are left`);
});

test("who is called later is called in the asynchronous context in which it asked", () => {
  const loop = new Loop();
  const storage = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  for (const name of ["one", "other"])
    storage.run(name, () => loop.turns.wait({ takeTurn: () => seen.push(storage.getStore()) }, LIMITS));
  loop.next();
  assert.deepEqual(seen, ["one", "other"]);
});

test("one that throws does not stop the others", () => {
  const loop = new Loop();
  const seen: string[] = [];
  loop.turns.wait(
    {
      takeTurn: () => {
        throw new Error("broken");
      },
    },
    LIMITS,
  );
  loop.turns.wait({ takeTurn: () => seen.push("other") }, LIMITS);
  assert.throws(() => loop.next(), /broken/);
  loop.next();
  assert.deepEqual(seen, ["other"]);
});
