import assert from "node:assert/strict";
import { test } from "node:test";
import { Checkpoints } from "../../src/cli/checkpoints.js";
import { fanOut, type Reader } from "../../src/cli/fan-out.js";
import type { RunEvent } from "../../src/run/event.js";

const NOTE: RunEvent = { type: "note", text: "" };
const CHECKPOINT: RunEvent = { type: "checkpoint" };

/** A reader that waits for a permit behind every event. */
function slowly(permits: (() => void)[]): Reader<RunEvent> {
  return async (events) => {
    for await (const event of events) {
      assert.ok(event.type);
      await new Promise<void>((resolve) => permits.push(resolve));
    }
  };
}

async function* stream(...events: readonly RunEvent[]): AsyncGenerator<RunEvent> {
  for (const event of events) yield await Promise.resolve(event);
}

/** Whether a promise has settled by the time that everything else has had its turn. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.finally(() => {
    settled = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

test("a checkpoint is passed when the slowest reader has done with it", async () => {
  const checkpoints = new Checkpoints();
  const permits: (() => void)[] = [];
  const quick: Reader<RunEvent> = async (events) => {
    for await (const event of events) assert.ok(event.type);
  };
  const readers = [checkpoints.follow(slowly(permits)), checkpoints.follow(quick)];
  const done = fanOut(stream(NOTE, CHECKPOINT, NOTE), readers);
  const passed = checkpoints.passed();
  assert.equal(await isSettled(passed), false);
  permits.shift()?.();
  assert.equal(await isSettled(passed), false);
  permits.shift()?.();
  await passed;
  assert.equal(await isSettled(done), false);
  permits.shift()?.();
  await done;
});

test("each checkpoint is waited for by itself", async () => {
  const checkpoints = new Checkpoints();
  const permits: (() => void)[] = [];
  const done = fanOut(stream(CHECKPOINT, CHECKPOINT), [checkpoints.follow(slowly(permits))]);
  const [first, second] = [checkpoints.passed(), checkpoints.passed()];
  assert.equal(await isSettled(first), false);
  permits.shift()?.();
  await first;
  assert.equal(await isSettled(second), false);
  permits.shift()?.();
  await Promise.all([second, done]);
});

test("readers that stop or fail are not waited for", async () => {
  const checkpoints = new Checkpoints();
  const stops: Reader<RunEvent> = () => Promise.resolve();
  const fails: Reader<RunEvent> = () => Promise.reject(new Error("no"));
  const done = fanOut(stream(CHECKPOINT), [checkpoints.follow(stops), checkpoints.follow(fails)]);
  await checkpoints.passed();
  assert.equal((await done).length, 1);
});
