import assert from "node:assert/strict";
import { test } from "node:test";
import { flushSoon } from "../../src/transport/wake.js";

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
