import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startEchoServer } from "@wireproof/peers";
import { casesFor } from "../../src/case/select.js";
import { CASES } from "../../src/cases/index.js";
import { during } from "./play-run.js";
import { conformingPair, expand } from "./verdict-table.js";
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
    // Requests that are no HTTP/1.1, or have no good Host header; versions and windows that are more than digits.
    "fail/not-applicable":
      "20.1.4, 20.1.5, 20.2.1, 20.2.2, 20.2.3, 20.5.3.2, 20.5.3.3, 20.5.3.4, 31.1.4.4, 31.1.4.5, 31.1.6.5",
    // A list in the Upgrade header.
    "non-strict/not-opened": "20.3.4.1",
    // It takes lengths that are not in their shortest form.
    "non-strict/ok": "25.1.2.*, 25.1.3.*",
    // It refuses a request whose offer it could decline.
    "informational/not-applicable":
      "31.1.4.1, 31.1.4.2, 31.1.4.3, 31.1.4.6, 31.1.4.7, 31.1.6.1, 31.1.6.2, 31.1.6.3, 31.1.6.4, 31.1.6.6, 31.1.6.7, 31.1.7, 31.1.8.*, 31.1.9.*, 31.1.10",
    // `ws` ends its window with a block that has BFINAL set, and does not look at what follows such a block.
    "fail/wrong-side": "32.1.23",
    "fail/ok": "32.1.24.1",
    // Messages of more fragments than `ws` takes.
    "unimplemented/not-applicable": "9.3.1, 9.4.1, 27.1.2",
  });
  const played = casesFor("server", CASES);
  assert.deepEqual(
    new Map(pairs),
    new Map(played.map((one) => [one.id, deviations.get(one.id) ?? conformingPair(one)])),
  );
  assert.ok(maxRss < MEMORY_LIMIT_KIB, `${maxRss} KiB`);
});
