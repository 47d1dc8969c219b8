import assert from "node:assert/strict";
import { suite, test } from "node:test";

import { Limiter } from "../../src/deflate/limiter.js";

suite("Limiter", () => {
  test("lets in at most so many, the others in their order", () => {
    const limiter = new Limiter();
    const started: number[] = [];
    const slots = [0, 1, 2, 3, 4].map((name) => limiter.enter(2, () => started.push(name)));
    assert.deepEqual(started, [0, 1]);
    assert.deepEqual(limiter.counts, { running: 2, waiting: 3 });
    slots[1]!.leave();
    assert.deepEqual(started, [0, 1, 2]);
    slots[0]!.leave();
    slots[2]!.leave();
    assert.deepEqual(started, [0, 1, 2, 3, 4]);
    slots[3]!.leave();
    slots[4]!.leave();
    assert.deepEqual(limiter.counts, { running: 0, waiting: 0 });
  });

  test("one that leaves while waiting is never started, and leaving twice counts once", () => {
    const limiter = new Limiter();
    const started: string[] = [];
    const first = limiter.enter(1, () => started.push("first"));
    const second = limiter.enter(1, () => started.push("second"));
    const third = limiter.enter(1, () => started.push("third"));
    second.leave();
    second.leave();
    first.leave();
    first.leave();
    assert.deepEqual(started, ["first", "third"]);
    assert.deepEqual(limiter.counts, { running: 1, waiting: 0 });
    third.leave();
    assert.deepEqual(limiter.counts, { running: 0, waiting: 0 });
  });

  test("each brings its own limit, counted over all that are running", () => {
    const limiter = new Limiter();
    const started: string[] = [];
    const wide = [1, 2, 3].map((name) => limiter.enter(3, () => started.push(`wide ${name}`)));
    limiter.enter(1, () => started.push("narrow"));
    wide[0]!.leave();
    wide[1]!.leave();
    assert.ok(!started.includes("narrow"));
    wide[2]!.leave();
    assert.ok(started.includes("narrow"));
  });

  test("a limit below one counts as one", () => {
    const limiter = new Limiter();
    let isStarted = false;
    limiter.enter(0, () => {
      isStarted = true;
    });
    assert.ok(isStarted);
  });
});
