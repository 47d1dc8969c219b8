import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startEchoServer } from "@wireproof/peers";
import { casesFor } from "../../src/case/select.js";
import { CASES } from "../../src/cases/index.js";
import { INFORMATIONAL } from "./groups.js";
import { during } from "./play-run.js";
import { expand } from "./verdict-table.js";
import type { WholeRun } from "./whole-run.js";

const SCRIPT = fileURLToPath(new URL("whole-run.js", import.meta.url));
/** KiB; the suite may take 400 MB, its reports included. */
const MEMORY_LIMIT_KIB = 390_000;

test("every case against the echo server, in bounded memory", async (context) => {
  const peer = await during(context, startEchoServer({ perMessageDeflate: true }));
  // A process of its own: the memory of the server is not ours.
  const child = fork(SCRIPT, [peer.url]);
  context.after(() => child.kill("SIGKILL"));
  const exited = once(child, "exit");
  const answer = await Promise.race([once(child, "message"), exited]);
  const { pairs, maxRss } = answer[0] as WholeRun;
  assert.deepEqual(await exited, [0, null]);

  const deviations = expand({
    "informational/not-applicable": `${INFORMATIONAL}, 32.1.5, 32.1.11.2, 32.1.11.3, 32.1.13, 32.1.14`,
    // `ws` ends its window with a block that has BFINAL set, and does not look at what follows such a block.
    "fail/wrong-side": "32.1.23",
    "fail/ok": "32.1.24.1",
    // Messages of more fragments than `ws` takes.
    "unimplemented/not-applicable": "9.3.1, 9.4.1, 27.1.2",
  });
  assert.equal(pairs.length, casesFor("server", CASES).length);
  assert.deepEqual(new Map(pairs.filter(([, pair]) => pair !== "pass/ok")), deviations);
  assert.ok(maxRss < MEMORY_LIMIT_KIB, `${maxRss} KiB`);
});
