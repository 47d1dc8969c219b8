import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";

import { COMMANDS } from "../../src/cli/commands.js";
import { wireproofHere } from "./run-here.js";
import { temporaryFolder } from "./temporary-folder.js";

const run = promisify(execFile);
const root = temporaryFolder();
const cwd = join(root, "here");
mkdirSync(join(cwd, "folder"), { recursive: true });
writeFileSync(join(cwd, "a file.json"), "");

/** Where the script of a shell is. */
async function script(shell: string): Promise<string> {
  const { code, stdout } = await wireproofHere(["completion", shell]);
  assert.equal(code, 0);
  const file = join(root, `completion.${shell}`);
  writeFileSync(file, stdout);
  return file;
}

/** What a shell suggests for the last word of a line. */
type Complete = (words: readonly string[]) => Promise<readonly string[]>;

const SHELLS: Readonly<Record<string, Complete>> = {
  bash: async (words) => {
    const file = await script("bash");
    // As readline does it: --option=value is three words.
    const typed = words.flatMap((word) =>
      word.split(/(?<=^--[\w-]+)(=)/).filter((part, at) => part !== "" || at === 0),
    );
    const program = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _wireproof; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await run("bash", ["--norc", "-c", program, "bash", file, "wireproof", ...typed], {
      cwd,
    });
    return stdout.split("\n").filter((line) => line !== "");
  },
  zsh: async (words) => {
    const file = await script("zsh");
    // A shell in a shell, since only an interactive one completes. What it would insert is written to a file.
    const program = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; autoload -Uz compinit; compinit -C -d '$4'; source '$1'; compadd () { local -a o; builtin compadd -O o \\"\\$@\\"; print -rl -- \\$o >> '$2'; builtin compadd \\"\\$@\\" }; zstyle ':completion:*' menu no; zle -N done-now; done-now () { print done-\\$((1 + 1)) }; bindkey '^X' done-now; bindkey '^I' complete-word; print ready-\\$((1 + 1))"
zpty -r -m z out '*ready-2*'
zpty -w -n z "$3"$'\\t'$'\\x18'
zpty -r -m z out '*done-2*'
zpty -d z
`;
    const out = join(root, `zsh-${words.join("-").replaceAll(/\W/g, "_")}`);
    writeFileSync(out, "");
    await run(
      "zsh",
      ["-f", "-c", program, "zsh", file, out, `wireproof ${words.join(" ")}`, join(root, "zcompdump")],
      { cwd },
    );
    const last = words.at(-1) ?? "";
    const prefix = /^--[\w-]+=/.exec(last)?.[0] ?? "";
    const found = readFileSync(out, "utf8")
      .split("\n")
      .filter((line) => line !== "" && line.startsWith(last.slice(prefix.length)));
    // It asks more than once.
    return [...new Set(found)];
  },
  fish: async (words) => {
    const file = await script("fish");
    const env = { ...process.env, HOME: root, XDG_CONFIG_HOME: root, XDG_DATA_HOME: root };
    const line = ["wireproof", ...words].join(" ");
    const { stdout } = await run(
      "fish",
      ["--no-config", "-c", "source $argv[1]; complete -C $argv[2]", file, line],
      { cwd, env },
    );
    return stdout
      .split("\n")
      .filter((found) => found !== "")
      .map((found) => found.split("\t")[0] ?? "");
  },
};

for (const [shell, complete] of Object.entries(SHELLS)) {
  describe(`completion in ${shell}`, async () => {
    const isThere = await run(shell, ["-c", "exit 0"]).then(
      () => true,
      () => false,
    );
    const skip = isThere ? false : `${shell} is not installed`;

    test("commands", { skip }, async () => {
      assert.deepEqual([...(await complete(["test"]))].toSorted(), ["test", "test-client"]);
      const all = await complete([""]);
      for (const { name } of COMMANDS) assert.ok(all.includes(name.split(" ")[0] ?? ""), name);
      const pairs = COMMANDS.flatMap(({ name }) => /^matrix (.*)/.exec(name)?.[1] ?? []);
      assert.deepEqual([...(await complete(["matrix", ""]))].toSorted(), pairs.toSorted());
    });

    test("options of the command, and of no other", { skip }, async () => {
      const found = await complete(["test", "--conc"]);
      assert.deepEqual(
        found.map((one) => one.replace(/=$/, "")),
        ["--concurrency"],
      );
      assert.deepEqual(await complete(["list", "--conc"]), []);
      assert.equal((await complete(["matrix", "run", "--proc"])).length, 1);
      assert.deepEqual(await complete(["run", "--proc"]), []);
    });

    test("values", { skip }, async () => {
      const values = async (...words: readonly string[]): Promise<readonly string[]> =>
        (await complete(words)).map((one) => one.replace(/^--[\w-]+=/, "")).toSorted();
      assert.deepEqual(await values("test", "--profile", ""), ["autobahn", "modern"]);
      assert.deepEqual(await values("test", "--profile=m"), ["modern"]);
      assert.deepEqual(await values("completion", "z"), ["zsh"]);
    });

    test("files and folders where they are meant, with blanks in their names", { skip }, async () => {
      const files = (await complete(["test", "--config", "a"])).map((one) => one.replaceAll("\\", ""));
      assert.deepEqual([...new Set(files)], ["a file.json"]);
      const folders = (await complete(["test", "--out", "f"])).map((one) => one.replace(/\/$/, ""));
      assert.deepEqual(folders, ["folder"]);
    });
  });
}

test("another shell is refused", async () => {
  const { code, stderr } = await wireproofHere(["completion", "csh"]);
  assert.equal(code, 2);
  assert.match(stderr, /completion takes bash or zsh or fish, not "csh"/);
});
