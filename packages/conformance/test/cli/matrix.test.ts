import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
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

  test("the first word and one that is nearly the second", async () => {
    const { code, stderr } = await wireproofHere(["matrix", "runn"]);
    assert.equal(code, 2);
    assert.match(stderr, /unknown command "matrix runn"; did you mean matrix run\?/);
  });

  test("the first word with --help has all commands that begin with it, and no others", async () => {
    const { code, stdout } = await wireproofHere(["matrix", "--help"]);
    assert.equal(code, 0);
    const names = [...stdout.matchAll(/^ {2}(matrix )?([a-z]+) {2,}\S/gm)].map(([, matrix, word]) => [
      matrix,
      word,
    ]);
    assert.ok(names.length >= 5);
    assert.deepEqual(
      names.filter(([matrix]) => matrix === undefined),
      [],
    );
  });
});

describe("the folders that are written", () => {
  const commands = [
    ["run", "good"],
    ["grid", "good"],
    ["proxies", "a-proxy"],
  ] as const;
  const proxied = makeProxy(temporaryFolder());
  const told = async (
    [name, stack]: (typeof commands)[number],
    places: Readonly<Record<"results" | "runs", string>>,
  ): Promise<readonly [number | null, string]> => {
    const folders = ["--results", places.results, "--runs", places.runs];
    const from = ["--stacks", name === "proxies" ? proxied : stacks];
    const { code, stderr } = await wireproofHere(["matrix", name, stack, ...from, ...folders]);
    return [code, stderr];
  };

  for (const command of commands) {
    test(`matrix ${command[0]} says which of them cannot be made`, async () => {
      const file = join(folder, "a-file");
      writeFileSync(file, "");
      for (const place of ["results", "runs"] as const) {
        const places = {
          results: join(folder, "results"),
          runs: join(folder, "runs"),
          [place]: join(file, place),
        };
        const [code, stderr] = await told(command, places);
        assert.equal(code, 2);
        assert.match(stderr, new RegExp(`cannot write into the folder .*a-file/${place}`));
      }
    });

    test(`matrix ${command[0]} does not write where another process does`, async () => {
      const runs = join(folder, "occupied");
      mkdirSync(runs, { recursive: true });
      // The runner of the tests runs as long as they do.
      writeFileSync(join(runs, ".wireproof-run"), String(process.ppid));
      const [code, stderr] = await told(command, { results: join(folder, "results"), runs });
      assert.equal(code, 2);
      assert.match(stderr, /another run \(process \d+\) is writing into .*occupied.*--runs DIR/);
    });
  }
});

/** A registry with a proxy that is never started. */
function makeProxy(own: string): string {
  const registry = join(own, "stacks");
  mkdirSync(join(registry, "a-proxy"), { recursive: true });
  writeFileSync(join(registry, "a-proxy/proxy.conf"), "");
  writeFileSync(
    join(registry, "a-proxy/stack.json"),
    JSON.stringify({
      name: "A proxy",
      language: "C",
      homepage: "https://example.com",
      licence: "MIT",
      packages: [
        {
          from: "system",
          name: "node",
          version: process.versions.node,
          ask: `'${process.execPath}' --version`,
        },
      ],
      versionOf: "node",
      proxy: { files: ["proxy.conf"], start: "a-proxy {port} {behind}", path: "HTTP/1.1" },
      settings: [],
      limits: [],
    }),
  );
  return registry;
}
