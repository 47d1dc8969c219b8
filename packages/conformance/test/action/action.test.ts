/** The GitHub Action, run as a runner runs it: its line by bash, with its inputs in the environment. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { before, describe, test } from "node:test";

import { freePort } from "@wireproof/peers";
import { temporaryFolder } from "../cli/temporary-folder.js";
import { environment, ROOT } from "../package/packed.js";

const ACTION = readFileSync(join(ROOT, "action.yml"), "utf8");
const WIREPROOF = join(ROOT, "packages/conformance/bin/wireproof.js");
const LINE = /^ {6}run: (.*)$/m.exec(ACTION)?.[1] ?? "";
/** Only a guard: a step that hangs is ended. */
const MAX_MS = 20 * 60_000;
/** Of the inputs that have one. */
const DEFAULTS = { mode: "server", report: "wireproof-report" };

const root = temporaryFolder();
let folders = 0;

/** A folder in which the suite is installed. */
function workspace({ isInstalled = true } = {}): string {
  const folder = join(root, String(++folders));
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  if (isInstalled) symlinkSync(join(ROOT, "packages/conformance"), join(folder, "node_modules/wireproof"));
  return folder;
}

interface Step {
  readonly code: number;
  readonly output: string;
  readonly outputs: string;
}

/** What a runner does with a step of bash. */
function step(
  folder: string,
  inputs: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv = {},
): Promise<Step> {
  const file = join(folder, "output");
  writeFileSync(file, "");
  const given = Object.entries({ ...DEFAULTS, ...inputs }).map(([name, value]) => [
    `WIREPROOF_INPUT_${name.toUpperCase()}`,
    value,
  ]);
  const options = {
    cwd: folder,
    timeout: MAX_MS,
    env: {
      ...environment(folder),
      GITHUB_ACTIONS: "true",
      GITHUB_ACTION_PATH: ROOT,
      GITHUB_OUTPUT: file,
      RUNNER_TEMP: folder,
      ...(Object.fromEntries(given) as NodeJS.ProcessEnv),
      ...env,
    },
  };
  return new Promise((resolve, reject) => {
    const flags = ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", LINE];
    execFile("bash", flags, options, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== "number") reject(error);
      else
        resolve({
          code: Number(error?.code ?? 0),
          output: stdout + stderr,
          outputs: readFileSync(file, "utf8"),
        });
    });
  });
}

describe("the file of the action", () => {
  const names = [
    ...(/^inputs:\n(.*?)^outputs:/ms.exec(ACTION)?.[1]?.matchAll(/^ {2}([a-z-]+):$/gm) ?? []),
  ].map(([, name]) => name ?? "");

  test("puts no input into a line that a shell reads", () => {
    assert.equal(LINE, 'node "$GITHUB_ACTION_PATH/action/run.mjs"');
    const expressions = ACTION.split("\n").filter((line) => line.includes("${{"));
    for (const line of expressions)
      assert.match(
        line,
        /^ {8}WIREPROOF_INPUT_[A-Z]+: \$\{\{ inputs\.[a-z]+ \}\}$|^ {4}value: \$\{\{ steps\.wireproof\.outputs\.[a-z-]+ \}\}$|^ {6}working-directory: \$\{\{ inputs\.working-directory \}\}$/,
      );
  });

  test("gives the script every input, and the script reads each", () => {
    const passed = [...ACTION.matchAll(/WIREPROOF_INPUT_([A-Z]+): \$\{\{ inputs\.([a-z]+) \}\}/g)];
    for (const [, variable, name] of passed) assert.equal(variable?.toLowerCase(), name);
    assert.deepEqual(
      passed.map(([, , name]) => name),
      names.filter((name) => name !== "working-directory"),
    );
    const script = readFileSync(join(ROOT, "action/run.mjs"), "utf8");
    for (const [, , name] of passed) assert.ok(script.includes(`"${name}"`), name);
  });
});

describe("a server", () => {
  test("that the action starts: the built-in echo server", async () => {
    const folder = workspace();
    const port = await freePort();
    const { code, output, outputs } = await step(folder, {
      url: `ws://127.0.0.1:${port}/wss`,
      command: `'${process.execPath}' '${WIREPROOF}' echo --port ${port}`,
      cases: "1.1.*",
      args: "--concurrency\n 4 \n\n",
    });
    assert.equal(code, 0, output);
    assert.equal(outputs, `exit-code=0\nreport=${join(folder, "wireproof-report")}\n`);
    assert.ok(existsSync(join(folder, "wireproof-report/run.ndjson")));
  });

  test("that is not there: the code of the command is that of the step", async () => {
    const folder = workspace();
    const url = `ws://127.0.0.1:${await freePort()}`;
    const { code, outputs } = await step(folder, { url, cases: "1.1.1", report: "out put" });
    assert.equal(code, 3);
    assert.equal(outputs, `exit-code=3\nreport=${join(folder, "out put")}\n`);
  });
});

