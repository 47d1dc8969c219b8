import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { startEchoServer } from "@wireproof/peers";
import type { Profile } from "../../src/record/record.js";
import { during, playRun } from "./play-run.js";
import { casesOf, expand, ownWords, pairsOf } from "./verdict-table.js";

/** Cases with short limits, chopped writes, pauses and a closing of the peer's own. */
const CASES = casesOf("2.6, 3.4, 5.8, 5.20, 7.3.2, 7.5.1");

/** Again and again the event loop stands still for longer than any limit of these cases. */
function holdUp(context: TestContext): void {
  let timer = setTimeout(function hold() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1100);
    timer = setTimeout(hold, 100);
  }, 20);
  context.after(() => clearTimeout(timer));
}

for (const profile of ["modern", "autobahn"] as const satisfies readonly Profile[]) {
  test(`a tester whose event loop stands still accuses nobody of it, ${profile}`, async (context) => {
    const peer = await during(context, startEchoServer());
    holdUp(context);
    const { verdicts, ends } = await playRun(peer.url, CASES, { profile });
    const expected = expand({ "pass/ok": CASES.map(({ id }) => id).join() });
    assert.deepEqual(pairsOf(verdicts, ownWords), expected);
    assert.ok(
      ends.every(({ record }) =>
        record.timers.every((name) => name.startsWith("wait") || name === "settled"),
      ),
    );
  });
}
