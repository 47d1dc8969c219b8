import assert from "node:assert/strict";
import { test } from "node:test";

import { turns } from "../play/in-time.js";
import { StallWatch } from "./stall-watch.js";
import { aside } from "./thread-time.js";

/** Works until the thread has run for so long, however busy the machine is. */
function work(ms: number): void {
  const { user, system } = process.cpuUsage();
  const end = user + system + ms * 1000;
  for (;;) {
    const now = process.cpuUsage();
    if (now.user + now.system > end) return;
  }
}

test("work counts as a stall, waiting and what is put aside do not", async () => {
  const watch = new StallWatch();
  await turns(3);
  aside(() => work(200));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  await turns(3);
  assert.ok(watch.longestMs < 100, `${watch.longestMs} ms`);
  work(200);
  await turns(3);
  watch.stop();
  assert.ok(watch.longestMs > 100, `${watch.longestMs} ms`);
});
