import assert from "node:assert/strict";
import { test } from "node:test";
import { createServer } from "@wireproof/websocket";
import { loadCommand } from "../../src/cli/load.js";
import { progressText } from "../../src/cli/load-text.js";
import { UsageError } from "../../src/cli/usage-error.js";
import { startEchoServer } from "../../src/modes/echo-server.js";
import type { LoadOptions, LoadResult } from "../../src/modes/load/options.js";
import { during } from "../integration/play-run.js";
import { fakeIo } from "./fake-io.js";

const QUICK = ["--duration", "0.2", "--warm-up", "0", "--rate", "max"];
const HERE = { host: "127.0.0.1", port: 0, path: undefined, tls: undefined };

test("figures for people", async (context) => {
  const { url } = await during(context, startEchoServer(HERE));
  const io = fakeIo();
  assert.equal(await loadCommand.run([url, ...QUICK, "--size", "10,200", "--compression"], io), 0);
  const text = io.written();
  assert.match(
    text,
    /10 connections, text messages of 10, 200 octets, as fast as they come back, permessage-deflate/,
  );
  assert.match(text, /\n {2}a second {2}\d+ messages, [\d.]+ MB\n/);
  assert.match(text, /\n {2}99\.9 % +[\d.]+ ms\n/);
  assert.deepEqual(io.complaints, []);
});

test("figures for scripts", async (context) => {
  const { url } = await during(context, startEchoServer(HERE));
  const io = fakeIo();
  await loadCommand.run([url, ...QUICK, "--binary", "--connections", "3", "--json"], io);
  const figures = JSON.parse(io.written()) as LoadResult & { asked: Partial<LoadOptions> };
  assert.deepEqual(figures.asked.sizes, [125]);
  assert.deepEqual([figures.opened, figures.unanswered, figures.different], [3, 0, 0]);
  assert.equal(figures.echoed, figures.sent);
});

test("a server that loses messages ends with 1, and it is said", async (context) => {
  const server = createServer({ message: () => undefined });
  const { port } = await server.listen(0, "127.0.0.1");
  context.after(() => server.close({ drainMs: 100 }));
  const io = fakeIo();
  const args = [
    `ws://127.0.0.1:${port}`,
    "--duration",
    "0.1",
    "--warm-up",
    "0",
    // The connection has to be opened in this time, too.
    "--timeout",
    "3",
    "--rate",
    "100",
  ];
  assert.equal(await loadCommand.run(args, io), 1);
  assert.match(io.written(), /\n\d+ messages? did not come back\.\n$/);
  assert.match(io.written(), /from the time due {2}from sending/);
});

test("nobody is there", async () => {
  const echo = await startEchoServer(HERE);
  await echo.close();
  const io = fakeIo();
  assert.equal(await loadCommand.run([echo.url], io), 3);
  assert.match(io.complaints.join(), /^Cannot reach /);
});

test("what cannot be asked for", async () => {
  const refuse = (...args: readonly string[]): Promise<void> =>
    assert.rejects(loadCommand.run(["ws://127.0.0.1:9", ...args], fakeIo()), UsageError);
  await refuse("--rate", "0");
  await refuse("--rate", "1000000", "--duration", "3600");
  await refuse("--size", "1,x");
  await refuse("--connections", "0");
});

test("progress takes one line", () => {
  const options = { warmupMs: 1000, durationMs: 9000 } as LoadOptions;
  assert.equal(
    progressText({ elapsedMs: 2100, sent: 5, echoed: 4 }, options),
    "\r\x1b[2K2 of 10 s: 5 sent, 4 echoed",
  );
});
