import assert from "node:assert/strict";
import { test } from "node:test";
import { Semaphore } from "../../src/run/semaphore.js";

/** A semaphore, and the names that have acquired it. */
function semaphoreOf(size: number): {
  semaphore: Semaphore;
  acquired: string[];
  ask: (name: string, amount: number) => Promise<void>;
} {
  const semaphore = new Semaphore(size);
  const acquired: string[] = [];
  const ask = async (name: string, amount: number): Promise<void> => {
    await semaphore.acquire(amount);
    acquired.push(name);
  };
  return { semaphore, acquired, ask };
}

/** Everything that can happen without a release has happened. */
async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

test("amounts that fit are acquired at once, up to the whole size", async () => {
  const { acquired, ask } = semaphoreOf(10);
  const all = [ask("a", 4), ask("b", 6), ask("nothing", 0)];
  await Promise.all(all);
  assert.deepEqual(acquired, ["a", "b", "nothing"]);
});

test("an amount that does not fit waits until enough is released", async () => {
  const { semaphore, acquired, ask } = semaphoreOf(10);
  void ask("a", 4);
  void ask("b", 4);
  void ask("c", 7);
  await settled();
  assert.deepEqual(acquired, ["a", "b"]);
  semaphore.release(4);
  await settled();
  assert.deepEqual(acquired, ["a", "b"]);
  semaphore.release(4);
  await settled();
  assert.deepEqual(acquired, ["a", "b", "c"]);
});

test("nothing overtakes what waits, so that large amounts get their turn", async () => {
  const { semaphore, acquired, ask } = semaphoreOf(10);
  void ask("a", 6);
  void ask("large", 9);
  void ask("small", 1);
  await settled();
  assert.deepEqual(acquired, ["a"]);
  semaphore.release(6);
  await settled();
  assert.deepEqual(acquired, ["a", "large", "small"]);
});

test("one release may serve several, as many as fit", async () => {
  const { semaphore, acquired, ask } = semaphoreOf(10);
  void ask("a", 10);
  for (const name of ["b", "c", "d"]) void ask(name, 4);
  semaphore.release(10);
  await settled();
  assert.deepEqual(acquired, ["a", "b", "c"]);
  semaphore.release(4);
  await settled();
  assert.deepEqual(acquired, ["a", "b", "c", "d"]);
});

test("an amount above the size is alone", async () => {
  const { semaphore, acquired, ask } = semaphoreOf(10);
  void ask("a", 1);
  void ask("huge", 99);
  void ask("b", 1);
  await settled();
  assert.deepEqual(acquired, ["a"]);
  semaphore.release(1);
  await settled();
  assert.deepEqual(acquired, ["a", "huge"]);
  semaphore.release(99);
  await settled();
  assert.deepEqual(acquired, ["a", "huge", "b"]);
});
