/** A harness is finished when it finds what is wrong on purpose, and finds nothing where nothing is wrong. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { readModeSettled } from "../support/live-server.js";
import { HARNESSES } from "./harnesses.js";
import { playPlans } from "./play-plans.js";
import { Random } from "./random.js";

const SEED = 1;
/** The first ones of a round, which have what it takes. */
const PLANS = 40;

/** What is said of each fault. Those in `IN_CHILDREN` would be the end of this process. */
const SAID: Readonly<Record<string, RegExp>> = {
  "core deaf": /the end is reported once/,
  "server stall": /the event loop stood still: \d+ ms/,
  "server swallow": /what was delivered is what was sent back/,
  "client swallow": /what was delivered is what was sent back/,
  "client twice": /the end is reported once for each client that was let in/,
  "tls swallow": /what was delivered is what was sent back/,
  "drop-in swallow": /what came is what was sent back/,
  "drop-in twice": /the end is reported once/,
  "attach swallow": /what was delivered is what was sent back/,
  "attach ghost": /only clients that are let in are reported/,
  "inflate swallow": /everything comes back|what comes back is what was delivered/,
  "inflate reorder": /messages come whole and in their order/,
  "streams twice": /what was sent is what was read|what comes is whole and in order/,
  "streams half": /what was sent is what was read|what comes is whole and in order/,
  "topics stray": /publishing says to how many|who subscribes gets what is published/,
  "topics lost": /publishing says to how many|unsubscribing says whether it was|subscribing says/,
  "backlog unbounded": /within its limit|within their limit/,
};

const IN_CHILDREN: Readonly<Record<string, RegExp>> = {
  "server rejection": /unhandled rejection: Error: on purpose/,
  "server crash": /uncaught exception: Error: on purpose/,
  "server hoard": /too much memory was held: \d+ MiB/,
  "server leave": /left behind: .*\d+ TCPServerWrap/,
  "server hang": /the event loop has not gone round for 2 s/,
};

for (const harness of HARNESSES) {
  const plans = Array.from({ length: PLANS }, (_, index) =>
    harness.plan(Random.for(SEED, `${harness.name}/${index}`), index),
  );

  describe(`the fuzzer of ${harness.name}`, () => {
    test("draws the same plans for the same seed, and they survive a file", () => {
      const again = Array.from({ length: PLANS }, (_, index) =>
        harness.plan(Random.for(SEED, `${harness.name}/${index}`), index),
      );
      assert.deepEqual(again, plans);
      assert.deepEqual(JSON.parse(JSON.stringify(plans)), plans);
      assert.notDeepEqual(harness.plan(Random.for(2, `${harness.name}/1`), 1), plans[1]);
    });

    test("finds nothing where nothing is wrong", async () => {
      await readModeSettled();
      const { problem, octets } = await playPlans(harness, plans, undefined);
      assert.equal(problem, undefined);
      assert.ok(octets > 0);
    });

    for (const fault of harness.faults) {
      const name = `${harness.name} ${fault}`;
      const inChild = IN_CHILDREN[name];
      test(`finds a fault on purpose: ${fault}`, async (t) => {
        if (inChild !== undefined) {
          const folder = mkdtempSync(join(tmpdir(), "wireproof-fuzz-"));
          t.after(() => rmSync(folder, { recursive: true }));
          const { errors, isFailed } = await run(harness.name, fault, folder);
          assert.match(errors, inChild);
          assert.ok(isFailed);
          assert.deepEqual(readdirSync(folder), [`${harness.name}-${SEED}.json`]);
          return;
        }
        await readModeSettled();
        const { problem } = await playPlans(harness, plans, fault);
        assert.match(problem ?? "nothing was found", SAID[name] ?? /^$/);
      });
    }
  });
}

/** The command line, with as much as a test has time for. */
async function run(
  harness: string,
  fault: string,
  folder: string,
): Promise<{ errors: string; isFailed: boolean }> {
  const main = fileURLToPath(new URL("main.js", import.meta.url));
  const options = [
    "--only",
    harness,
    "--fault",
    fault,
    "--seed",
    String(SEED),
    "--share",
    "0.5",
    "--shrink",
    "0",
  ];
  const child = spawn(process.execPath, [main, ...options, "--found", folder, "--patience", "2"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  return { errors, isFailed: code === 1 || signal === "SIGKILL" };
}
