import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { startEchoServer, type RunningPeer } from "@wireproof/peers";
import { tested as clientTested } from "../test-client/tested.js";
import { wireproofHere } from "./run-here.js";
import { eventsOf } from "./started.js";
import { temporaryFolder } from "./temporary-folder.js";

const root = temporaryFolder();
let echo: RunningPeer;

before(async () => {
  echo = await startEchoServer();
});
after(() => echo.close());

test("what a server lacks is skipped: not green, not red, with the reason everywhere", async () => {
  const out = join(root, "skipped");
  const cases = ["--cases", "1.1.1,1.2.1,9.1.1,12.1.1"];
  const lacks = ["--without", "text", "--message-limit", "1000", "--without", "deflate"];
  const run = await wireproofHere(["test", echo.url, "--out", out, ...cases, ...lacks]);
  assert.equal(run.code, 0, run.stdout + run.stderr);
  assert.match(run.stdout, /✓ 1 pass {3}○ 3 skipped/);
  assert.match(run.stdout, /Skipped +1\.1\.1, 9\.1\.1, 12\.1\.1/);

  const ends = eventsOf(out).flatMap((event) => (event.type === "case-end" ? [event] : []));
  const said = ends.map(({ case: id, verdict }) => [id, verdict.outcome, verdict.because]);
  assert.deepEqual(said, [
    ["1.1.1", "skipped", "Skipped: capability text."],
    ["9.1.1", "skipped", "Skipped: capability text."],
    ["12.1.1", "skipped", "Skipped: capability text."],
    ["1.2.1", "pass", "The events are exactly those expected."],
  ]);

  const again = await wireproofHere(["judge", join(out, "run.ndjson"), "--reporter", "json=-"]);
  assert.equal(again.code, 0);
  const summary = JSON.parse(again.stdout) as { totals: { outcomes: object; notRun: number } };
  assert.deepEqual([summary.totals.outcomes, summary.totals.notRun], [{ skipped: 3, pass: 1 }, 0]);
});

test("what a client lacks is skipped too, and the client does not count it", async () => {
  const run = await clientTested(["--cases", "1.1.1,1.2.1,1.2.2", "--without", "text"], "walk");
  assert.equal(run.code, 0, run.stdout + run.stderr);
  const ends = run.events.flatMap((event) => (event.type === "case-end" ? [event] : []));
  const said = ends.map(({ case: id, verdict }) => `${id} ${verdict.outcome}`);
  assert.deepEqual(said.toSorted(), ["1.1.1 skipped", "1.2.1 pass", "1.2.2 pass"]);
  assert.equal(run.events.filter(({ type }) => type === "case-unconfirmed").length, 0);
});

test("a run of nothing is no run, and capabilities have names", async () => {
  const all = await wireproofHere(["test", echo.url, "--cases", "1.1.*", "--without", "text"]);
  assert.deepEqual([all.code, all.stdout], [2, ""]);
  assert.match(all.stderr, /every chosen case needs what --without/);
  const wrong = await wireproofHere(["test", echo.url, "--without", "deflat"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /--without takes .*, not "deflat"; did you mean deflate\?/);
});
