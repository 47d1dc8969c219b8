import assert from "node:assert/strict";
import { test } from "node:test";
import { Pace } from "../../src/run/pace.js";

/** How many of these could begin by now. */
async function begun(pace: Pace, wanted: number): Promise<() => Promise<number>> {
  let count = 0;
  for (let i = 0; i < wanted; i++) void pace.enter().then(() => count++);
  return async () => {
    for (let i = 0; i < 4 * wanted; i++) await Promise.resolve();
    return count;
  };
}

test("as many as there are at most, and one more for each that leaves", async () => {
  const pace = new Pace(3);
  const count = await begun(pace, 5);
  assert.equal(await count(), 3);
  pace.leave();
  assert.equal(await count(), 4);
});

test("one that is late halves the limit, those that began with it do not halve it again", async () => {
  const pace = new Pace(16);
  const first = await pace.enter();
  const second = await pace.enter();
  assert.deepEqual([pace.late(first), pace.limit], [true, 8]);
  assert.deepEqual([pace.late(second), pace.limit], [false, 8]);
  assert.deepEqual([pace.late(await pace.enter()), pace.limit], [true, 4]);
});

test("it is never less than one", async () => {
  const pace = new Pace(3);
  assert.deepEqual([pace.late(await pace.enter()), pace.limit], [true, 1]);
  pace.leave();
  assert.deepEqual([pace.late(await pace.enter()), pace.limit], [false, 1]);
});

test("as many as the limit that open in time make it one larger, up to where it began", async () => {
  const pace = new Pace(4);
  pace.late(await pace.enter());
  pace.opened();
  assert.equal(pace.limit, 2);
  pace.opened();
  assert.equal(pace.limit, 3);
  for (let i = 0; i < 20; i++) pace.opened();
  assert.equal(pace.limit, 4);
});

test("a larger limit lets one begin that waits", async () => {
  const pace = new Pace(2);
  pace.late(await pace.enter());
  const count = await begun(pace, 1);
  assert.equal(await count(), 0);
  pace.opened();
  assert.equal(await count(), 1);
});
