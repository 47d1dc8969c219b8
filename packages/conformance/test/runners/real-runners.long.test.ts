/** The examples of docs/library.md, run by the runners that they are for, on the suite as it is published. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";

import { temporaryFolder } from "../cli/temporary-folder.js";
import { environment, PUBLISHED, ROOT } from "../package/packed.js";

const TOOLCHAINS = join(ROOT, "toolchains/node_modules");
/** Only a guard: a runner that hangs is ended. */
const MAX_MS = 30 * 60_000;

const folder = temporaryFolder();
const EXAMPLES: ReadonlyMap<string, string> = new Map(
  [
    ...readFileSync(join(ROOT, "docs/library.md"), "utf8").matchAll(/^```[mc]js\n\/\/ (\S+)\n(.*?)^```$/gms),
  ].map(([, file = "", text = ""]) => [file, text]),
);

before(() => {
  // Copies, since Node follows links to where nobody has installed the runners.
  for (const [name, source] of PUBLISHED) {
    if (name === "@wireproof/ws") continue;
    const target = join(folder, "node_modules", name);
    mkdirSync(target, { recursive: true });
    for (const part of ["package.json", "dist/src", "dist/lib", "dist/report-ui"])
      if (existsSync(join(ROOT, source, part)))
        cpSync(join(ROOT, source, part), join(target, part), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules/zod"), join(folder, "node_modules/zod"));
  if (existsSync(TOOLCHAINS)) symlinkSync(join(TOOLCHAINS, "vitest"), join(folder, "node_modules/vitest"));
  writeFileSync(join(folder, "package.json"), "{}");
  for (const [file, text] of EXAMPLES) writeFileSync(join(folder, file), text);
});

interface Ran {
  readonly code: number;
  readonly output: string;
}

function run(script: string, ...args: readonly string[]): Promise<Ran> {
  const options = { cwd: folder, env: { ...environment(folder), NO_COLOR: "1" }, timeout: MAX_MS };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== "number") reject(error);
      else resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
    });
  });
}

function nodeTest(file: string, ...args: readonly string[]): Promise<Ran> {
  return run("--test", "--test-reporter", "spec", ...args, file);
}

function skipWithout(name: string): string | false {
  if (existsSync(join(TOOLCHAINS, name))) return false;
  return `${name} not installed: npm ci --ignore-scripts --prefix toolchains`;
}

/** A server that answers some messages with another one. */
function broken(example: string): string {
  return (EXAMPLES.get(example) ?? "").replace(
    "ws.send(data)",
    'ws.send(data === "Hello World!" || data.length === 126 ? "\\u001b[31mBye" : data)',
  );
}

describe("node:test", () => {
  test("a server, and a client that is a function", async () => {
    for (const file of ["server.test.mjs", "client.test.mjs"]) {
      const { code, output } = await nodeTest(file);
      assert.equal(code, 0, output);
      assert.match(output, /✔ 1\.1\.2 Text message of 125 octets/);
      assert.match(output, /✔ The peer is there until the end\./);
      assert.match(output, /ℹ fail 0\n/);
    }
  });

  test("a failure says what came, and nothing of the peer reaches the terminal as it is", async () => {
    writeFileSync(join(folder, "broken.test.mjs"), broken("server.test.mjs"));
    const { code, output } = await nodeTest("broken.test.mjs");
    assert.equal(code, 1);
    assert.match(output, /✖ 7\.1\.1 /);
    assert.match(output, /< TEXT "\\x1b\[31mBye" \[8 octets\]/);
    assert.ok(!output.includes("\u001b[31mBye"));
  });

  test("what is known to fail is a todo", async () => {
    const { code, output } = await nodeTest("known.test.mjs");
    assert.equal(code, 0, output);
    assert.match(output, /ℹ todo 1\n/);
    assert.match(output, /7\.1\.1 .*# issue 12: it shouts/);
  });

  test("one test of many, by its name", async () => {
    const { code, output } = await nodeTest("server.test.mjs", "--test-name-pattern", "^1\\.2\\.2 ");
    assert.equal(code, 0, output);
    assert.match(output, /✔ 1\.2\.2 /);
    assert.doesNotMatch(output, /✔ 1\.2\.1 /);
  });
});

describe("Vitest", { skip: skipWithout("vitest") }, () => {
  const vitest = (file: string): Promise<Ran> =>
    run(join(TOOLCHAINS, "vitest/vitest.mjs"), "run", "--reporter", "verbose", file);

  test("as in the example", async () => {
    const { code, output } = await vitest("vitest.test.mjs");
    assert.equal(code, 0, output);
    assert.match(output, /✓ .*1\.1\.2 Text message of 125 octets/);
    assert.match(output, /32\.2\.1 .*\[the peer sent nothing that this rule is about\]/);
  });

  test("what fails, what is known to, and what is no longer", async () => {
    const known = 'cases: "1.*,7.*", known: { "7.1.1": "issue 12", "1.1.2": "stale" }';
    const text = broken("vitest.test.mjs").replace('cases: "1.*,7.*"', known);
    writeFileSync(join(folder, "known-vitest.test.mjs"), text);
    const { code, output } = await vitest("known-vitest.test.mjs");
    assert.equal(code, 1);
    assert.match(output, /✓ .*7\.1\.1 /);
    assert.match(output, /[×✗] .*1\.1\.2 /);
    assert.match(output, /CaseFailure: 1\.1\.3 fail: /);
  });
});

describe("Jest", { skip: skipWithout("jest") }, () => {
  const jest = (file: string): Promise<Ran> => {
    const config = JSON.stringify({ testMatch: ["**/*.test.cjs"], rootDir: folder });
    const options = ["--ci", "--no-watchman", "--verbose", "--cacheDirectory", join(folder, "jest-cache")];
    return run(join(TOOLCHAINS, "jest/bin/jest.js"), ...options, "--config", config, file);
  };

  test("as in the example, without flags and transforms", async () => {
    const { code, output } = await jest("jest.test.cjs");
    assert.equal(code, 0, output);
    assert.match(output, /✓ 1\.1\.2 Text message of 125 octets/);
    assert.match(output, /✓ The peer is there until the end\./);
  });

  test("what fails, what is known to, and what is no longer", async () => {
    const known = 'cases: "1.*,7.*", known: { "7.1.1": "issue 12", "1.1.2": "stale" }';
    const text = broken("jest.test.cjs").replace('cases: "1.*,7.*"', known);
    writeFileSync(join(folder, "known-jest.test.cjs"), text);
    const { code, output } = await jest("known-jest.test.cjs");
    assert.equal(code, 1);
    assert.match(output, /✓ 7\.1\.1 /);
    assert.match(output, /✕ 1\.1\.2 /);
    assert.match(output, /1\.1\.3 fail: /);
  });
});

test("another runner, by its functions", async () => {
  const mocha = `
    import { after, describe, it } from "node:test";
    import { createServer } from "@wireproof/websocket";
    const server = createServer({ message: (ws, data) => ws.send(data) });
    after(() => server.close());
    const { port } = await server.listen(0, "127.0.0.1");
  `;
  const text = (EXAMPLES.get("mocha.test.mjs") ?? "").replace(
    '"ws://127.0.0.1:9001"',
    "`ws://127.0.0.1:${port}`",
  );
  writeFileSync(join(folder, "mocha.test.mjs"), mocha + text);
  const { code, output } = await nodeTest("mocha.test.mjs");
  assert.equal(code, 0, output);
  assert.match(output, /✔ 1\.1\.2 /);
});
