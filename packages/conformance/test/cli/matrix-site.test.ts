import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { storedRun, write, writeStack } from "../site/sample-site.js";
import { wireproofHere } from "./run-here.js";
import { temporaryFolder } from "./temporary-folder.js";

const folder = temporaryFolder();
const stacks = join(folder, "stacks");
writeStack(stacks, "one", "One", { roles: ["server"], http2: false });

function site(results: string, ...more: readonly string[]): ReturnType<typeof wireproofHere> {
  const out = join(results, "out");
  return wireproofHere(["matrix", "site", out, "--results", results, "--stacks", stacks, ...more]);
}

test("a folder of results that is not there is refused", async () => {
  const out = join(folder, "nothing");
  const args = ["matrix", "site", out, "--results", join(folder, "nowhere"), "--stacks", stacks];
  const { code, stderr } = await wireproofHere(args);
  assert.equal(code, 2);
  assert.match(stderr, /there is no folder .*nowhere: matrix run makes it/);
  assert.equal(existsSync(out), false);
});

test("without any result there is a site, which says so", async () => {
  const results = join(folder, "none");
  mkdirSync(results);
  const { code, stdout } = await site(results);
  assert.equal(code, 0);
  assert.match(stdout, /^\d+ pages in .*out\n$/);
  assert.match(
    readFileSync(join(results, "out/index.html"), "utf8"),
    /1 stack, none of which was tested so far/,
  );
});

test("run files become downloads, and results of a stack that is no longer there are left out", async () => {
  const results = join(folder, "runs-too");
  write(results, "stacks/one.json", { stack: "one", roles: [storedRun()], history: [] });
  write(results, "stacks/gone.json", { stack: "gone", roles: [storedRun()], history: [] });
  write(results, "runs/builds/secret.ndjson", {});
  for (const name of ["one.server.ndjson", "notes.txt"]) writeFileSync(join(results, "runs", name), "{}\n");
  const { code } = await site(results, "--runs", join(results, "runs"));
  assert.equal(code, 0);
  assert.equal(readFileSync(join(results, "out/data/runs/one.server.ndjson"), "utf8"), "{}\n");
  assert.match(
    readFileSync(join(results, "out/stack/one/index.html"), "utf8"),
    /href="\.\.\/\.\.\/data\/runs\/one\.server\.ndjson"/,
  );
  for (const name of ["notes.txt", "builds", "secret.ndjson"])
    assert.equal(existsSync(join(results, "out/data/runs", name)), false, name);
  assert.equal(existsSync(join(results, "out/stack/gone")), false);
});

for (const [title, name, value, complaint] of [
  ["a result that is none", "stacks/one.json", { stack: "one" }, /one\.json cannot be used: roles: /],
  [
    "a result of a stack of another name",
    "stacks/one.json",
    { stack: "two", roles: [], history: [] },
    /one\.json is about a stack of another name/,
  ],
  [
    "a name that would lead out of the folder",
    "stacks/...json",
    { stack: "..", roles: [], history: [] },
    /about a stack of another name/,
  ],
  [
    "a review with a verdict that there is not",
    "reviews/one.json",
    { stack: "one", reviews: [{ fault: "them" }] },
    /reviews\.0/,
  ],
  ["a grid that is a list", "grid.json", [], /grid\.json cannot be used: /],
] as const) {
  test(`${title}: exit code 2, and the name of the file`, async () => {
    const results = join(folder, title);
    write(results, name, value);
    const { code, stderr } = await site(results);
    assert.equal(code, 2);
    assert.match(stderr, complaint);
    assert.equal(existsSync(join(results, "out")), false);
  });
}

test("what is no JSON, or nested thousands deep, is refused with the name of the file", async () => {
  for (const [name, text] of [
    ["text", "{"],
    ["deep", `${"[".repeat(5000)}${"]".repeat(5000)}`],
  ] as const) {
    const results = join(folder, name);
    write(results, "grid.json", {});
    writeFileSync(join(results, "grid.json"), text);
    const { code, stderr } = await site(results);
    assert.equal(code, 2);
    assert.match(stderr, /grid\.json/);
  }
});
