import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { clientNow, Pulse } from "../../src/test-client/pulse.js";

/** Longer than any limit of these tests. */
const HELD_MS = 1500;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Nothing runs meanwhile, our timers included. */
function standStill(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HELD_MS);
}

describe("a pulse", () => {
  test("wakes everybody who waits", async () => {
    const pulse = new Pulse();
    const woken = Promise.all([pulse.next(Infinity), pulse.next(1e6)]);
    pulse.beat();
    await woken;
  });

  test("comes without a beat when the time is over", async () => {
    await new Pulse().next(1);
  });

  test("time in which we stood still ourselves is not the client's", async () => {
    const pulse = new Pulse();
    let isOver = false;
    const over = pulse.next(HELD_MS / 2).then(() => {
      isOver = true;
    });
    await turn();
    const began = clientNow();
    standStill();
    // The timer is late by now, looks at what was lost, and goes on.
    while (clientNow() - began > HELD_MS / 2) await turn();
    assert.equal(isOver, false);
    await over;
  });
});
