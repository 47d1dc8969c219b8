import assert from "node:assert/strict";
import { test } from "node:test";

import { QUEUED_ITEMS, fanOut } from "../../src/cli/fan-out.js";

async function* numbers(
  count: number,
  taken: { count: number } = { count: 0 },
): AsyncGenerator<number, void> {
  for (let i = 0; i < count; i++) {
    taken.count++;
    yield i;
  }
}

async function collect(items: AsyncIterable<number>): Promise<number[]> {
  const all: number[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

test("every reader gets every item in order", async () => {
  const seen: number[][] = [];
  const reader = async (items: AsyncIterable<number>): Promise<void> => {
    seen.push(await collect(items));
  };
  assert.deepEqual(await fanOut(numbers(2000), [reader, reader]), []);
  assert.deepEqual(seen, [range(2000), range(2000)]);
});

test("a slow reader holds the source back", async () => {
  const taken = { count: 0 };
  let ahead = 0;
  const slow = async (items: AsyncIterable<number>): Promise<void> => {
    for await (const item of items) {
      await new Promise(setImmediate);
      ahead = Math.max(ahead, taken.count - item);
    }
  };
  await fanOut(numbers(3000, taken), [slow]);
  assert.equal(taken.count, 3000);
  assert.ok(ahead <= 2 * QUEUED_ITEMS + 1, `${ahead} items ahead`);
});

test("a reader that stops does not stop the others", async () => {
  let rest: number[] = [];
  const impatient = async (items: AsyncIterable<number>): Promise<void> => {
    for await (const item of items) if (item === 3) break;
  };
  const patient = async (items: AsyncIterable<number>): Promise<void> => {
    rest = await collect(items);
  };
  assert.deepEqual(await fanOut(numbers(1000), [impatient, patient]), []);
  assert.equal(rest.length, 1000);
});

test("a reader that never reads does not stop the others", async () => {
  let rest: number[] = [];
  const idle = (): Promise<void> => Promise.resolve();
  const patient = async (items: AsyncIterable<number>): Promise<void> => {
    rest = await collect(items);
  };
  await fanOut(numbers(1000), [idle, patient]);
  assert.equal(rest.length, 1000);
});

test("the error of a reader is returned when the others are done", async () => {
  const error = new Error("disk full");
  let rest: number[] = [];
  const failing = async (items: AsyncIterable<number>): Promise<void> => {
    for await (const item of items) if (item === 500) throw error;
  };
  const patient = async (items: AsyncIterable<number>): Promise<void> => {
    rest = await collect(items);
  };
  assert.deepEqual(await fanOut(numbers(1000), [failing, patient]), [error]);
  assert.equal(rest.length, 1000);
});

test("if the source fails, readers end in order first", async () => {
  const seen: number[][] = [];
  async function* broken(): AsyncGenerator<number, void> {
    yield* numbers(3);
    throw new Error("source");
  }
  const reader = async (items: AsyncIterable<number>): Promise<void> => {
    seen.push(await collect(items));
  };
  await assert.rejects(fanOut(broken(), [reader]), /source/);
  assert.deepEqual(seen, [[0, 1, 2]]);
});
