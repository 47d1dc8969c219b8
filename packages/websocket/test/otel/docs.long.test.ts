/** The programs in docs/observing.md run as they stand there, with the real SDK of OpenTelemetry, and say what they should. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { INTEROP, skipWithout } from "../consumers/support/consumer.js";
import { PACKAGES } from "./sdk.js";

/** From dist/test/otel. */
const ROOT = fileURLToPath(new URL("../../../../../", import.meta.url));
/** What each program prints, in their order. */
const EXPECTED = [
  /^\d+(\.\d+)? ms\n$/,
  /^# HELP websocket_connections .*\nwebsocket_rate_exceeded_total 0\n\n$/s,
  /name: 'GET'.*\bkind: 1\b.*hello\n|hello\n.*name: 'GET'/s,
  /^opened by request 7\n$/,
];

test(
  "every program in docs/observing.md",
  { skip: skipWithout(...PACKAGES), timeout: 600_000 },
  async (t) => {
    const page = await readFile(join(ROOT, "docs/observing.md"), "utf8");
    const programs = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
    assert.equal(programs.length, EXPECTED.length);
    const folder = await mkdtemp(join(tmpdir(), "wireproof-observing-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    await mkdir(join(folder, "node_modules/@wireproof"), { recursive: true });
    await symlink(join(ROOT, "packages/websocket"), join(folder, "node_modules/@wireproof/websocket"));
    await symlink(join(INTEROP, "node_modules/@opentelemetry"), join(folder, "node_modules/@opentelemetry"));
    for (const [at, code] of programs.entries()) {
      const file = join(folder, `program-${at}.mjs`);
      await writeFile(file, code.replaceAll(/^await using (\w+) =/gm, "const $1 ="));
      // Node 20 knows no `await using`: what it would close is closed at the end.
      const closing = [...code.matchAll(/^await using (\w+) =/gm)].map(([, name]) => name).toReversed();
      const ends = closing.map((name) => `await ${name}[Symbol.asyncDispose]();\n`).join("");
      await writeFile(file, `${await readFile(file, "utf8")}\n${ends}`);
      const { output, code: exit } = await runProgram(file);
      assert.match(output, EXPECTED[at]!, `program ${at + 1}: ${output}`);
      assert.equal(exit, 0, output);
    }
  },
);

/** Everything that it prints, and its exit code. */
function runProgram(file: string): Promise<{ readonly output: string; readonly code: number | null }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.once("close", (code) => resolve({ output, code }));
  });
}
