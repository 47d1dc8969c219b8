import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";
import { forEachOf } from "../../src/matrix/workers.js";

const { signal } = new AbortController();

test("some at a time, each once, in order", async () => {
  const begun: number[] = [];
  let now = 0;
  let most = 0;
  await forEachOf([1, 2, 3, 4, 5], 2, signal, async (item) => {
    begun.push(item);
    most = Math.max(most, ++now);
    await setImmediate();
    now--;
  });
  assert.deepEqual([begun, most], [[1, 2, 3, 4, 5], 2]);
});

test("nothing is begun after an interruption, and what runs is waited for", async () => {
  const interrupted = new AbortController();
  const done: number[] = [];
  await forEachOf([1, 2, 3, 4], 2, interrupted.signal, async (item) => {
    if (item === 1) interrupted.abort();
    await setImmediate();
    done.push(item);
  });
  assert.deepEqual(done, [1, 2].slice(0, done.length));
  assert.ok(done.includes(1));
});

test("a mistake in one ends the others, and is thrown when none of them runs", async () => {
  const ended: number[] = [];
  const all = forEachOf([1, 2, 3], 2, signal, async (item, either) => {
    if (item === 1) throw new Error("mistake");
    while (!either.aborted) await setImmediate();
    ended.push(item);
  });
  await assert.rejects(all, /mistake/);
  assert.deepEqual(ended, [2]);
});
