/** The image cannot be built in tests: its file is linted and read, its entry is run as the script that it is. */
import assert from "node:assert/strict";
import { execFile, execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { validate } from "dockerfile-utils";
import { readClientSpec, readServingSpec } from "../../src/config/autobahn-spec.js";
import { workFolder } from "./workshop.js";

const ROOT = fileURLToPath(new URL("../../../../../", import.meta.url));
const ENTRY = join(ROOT, "docker/entry.sh");
const dockerfile = readFileSync(join(ROOT, "Dockerfile"), "utf8");

/** Instructions of the last stage with their arguments, in order. */
function instructions(): readonly (readonly [string, string])[] {
  const lines = dockerfile
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n");
  const all = lines.flatMap((line): (readonly [string, string])[] => {
    const [, name = "", rest = ""] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    return name === "" ? [] : [[name, rest]];
  });
  return all.slice(all.findLastIndex(([name]) => name === "FROM"));
}

const valuesOf = (name: string): readonly string[] =>
  instructions().flatMap(([one, rest]) => (one === name ? [rest] : []));

describe("the file of the image", () => {
  test("has nothing that a linter minds", () => {
    assert.deepEqual(validate(dockerfile), []);
    // It would mind something.
    assert.notDeepEqual(validate(dockerfile.replace("EXPOSE 9001", "EXPOSE x")), []);
  });

  test("is, for those who run it, as the original's", () => {
    assert.deepEqual(
      valuesOf("CMD").map((json) => JSON.parse(json) as unknown),
      [["wstest", "--mode", "fuzzingserver", "--spec", "/config/fuzzingserver.json"]],
    );
    assert.deepEqual(valuesOf("VOLUME"), ["/config /reports"]);
    assert.deepEqual(valuesOf("EXPOSE"), ["9001"]);
    assert.deepEqual(valuesOf("WORKDIR"), ["/"]);
    assert.deepEqual(valuesOf("USER"), []);
    const [run = ""] = valuesOf("RUN");
    for (const path of ["/usr/local/bin/wstest", "/opt/pypy/bin/wstest", "/usr/local/bin/wireproof"]) {
      assert.ok(run.includes(` ${path} `), path);
    }
    assert.match(run, /chmod 1777 \/config \/reports/);
  });

  test("copies what is there, runs what it copies, and is built of nothing that was built before", () => {
    const copied = valuesOf("COPY").filter((rest) => !rest.startsWith("--from="));
    for (const rest of copied) assert.ok(existsSync(join(ROOT, rest.split(" ")[0] ?? "")), rest);
    assert.deepEqual(valuesOf("ENTRYPOINT"), ['["/usr/local/bin/wireproof-entry"]']);
    assert.ok(copied.includes("docker/entry.sh /usr/local/bin/wireproof-entry"));
    assert.ok((statSync(ENTRY).mode & 0o111) === 0o111, "the entry may be executed");
    const bins = readdirSync(join(ROOT, "packages/conformance/bin"));
    for (const name of bins)
      assert.ok(statSync(join(ROOT, "packages/conformance/bin", name)).mode & 0o1, name);
    const ignored = readFileSync(join(ROOT, ".dockerignore"), "utf8").split("\n");
    for (const name of ["**/node_modules", "**/dist", ".git"]) assert.ok(ignored.includes(name), name);
  });

  test("its spec files can be used", () => {
    const textOf = (name: string): string => readFileSync(join(ROOT, "docker/config", name), "utf8");
    assert.deepEqual(readServingSpec(textOf("fuzzingserver.json")).notes, []);
    assert.deepEqual(readClientSpec(textOf("fuzzingclient.json")).notes, []);
  });
});

const run = promisify(execFile);
const IS_ROOT = process.getuid?.() === 0;
const NO_BASH = spawnSync("bash", ["--version"]).status === 0 ? false : "no bash";
const NO_SETPRIV =
  IS_ROOT && process.platform === "linux" && spawnSync("setpriv", ["--version"]).status === 0
    ? false
    : "not root, or no setpriv";
const NO_SHELLCHECK = spawnSync("shellcheck", ["--version"]).status === 0 ? false : "no shellcheck";

/** Runs the entry with these words, in a tree of its own. `owner`: whose the folder for reports is. */
async function entered(
  words: readonly string[],
  options: { readonly owner?: number; readonly commands?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly stdout: string; readonly reports: string }> {
  const tree = workFolder();
  const bin = join(tree, "bin");
  const reports = join(tree, "reports");
  mkdirSync(bin);
  mkdirSync(reports);
  // Every folder on the way has to be open to others than root.
  for (const folder of [join(tree, ".."), tree, bin]) chmodSync(folder, 0o755);
  if (options.owner !== undefined) chownSync(reports, options.owner, options.owner);
  const commands = { wstest: 'echo "wstest $*"', ...options.commands };
  for (const [name, script] of Object.entries(commands)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  const env = { ...process.env, PATH: `${bin}:${process.env["PATH"] ?? ""}`, WIREPROOF_REPORTS: reports };
  const { stdout } = await run("bash", [ENTRY, ...words], { env, cwd: tree });
  return { stdout, reports };
}

describe("the entry of the image", { skip: NO_BASH }, () => {
  test("is a script without a mistake that bash sees", () => {
    execFileSync("bash", ["-n", ENTRY]);
  });

  test("nor one that shellcheck sees", { skip: NO_SHELLCHECK }, () => {
    execFileSync("shellcheck", [ENTRY, join(ROOT, ".ci/run")]);
  });

  for (const [words, said] of [
    [["wstest", "--mode", "fuzzingserver", "--spec", "/a b"], "wstest --mode fuzzingserver --spec /a b\n"],
    [["-m", "fuzzingclient"], "wstest -m fuzzingclient\n"],
    [[], "wstest \n"],
    [["bash", "-c", 'echo "$1"', "x", "two words"], "two words\n"],
  ] as const) {
    test(`runs ${words.join(" ") || "nothing"} as ${said.trim()}`, async () => {
      assert.equal((await entered(words)).stdout, said);
    });
  }

  test("steps aside: signals reach the command, and its exit status is the entry's", async () => {
    const { stdout } = await entered(["sh", "-c", 'echo "$$ $(cat /proc/$$/comm)"']);
    assert.match(stdout, /^\d+ sh\n$/);
    await assert.rejects(entered(["sh", "-c", "exit 4"]), { code: 4 });
  });

  test("a user who was chosen is kept, whoever owns the folder", async () => {
    const commands = { id: "echo 1000", setpriv: "echo changed; exit 9" };
    assert.equal((await entered(["sh", "-c", "echo kept"], { commands })).stdout, "kept\n");
  });

  test("where the user cannot be changed, root has to do", async () => {
    const commands = { id: "echo 0", stat: "echo 1234", setpriv: "exit 1" };
    assert.equal((await entered(["sh", "-c", "echo root"], { commands })).stdout, "root\n");
  });

  test(
    "as root it writes reports as the owner of their folder, and may still write elsewhere",
    { skip: NO_SETPRIV },
    async () => {
      const words = ["sh", "-c", 'echo x > "$WIREPROOF_REPORTS/r"; echo x > bin/elsewhere; id -u'];
      const { stdout, reports } = await entered(words, { owner: 1234 });
      assert.equal(stdout, "1234\n");
      const { uid, gid } = statSync(join(reports, "r"));
      assert.deepEqual([uid, gid], [1234, 1234]);
      assert.ok(existsSync(join(reports, "../bin/elsewhere")));
    },
  );

  test("as root in a folder of root's it stays root", { skip: NO_SETPRIV }, async () => {
    assert.equal((await entered(["id", "-u"], { owner: 0 })).stdout, "0\n");
  });
});
