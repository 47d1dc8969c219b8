/** The fuzzer notices a server that keeps the event loop: it is finished when it fails one that does so on purpose. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { startTarget } from "./fuzz-server.js";

for (const isStalling of [false, true]) {
  test(`a flood ${isStalling ? "stalls a server without turns, which is noticed" : "stalls nothing"}`, async () => {
    const target = await startTarget(isStalling);
    try {
      await target.flood();
      if (isStalling) await assert.rejects(target.check(), /the event loop stood still for \d+ ms/);
      else await target.check();
    } finally {
      await target.close();
    }
  });
}
