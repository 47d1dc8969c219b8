import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";

import { makeStacks } from "../matrix/small-stacks.js";
import { wireproofHere } from "./run-here.js";
import { temporaryFolder } from "./temporary-folder.js";

const folder = temporaryFolder();
const stacks = makeStacks(folder, ["absent", "good"]);

describe("matrix list", () => {
  const version = process.versions.node.replaceAll(".", "\\.");

  test("says of each role whether it can be tested here", async () => {
    const { code, stdout } = await wireproofHere(["matrix", "list", "--stacks", stacks]);
    assert.equal(code, 0);
    assert.deepEqual(stdout.trimEnd().split("\n"), [
      "absent server: not available here: node is not installed",
      `good server: available, ${process.versions.node}`,
      `good client: available, ${process.versions.node}`,
    ]);
  });

  test("takes names and a role", async () => {
    const { stdout } = await wireproofHere([
      "matrix",
      "list",
      "good",
      "--role",
      "client",
      "--stacks",
      stacks,
    ]);
    assert.match(stdout, new RegExp(`^good client: available, ${version}\\n$`));
  });

  test("lists nothing where a stack does not speak HTTP/2", async () => {
    const { code, stdout } = await wireproofHere(["matrix", "list", "--http2", "--stacks", stacks]);
    assert.deepEqual([code, stdout], [0, ""]);
  });
});

describe("what cannot be used ends with exit code 2 before anything is run", () => {
  const places = ["--results", join(folder, "results"), "--runs", join(folder, "runs")];
  const refused = async (args: readonly string[], message: RegExp): Promise<void> => {
    const { code, stdout, stderr } = await wireproofHere(["matrix", "run", ...args, ...places]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, message);
  };

  test("an unknown name, with a suggestion", () =>
    refused(["goood", "--stacks", stacks], /there is no stack "goood"; did you mean good\?/));
  test("a folder that is not there", () =>
    refused(["--stacks", join(folder, "nowhere")], /there is no folder .*nowhere/));
  test("a pattern that matches no case", () =>
    refused(["--stacks", stacks, "--cases", "99.*"], /no case matches "99\.\*"/));
  test("a choice that no stack has", () =>
    refused(["--stacks", stacks, "--http2"], /no stack has what was chosen/));
  test("a limit that is none", () =>
    refused(["--stacks", stacks, "--memory", "0"], /--memory takes a whole number from 16 to/));
  test("a manifest that is not valid", async () => {
    const other = temporaryFolder();
    const broken = makeStacks(other, ["good"]);
    writeFileSync(join(broken, "good/stack.json"), "{}");
    await refused(["--stacks", broken], /good\/stack\.json: name: /);
  });

  test("the first word alone", async () => {
    const { code, stderr } = await wireproofHere(["matrix"]);
    assert.equal(code, 2);
    assert.match(stderr, /matrix is the first word of a command: (?:.* or )?matrix run/);
  });
});
