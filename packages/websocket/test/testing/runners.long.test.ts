/** The examples of docs/testing.md, run by the runners that they are for, on the package as it is published. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { fileURLToPath } from "node:url";

/** From dist/test/testing. */
const ROOT = fileURLToPath(new URL("../../../../../", import.meta.url));
const PACKAGE = join(ROOT, "packages/websocket");
const TOOLCHAINS = join(ROOT, "toolchains/node_modules");
/** Only a guard: a runner that hangs is ended. */
const MAX_MS = 30 * 60_000;

const EXAMPLES: ReadonlyMap<string, string> = new Map(
  [...readFileSync(join(ROOT, "docs/testing.md"), "utf8").matchAll(/^```js\n\/\/ (\S+)\n(.*?)^```$/gms)].map(
    ([, file = "", text = ""]) => [file, text],
  ),
);
/** A busy machine must not be taken for a failure. */
const PATIENTLY = "scriptedServer(scripts, { timeoutMs: 60_000 })";
const TIMEOUT = "--testTimeout=60000";
const HEARTBEAT = "{ intervalMs: 20_000, timeoutMs: 5_000 }";

const folder = mkdtempSync(join(tmpdir(), "wireproof-testing-"));

before(() => {
  const target = join(folder, "node_modules/@wireproof/websocket");
  mkdirSync(target, { recursive: true });
  // Copies, since Node follows links to where nobody has installed the runners.
  for (const part of ["package.json", "dist/lib"])
    cpSync(join(PACKAGE, part), join(target, part), { recursive: true });
  if (existsSync(TOOLCHAINS)) symlinkSync(join(TOOLCHAINS, "vitest"), join(folder, "node_modules/vitest"));
  writeFileSync(join(folder, "package.json"), "{}");
  for (const [file, text] of EXAMPLES)
    writeFileSync(join(folder, file), text.replace("scriptedServer(scripts)", PATIENTLY));
});
after(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly output: string;
}

/** Runs a script of Node's until it ends, without what the runner of these tests tells its children. */
function run(script: string, ...args: readonly string[]): Promise<Ran> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(?:NODE_|FORCE_COLOR)/.test(name));
  const env = { ...Object.fromEntries(inherited), NO_COLOR: "1" };
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [script, ...args],
      { cwd: folder, env, timeout: MAX_MS },
      (error, out, err) => {
        if (error !== null && typeof error.code !== "number") reject(error);
        else resolve({ code: Number(error?.code ?? 0), output: out + err });
      },
    );
  });
}

function skipWithout(name: string): string | false {
  if (existsSync(join(TOOLCHAINS, name))) return false;
  return `${name} not installed: npm ci --ignore-scripts --prefix toolchains`;
}

suite("node:test", () => {
  test("the example of the docs", async () => {
    const { code, output } = await run("--test", "--test-reporter", "spec", "chat.test.mjs");
    assert.equal(code, 0, output);
    assert.match(output, /ℹ pass 3\n/);
  });

  test("a fake time goes on while its mock timers are on", async () => {
    writeFileSync(
      join(folder, "mocked.test.mjs"),
      `import assert from "node:assert/strict";
      import { test } from "node:test";
      import { fakeTime, pair } from "@wireproof/websocket/testing";
      test("pings", async (t) => {
        t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "setImmediate", "Date"] });
        const time = fakeTime();
        const both = await pair({ time, server: { heartbeat: ${HEARTBEAT} }, client: { heartbeat: false } });
        await time.advance(20_000);
        assert.equal(both.client.counters.pingsReceived, 1);
        await both.close();
      });`,
    );
    const { code, output } = await run("--test", "--test-reporter", "spec", "mocked.test.mjs");
    assert.equal(code, 0, output);
  });
});

suite("Vitest", { skip: skipWithout("vitest") }, () => {
  const vitest = join(TOOLCHAINS, "vitest/vitest.mjs");

  test("the example of the docs", async () => {
    const { code, output } = await run(vitest, "run", TIMEOUT, "feed.test.mjs");
    assert.equal(code, 0, output);
    assert.match(output, /4 passed/);
  });

  test("its fake timers drive heartbeats, in memory and over sockets", async () => {
    writeFileSync(
      join(folder, "timers.test.mjs"),
      `import { afterEach, expect, test, vi } from "vitest";
      import { connect } from "@wireproof/websocket";
      import { pair, scriptedServer } from "@wireproof/websocket/testing";
      afterEach(() => vi.useRealTimers());
      test("a pair", async () => {
        vi.useFakeTimers();
        let ping;
        const pinged = new Promise((resolve) => (ping = resolve));
        const both = await pair({ server: { heartbeat: ${HEARTBEAT} }, client: { heartbeat: false, ping } });
        await vi.advanceTimersByTimeAsync(20_064);
        await pinged;
        await both.close();
      });
      test("sockets", async () => {
        const server = await scriptedServer(async (peer) => {
          peer.send(await peer.receive());
          await peer.receivePing();
          peer.stall();
        }, { timeoutMs: 60_000 });
        vi.useFakeTimers();
        const ws = await connect(server.url, { heartbeat: ${HEARTBEAT} });
        ws.send("echo");
        const messages = ws[Symbol.asyncIterator]();
        expect((await messages.next()).value).toBe("echo");
        const ended = messages.next().catch((error) => error.problem);
        await vi.advanceTimersByTimeAsync(40_064);
        await server.done();
        await vi.advanceTimersByTimeAsync(60_000);
        expect(await ended).toBe("heartbeat-timeout");
        await server.close();
      });`,
    );
    const { code, output } = await run(vitest, "run", TIMEOUT, "timers.test.mjs");
    assert.equal(code, 0, output);
    assert.match(output, /2 passed/);
  });
});

suite("Jest", { skip: skipWithout("jest") }, () => {
  test("pairs, fake time and scripts, with its fake timers and without", async () => {
    writeFileSync(
      join(folder, "jest.test.cjs"),
      `const { connect } = require("@wireproof/websocket");
      const { fakeTime, pair, scriptedServer } = require("@wireproof/websocket/testing");
      afterEach(() => jest.useRealTimers());
      test("a script", async () => {
        const server = await scriptedServer(async (peer) => peer.send(await peer.receiveText()), {
          timeoutMs: 60_000,
        });
        const ws = await connect(server.url);
        ws.send("hello");
        expect((await ws[Symbol.asyncIterator]().next()).value).toBe("hello");
        ws.terminate();
        await server.done();
        await server.close();
      });
      test("a fake time", async () => {
        const time = fakeTime();
        const both = await pair({ time, server: { heartbeat: ${HEARTBEAT} }, client: { heartbeat: false } });
        await time.advance(20_000);
        expect(both.client.counters.pingsReceived).toBe(1);
        await both.close();
      });
      test("fake timers", async () => {
        jest.useFakeTimers();
        let ping;
        const pinged = new Promise((resolve) => (ping = resolve));
        const both = await pair({ server: { heartbeat: ${HEARTBEAT} }, client: { heartbeat: false, ping } });
        await jest.advanceTimersByTimeAsync(20_064);
        await pinged;
        await both.close();
      });`,
    );
    const jest = join(TOOLCHAINS, "jest/bin/jest.js");
    const { code, output } = await run(jest, TIMEOUT, "--testMatch", "**/*.test.cjs");
    assert.equal(code, 0, output);
    assert.match(output, /3 passed/);
  });
});
