/** The programs of docs/engines.md compile against the published package, and run. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { Broker, CLIENTS, skipWithout } from "./brokers.js";

// Seen from dist/test/engines.
const ROOT = fileURLToPath(new URL("../../../../../", import.meta.url));
const PAGE = readFileSync(join(ROOT, "docs/engines.md"), "utf8");
const PROGRAMS = [...PAGE.matchAll(/^## ([^\n]+)\n(?:(?!^## |^```ts)[^\n]*\n)*^```ts\n(.*?)^```$/gms)].map(
  ([, heading = "", code = ""]) => ({ heading, code }),
);
const INSTALLED = new Map([
  ["@wireproof/websocket", "packages/websocket"],
  ["@types", "node_modules/@types"],
  ["ioredis", "interop/node_modules/ioredis"],
  ["redis", "interop/node_modules/redis"],
  ["@nats-io/transport-node", "interop/node_modules/@nats-io/transport-node"],
]);
const COMPILER_OPTIONS = {
  target: "es2022",
  lib: ["es2023", "dom", "esnext.disposable"],
  types: ["node"],
  module: "nodenext",
  strict: true,
  skipLibCheck: true,
};

suite("docs/engines.md", { timeout: 600_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "wireproof-engines-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const missing = [...INSTALLED.values()].filter((path) => !existsSync(join(ROOT, path)));
  const isMissing = missing.length > 0;
  const skip = isMissing
    ? `${missing.join(", ")} is not there: npm ci --ignore-scripts --prefix interop`
    : false;

  before(async () => {
    if (isMissing) return;
    for (const [name, path] of INSTALLED) {
      const link = join(folder, "node_modules", name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(ROOT, path), link);
    }
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: COMPILER_OPTIONS }));
    for (const [at, { code }] of PROGRAMS.entries()) writeFileSync(join(folder, `${at}.ts`), code);
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    await promisify(execFile)(process.execPath, [tsc, "-p", folder], { cwd: folder }).catch(
      ({ stdout }: { readonly stdout: string }) => assert.fail(stdout),
    );
  });

  test("has a program for each engine", () => {
    assert.deepEqual(
      PROGRAMS.map(({ heading }) => heading),
      ["Start", "Redis", "NATS", "node:cluster", "Worker threads", "An engine of your own"],
    );
  });

  for (const [at, { heading, code }] of PROGRAMS.entries()) {
    const client = CLIENTS.find(({ package: name }) => code.includes(`from "${name}"`));
    const why = skip === false && client !== undefined ? skipWithout(client) : skip;
    test(`the program under "${heading}" runs`, { skip: why }, async (t) => {
      const port = client === undefined ? 0 : (await Broker.start(t, client.server)).port;
      const file = join(folder, `${at}.js`);
      const compiled = readFileSync(file, "utf8");
      writeFileSync(file, compiled.replaceAll("8080", "0").replaceAll(/localhost:\d+/g, `127.0.0.1:${port}`));
      const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "pipe"], cwd: folder });
      const gone = once(child, "exit");
      t.after(async () => {
        child.kill("SIGKILL");
        await gone;
      });
      let complaint = "";
      child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
      const lines: string[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        lines.push(line.trim());
        break;
      }
      assert.deepEqual([lines, complaint], [["up"], ""]);
    });
  }
});
