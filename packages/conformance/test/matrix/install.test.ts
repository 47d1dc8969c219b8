import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { installStacks } from "../../src/matrix/install.js";
import type { Stack, StackPackage } from "../../src/matrix/manifest.js";
import { temporaryFolder } from "../cli/temporary-folder.js";

const folder = temporaryFolder();
const calls = join(folder, "calls");
const policy = join(folder, "policy-rc.d");

/** Programs that only write down that they were called; apt-get does not know the package `unknown`. */
function fakePrograms(): string {
  const programs = join(folder, "programs");
  mkdirSync(programs);
  const note = `#!/bin/sh\necho "$(basename "$0") $*" >> '${calls}'\n`;
  const apt = `[ -e '${policy}' ] || exit 2\ncase " $* " in *" unknown "*) echo "E: no such package"; exit 1;; esac\n`;
  writeFileSync(join(programs, "npm"), note, { mode: 0o755 });
  writeFileSync(join(programs, "apt-get"), `${note}${apt}`, { mode: 0o755 });
  return programs;
}

function stack(...packages: readonly StackPackage[]): Stack {
  return {
    folder: "a",
    name: "a",
    language: "C",
    homepage: "https://example.com",
    licence: "MIT",
    packages,
    versionOf: "a",
    settings: [],
    limits: [],
  };
}

const isRoot = process.getuid?.() === 0 ? false : "only root installs packages of Debian";

test(
  "installs what is missing, packages of Debian without services, one by one if need be",
  { skip: isRoot },
  async (context) => {
    const before = process.env["PATH"];
    process.env["PATH"] = `${fakePrograms()}:${before}`;
    context.after(() => {
      process.env["PATH"] = before;
    });
    mkdirSync(join(folder, "node_modules/here"), { recursive: true });
    writeFileSync(join(folder, "node_modules/here/package.json"), '{ "version": "1.0.0" }');
    writeFileSync(join(folder, "package-lock.json"), "{}");
    const said: string[] = [];
    const debian = (name: string): StackPackage => ({ from: "Debian 12", name, version: "1" });
    await installStacks({
      stacks: [
        stack(
          { from: "npm", name: "here", version: "1.0.0" },
          { from: "npm", name: "away", version: "1.0.0" },
        ),
        stack(debian("no-such-package-b"), debian("unknown")),
      ],
      folder: join(folder, "stacks"),
      say: (line) => said.push(line),
      signal: new AbortController().signal,
      policy,
    });
    assert.deepEqual(readFileSync(calls, "utf8").trimEnd().split("\n"), [
      `npm ci --ignore-scripts --no-audit --no-fund --prefix ${folder}`,
      "apt-get update -q",
      "apt-get install -yq --no-install-recommends no-such-package-b unknown",
      "apt-get install -yq --no-install-recommends no-such-package-b",
      "apt-get install -yq --no-install-recommends unknown",
    ]);
    assert.ok(!existsSync(policy));
    assert.equal(
      said.filter((line) => line === "apt-get ended with exit status 1: E: no such package").length,
      2,
    );
  },
);
