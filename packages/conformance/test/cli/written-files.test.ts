import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { startEchoServer, type RunningPeer } from "@wireproof/peers";
import { WrittenFiles } from "../../src/cli/written-files.js";
import { wireproofHere } from "./run-here.js";
import { temporaryFolder } from "./temporary-folder.js";

const root = temporaryFolder();
let folders = 0;
let echo: RunningPeer;

before(async () => {
  echo = await startEchoServer();
});
after(() => echo.close());

function newFolder(): string {
  const folder = join(root, String(++folders));
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Without the list of what was written. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => !name.startsWith("."));
}

test("what an earlier run wrote and this one does not is removed; what it does is left", () => {
  const folder = newFolder();
  for (const name of ["run.ndjson", "index.html", "old_case_1_1_1.json"])
    writeFileSync(join(folder, name), name);
  const earlier = new WrittenFiles(folder);
  for (const name of ["run.ndjson", "index.html", "old_case_1_1_1.json"]) earlier.add(name);
  earlier.save();
  new WrittenFiles(folder).removeEarlier(new Set(["run.ndjson"]));
  assert.deepEqual(filesIn(folder), ["run.ndjson"]);
});

test("a file that somebody else has made, or has changed since, is never removed", () => {
  const folder = newFolder();
  writeFileSync(join(folder, "index.html"), "ours");
  writeFileSync(join(folder, "notes.html"), "theirs");
  const earlier = new WrittenFiles(folder);
  earlier.add("index.html");
  earlier.save();
  writeFileSync(join(folder, "index.html"), "theirs now");
  new WrittenFiles(folder).removeEarlier(new Set());
  assert.deepEqual(filesIn(folder), ["index.html", "notes.html"]);
});

test("a list that was tampered with leads out of no folder, and one that is no list to nothing", () => {
  const folder = newFolder();
  const outside = join(root, "outside");
  writeFileSync(outside, "theirs");
  const list = join(folder, ".wireproof-files");
  const { size, mtimeMs } = statSync(outside);
  for (const text of [
    JSON.stringify({ "../outside": { size, mtimeMs }, "..": {}, a: null }),
    "[1]",
    "{",
    "null",
  ]) {
    writeFileSync(list, text);
    new WrittenFiles(folder).removeEarlier(new Set());
    assert.equal(readFileSync(outside, "utf8"), "theirs");
  }
});

test("reports of another kind do not outlive the next run, and those of the user do", async () => {
  const out = newFolder();
  writeFileSync(join(out, "mine.txt"), "mine");
  const run = (...args: readonly string[]): ReturnType<typeof wireproofHere> =>
    wireproofHere(["test", echo.url, "--cases", "1.1.1", "--out", out, ...args]);
  assert.equal((await run("--agent", "old", "--reporter", "autobahn")).code, 0);
  assert.ok(filesIn(out).includes("old_case_1_1_1.json"));
  const { code, stdout } = await run();
  assert.equal(code, 0);
  assert.deepEqual(filesIn(out), ["mine.txt", "report.html", "run.ndjson", "summary.json"]);
  assert.equal(stdout.trimEnd().split("\n").at(-1), join(out, "report.html"));
});