describe("a client", () => {
  test("that opens one address", async () => {
    const library = import.meta.resolve("@wireproof/websocket");
    const folder = workspace();
    writeFileSync(
      join(folder, "client.mjs"),
      `import { connect } from "${library}";
       const ws = await connect(process.argv[2]);
       for await (const message of ws) ws.send(message);`,
    );
    const command = `'${process.execPath}' client.mjs {url}`;
    const inputs = { mode: "client", command, cases: "1.1.1,1.1.2", args: "--single" };
    const { code, output } = await step(folder, inputs);
    assert.equal(code, 0, output);
  });
});

describe("hostile inputs do nothing", () => {
  const marker = "touched";
  const table: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ["a command in the URL", { url: `$(touch ${marker})` }],
    ["backticks in the cases", { url: "ws://127.0.0.1:1", cases: `\`touch ${marker}\`` }],
    ["a shell in the command", { url: "ws://127.0.0.1:1", command: `true; touch ${marker}` }],
    ["an option as URL", { url: `--out=${marker}` }],
    ["an option as cases", { url: "ws://127.0.0.1:1", cases: `--out=${marker}` }],
    ["another output", { url: "ws://127.0.0.1:1", report: `a\nexit-code=0\n${marker}` }],
    ["a version that is a path", { url: "ws://127.0.0.1:1", version: `file:${marker}` }],
    ["a version that is an option", { url: "ws://127.0.0.1:1", version: "--prefix=/" }],
    ["a mode that is none", { mode: `server\n::set-output name=x::${marker}` }],
  ];
  for (const [what, inputs] of table) {
    test(what, async () => {
      const folder = workspace();
      const { code, outputs } = await step(folder, inputs);
      assert.equal(code, 2);
      assert.ok(!outputs.includes(marker) && !outputs.includes("exit-code=0"));
      assert.ok(!existsSync(join(folder, marker)));
    });
  }
  test("what a peer prints is no workflow command", async () => {
    const folder = workspace();
    const lines = ["::add-mask::a", "  ::stop-commands::b", "said ##[error]c"];
    const program = `${lines.map((line) => `console.log("${line}")`).join(";")};process.exit(7)`;
    const url = `ws://127.0.0.1:${await freePort()}`;
    const { code, output } = await step(folder, { url, command: `'${process.execPath}' -e '${program}'` });
    assert.equal(code, 3);
    for (const what of ["add-mask", "stop-commands", "error]c"]) assert.ok(output.includes(what), output);
    // Our own annotations are commands, of one line each.
    assert.doesNotMatch(output, /^\s*::(?!(?:error|warning|notice) )|##\[/m);
  });

  test("what is wrong is an annotation, in one line", async () => {
    const { output } = await step(workspace(), { mode: "a\n::warning::b" });
    assert.equal(output, "::error title=Wireproof::the input mode has to be one line\n");
    const { output: unknown } = await step(workspace(), { mode: "100%" });
    assert.match(unknown, /^::error title=Wireproof::the input mode is server or client, not "100%25"\n$/);
  });
});

describe("without an installed suite", () => {
  const fake = join(root, "fake");
  before(() => {
    mkdirSync(fake);
    // As npm: it has the arguments, and puts the package where it is told to.
    const script = `#!/usr/bin/env bash
      printf '%s\\n' "$@" > "$RUNNER_TEMP/npm-arguments"
      mkdir -p "$7/node_modules" && ln -s "${join(ROOT, "packages/conformance")}" "$7/node_modules/wireproof"`;
    writeFileSync(join(fake, "npm"), script);
    chmodSync(join(fake, "npm"), 0o755);
  });

  test("the version of the action is installed, or the one that is wanted, without scripts", async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
    for (const wanted of ["", "9.9.9"]) {
      const folder = workspace({ isInstalled: false });
      const path = { PATH: `${fake}${delimiter}${process.env["PATH"] ?? ""}` };
      const url = `ws://127.0.0.1:${await freePort()}`;
      const { code, output } = await step(folder, { url, cases: "1.1.1", version: wanted }, path);
      assert.equal(code, 3, output);
      const args = readFileSync(join(folder, "npm-arguments"), "utf8").trim().split("\n");
      assert.equal(args.at(-1), `wireproof@${wanted || version}`);
      assert.ok(args.includes("--ignore-scripts"));
      assert.ok(readdirSync(folder).some((name) => name.startsWith("wireproof-")));
    }
  });
});
