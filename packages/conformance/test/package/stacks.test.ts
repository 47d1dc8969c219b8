/** The manifests of interop/stacks: all are valid, and `wireproof matrix list` says of each whether it can be tested here. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readStacks } from "../../src/matrix/manifest.js";
import { wireproofHere } from "../cli/run-here.js";
import { ROOT } from "./packed.js";

const STACKS = join(ROOT, "interop/stacks");
const folders = readdirSync(STACKS).filter((name) => name !== "README.md");

test("every stack has a valid manifest, with the files that it names", async () => {
  const { code, stdout, stderr } = await wireproofHere(["matrix", "list", "--stacks", STACKS]);
  assert.equal(code, 0, stderr);
  const lines = stdout.trimEnd().split("\n");
  for (const line of lines) {
    assert.match(
      line,
      /^[\w-]+ (?:server|client|proxy)(?: over HTTP\/2)?: (?:available, \d|not available here: )/,
    );
  }
  const named = lines.map((line) => line.split(" ")[0]);
  assert.deepEqual(new Set(named), new Set(folders));
});

test("every server says by its exit code that it does not know a scenario of the interop grid", () => {
  // One that ignores the variable would be blamed for what it was never asked to do.
  const ignorant = readStacks(STACKS).filter(({ folder, server }) => {
    const programs = server?.files.map((file) => readFileSync(join(STACKS, folder, file), "utf8"));
    return programs?.some((it) => it.includes("WIREPROOF_SCENARIO") && it.includes("127")) === false;
  });
  assert.deepEqual(
    ignorant.map(({ folder }) => folder),
    [],
  );
});

test("every client of the interop grid says by its exit code that it does not know a scenario", () => {
  const clients = readStacks(STACKS).filter(({ grid }) => grid?.client !== undefined);
  assert.ok(clients.length >= 15);
  const ignorant = clients.filter(({ folder, grid }) => {
    const programs = grid?.client?.files.map((file) => readFileSync(join(STACKS, folder, file), "utf8"));
    return programs?.some((it) => it.includes("WIREPROOF_SCENARIO") && it.includes("127")) !== true;
  });
  assert.deepEqual(
    ignorant.map(({ folder }) => folder),
    [],
  );
});

test("the page of findings names no stack that is not there", () => {
  const page = readFileSync(join(ROOT, "docs/findings.md"), "utf8");
  const linked = [...page.matchAll(/\]\(\.\.\/interop\/stacks\/([\w-]+)\)/g)].map(([, folder]) => folder);
  assert.ok(linked.length > 0);
  for (const folder of linked) assert.ok(folders.includes(folder ?? ""), folder);
});
