import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { COMMANDS } from "../../src/cli/commands.js";
import { wireproofHere } from "./run-here.js";
import { wireproof } from "./spawn-wireproof.js";
import { temporaryFolder } from "./temporary-folder.js";

const folder = temporaryFolder();
// Where a command would write if it were not refused.
process.chdir(folder);
const file = join(folder, "text.txt");
writeFileSync(file, "nothing\n");

const REFUSED: readonly (readonly [readonly string[], RegExp])[] = [
  [[], /a command is needed: test, [a-z, -]+;/],
  [["tset"], /unknown command "tset"; did you mean test\?/],
  [["ws://127.0.0.1:9001"], /"wireproof test ws:\/\/127\.0\.0\.1:9001"/],
  [["--versoin"], /unknown option "--versoin"; did you mean --version\?/],
  [["help", "nothing-like-it"], /unknown command "nothing-like-it"; see wireproof --help/],
  [["\u001b[31m"], /unknown command "\\\\x1b\[31m"|unknown command "\\x1b\[31m"/],
  [["test"], /test needs url/],
  [["test", "localhost:1"], /did you mean "ws:\/\/localhost:1"\?/],
  [["test", "ws://127.0.0.1:1", "--profil", "modern"], /did you mean --profile\?/],
  [["test", "ws://127.0.0.1:1", "--cases", "99.*"], /no case matches "99\.\*"/],
  [["test", "ws://127.0.0.1:1", "--concurrency", "0"], /from 1 to 256/],
  [["test", "ws://127.0.0.1:1", "--concurrency", "257"], /from 1 to 256/],
  [["test", "ws://127.0.0.1:1", "--timeout-scale", "0.01"], /from 0\.1 to 100/],
  [["test", "ws://127.0.0.1:1", "--agent", "a", "--agent", "b"], /names 2 peers for 1 URL/],
  [["test", "ws://127.0.0.1:1", "--reporter", "jsn"], /unknown reporter "jsn"; did you mean json\?/],
  [["test", "ws://127.0.0.1:1", "--reporter", "json="], /needs a path after json=/],
  [["test", "ws://127.0.0.1:1", "--reporter", "autobahn=-"], /needs a folder/],
  [
    ["test", "ws://127.0.0.1:1", "--reporter", "json=-", "--reporter", "terminal"],
    /both write to standard output/,
  ],
  [
    ["test", "ws://127.0.0.1:1", "--ca", join(folder, "missing.pem")],
    /cannot read ".*missing\.pem": no such file/,
  ],
  [["test", "ws://127.0.0.1:1", "--ca", file], /contains no PEM certificate/],
  [["test", "ws://127.0.0.1:1", "--out", file], /".*text\.txt" is not a folder/],
  [["test", "ws://127.0.0.1:1", "--out", join(file, "deeper")], /not a/],
  [["show", "5.20", "--run", file], /is not a run file/],
  [["judge", join(folder, "missing.ndjson")], /there is no such file/],
  [["judge"], /judge needs file/],
];

for (const [args, sentence] of REFUSED) {
  test(`wireproof ${JSON.stringify(args)}: one sentence and exit code 2`, async () => {
    const { code, stdout, stderr } = await wireproofHere(args);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, /^wireproof: [^\n]+[^.\n]\n$/);
    assert.match(stderr, sentence);
    // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
    assert.doesNotMatch(stderr, /\u001b|at .*\.js:\d/);
  });
}

test("what is refused ends the process with one line on standard error and exit code 2", async () => {
  const { code, stdout, stderr } = await wireproof(["tset"]);
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /^wireproof: unknown command "tset"; did you mean test\?[^\n]*\n$/);
});

test("--version prints the version of the package", async () => {
  const path = new URL("../../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(path, "utf8")) as { version: string };
  assert.deepEqual(await wireproof(["--version"]), { code: 0, stdout: `${version}\n`, stderr: "" });
});

test("--help names every command and exit code", async () => {
  const { code, stdout, stderr } = await wireproof(["--help"]);
  assert.deepEqual([code, stderr], [0, ""]);
  for (const { name } of COMMANDS) assert.match(stdout, new RegExp(`^  ${name} `, "m"));
  for (const exit of [0, 1, 2, 3, 4]) assert.match(stdout, new RegExp(`^  ${exit} `, "m"));
  assert.deepEqual(await wireproofHere(["help"]), { code: 0, stdout, stderr: "" });
});

for (const { name } of COMMANDS) {
  test(`wireproof ${name} --help prints its own help, and so does wireproof help ${name}`, async () => {
    const { code, stdout } = await wireproofHere([name, "--help"]);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^Usage: wireproof ${name} `));
    assert.equal((await wireproofHere(["help", name])).stdout, stdout);
  });
}

test("a reader of the list that goes away is no error", async () => {
  const outcome = await wireproof(["list", "--json"], {
    onStdout: (_soFar, child) => child.stdout?.destroy(),
  });
  assert.deepEqual([outcome.code, outcome.stderr], [0, ""]);
});
