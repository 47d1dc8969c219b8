import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { occupyFolder } from "../../src/cli/occupied-folder.js";
import { wireproof } from "./spawn-wireproof.js";
import { temporaryFolder } from "./temporary-folder.js";

const root = temporaryFolder();

const markOf = (folder: string): string => join(folder, ".wireproof-run");

test("a second run into the same folder is refused, and touches nothing there", async () => {
  const folder = join(root, "twice");
  const release = await occupyFolder(folder);
  writeFileSync(join(folder, "run.ndjson"), "the first run");
  const second = await wireproof(["test", "ws://127.0.0.1:1", "--out", folder]);
  assert.equal(second.code, 2);
  assert.match(
    second.stderr,
    /^wireproof: another run \(process \d+\) is writing into [^\n]*--out DIR[^\n]*\n$/,
  );
  assert.equal(existsSync(join(folder, "summary.json")), false);
  release();
  assert.equal(existsSync(markOf(folder)), false);
  assert.equal((await wireproof(["test", "ws://127.0.0.1:1", "--out", folder])).code, 3);
  assert.equal(existsSync(markOf(folder)), false);
});

test("a mark whose process is gone, or that is none, is no obstacle", async () => {
  const folder = join(root, "stale");
  (await occupyFolder(folder))();
  for (const left of ["4194304999", "", "nonsense"]) {
    writeFileSync(markOf(folder), left);
    (await occupyFolder(folder))();
    assert.equal(existsSync(markOf(folder)), false);
  }
});
