import assert from "node:assert/strict";
import { test } from "node:test";
import { flushAfterReads, flushSoon } from "../../src/transport/wake.js";

test("what waits is flushed in one microtask, after the running code and before the event loop goes on", async () => {
  const order: string[] = [];
  const immediate = new Promise<void>((resolve) =>
    setImmediate(() => {
      order.push("loop");
      resolve();
    }),
  );
  for (const name of ["first", "second"]) flushSoon({ flush: () => order.push(name) });
  order.push("running");
  await immediate;
  assert.deepEqual(order, ["running", "first", "second", "loop"]);
});

test("who asks during a flush is flushed too", async () => {
  const order: string[] = [];
  const nested = { flush: () => order.push("nested") };
  flushSoon({
    flush() {
      order.push("outer");
      flushSoon(nested);
    },
  });
  flushSoon({ flush: () => order.push("next") });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(order, ["outer", "next", "nested"]);
  flushSoon({ flush: () => order.push("later") });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(order.at(-1), "later");
});

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Until those that are alone are waited for again. */
async function untilWaiting(): Promise<void> {
  for (let isWaiting = false; !isWaiting; await nextTurn()) {
    let isFlushed = false;
    flushAfterReads({ flush: () => (isFlushed = true) });
    isWaiting = !isFlushed;
    if (isWaiting) flushAfterReads({ flush() {} });
  }
}

test("answers to several reads of a turn go out behind all of them, in order", async () => {
  await untilWaiting();
  const order: string[] = [];
  for (const name of ["first", "second"]) flushAfterReads({ flush: () => order.push(name) });
  order.push("read");
  await nextTurn();
  assert.deepEqual(order, ["read", "first", "second"]);
});

test("who is alone again and again is answered at once", async () => {
  await untilWaiting();
  const order: string[] = [];
  flushAfterReads({ flush: () => order.push("waited") });
  assert.equal(order.length, 0);
  await nextTurn();
  flushAfterReads({ flush: () => order.push("at once") });
  assert.deepEqual(order, ["waited", "at once"]);
});
