/** What was found can be played again, from a file that is as small as it gets. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { readScript } from "./finding.js";

const MAIN = fileURLToPath(new URL("main.js", import.meta.url));

/** The command line, called in `folder`: its exit status and what it said. */
async function fuzz(folder: string, ...options: string[]): Promise<[status: number | null, said: string]> {
  const child = spawn(process.execPath, [MAIN, ...options], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, INIT_CWD: folder },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const [status] = (await once(child, "close")) as [number | null];
  return [status, said];
}

test("a finding becomes a small script that does the same", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "wireproof-fuzz-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const options = ["--only", "topics", "--fault", "lost", "--seed", "7", "--found", "found"];
  const [status, said] = await fuzz(folder, ...options);
  assert.equal(status, 1);
  assert.match(said, /^seed 7\n/);
  assert.match(said, /play it again: npm run fuzz -- --replay .*topics-7\.json/);

  const file = join(folder, "found", "topics-7.json");
  assert.match(readFileSync(file, "utf8"), /^[\n -~]*$/, "it is ASCII");
  const { plans, harness, fault } = readScript(file);
  assert.deepEqual([harness, fault, plans.length], ["topics", "lost", 1]);
  const { operations } = plans[0] as { operations: readonly { what: string }[] };
  // A subscription shows in one more operation.
  assert.ok(operations.length <= 3, JSON.stringify(operations));
  assert.ok(operations.some(({ what }) => what === "subscribe"));

  assert.equal((await fuzz(folder, "--replay", "found/topics-7.json"))[0], 1);
  const [healthy, happened] = await fuzz(folder, "--replay", "found/topics-7.json", "--fault", "none");
  assert.deepEqual([healthy, happened], [0, "it does not happen\n"]);
});
