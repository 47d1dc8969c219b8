import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { promisify } from "node:util";

import WebSocket, * as all from "../src/index.js";

const run = promisify(execFile);
const root = dirname(createRequire(import.meta.url).resolve("../../package.json"));

/** An application in a folder of its own, in which this package goes by the name of `ws`. */
async function runApplication(context: TestContext, name: string, source: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "ws-compat-"));
  context.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "node_modules"));
  await symlink(root, join(folder, "node_modules", "ws"), "dir");
  await writeFile(join(folder, name), source);
  const { stdout, stderr } = await run(process.execPath, [join(folder, name)]);
  return stdout + stderr;
}

/** A server, a client, one message and its end. */
const EXCHANGE = `
  const wss = new WebSocketServer({ port: 0, host: "127.0.0.1" }, () => {
    const ws = new WebSocket("ws://127.0.0.1:" + wss.address().port, "chat");
    ws.on("open", () => ws.send("hello"));
    ws.on("message", (data, isBinary) => console.log("client", String(data), isBinary));
    ws.on("close", (code, reason) => { console.log("client", code, String(reason)); wss.close(); });
  });
  wss.on("connection", (ws) => ws.on("message", (data) => { ws.send("echo " + data); ws.close(1000, "done"); }));
`;
const EXCHANGED = "client echo hello false\nclient 1000 done\n";

test('require("ws") is the class with everything on it', async (context) => {
  const source = `
    const WebSocket = require("ws");
    const { WebSocketServer, createWebSocketStream } = WebSocket;
    if (WebSocket.Server !== WebSocketServer || typeof createWebSocketStream !== "function") throw new Error("exports");
    ${EXCHANGE}`;
  assert.equal(await runApplication(context, "application.cjs", source), EXCHANGED);
});

test('import from "ws"', async (context) => {
  const source = `
    import WebSocket, { WebSocketServer, WebSocket as named } from "ws";
    if (named !== WebSocket) throw new Error("exports");
    ${EXCHANGE}`;
  assert.equal(await runApplication(context, "application.mjs", source), EXCHANGED);
});

test("import and require are the same class", async (context) => {
  const source = `
    import { createRequire } from "node:module";
    import WebSocket from "ws";
    console.log(createRequire(import.meta.url)("ws") === WebSocket);`;
  assert.equal(await runApplication(context, "application.mjs", source), "true\n");
});

test("bundlers for browsers get something that says so", async () => {
  const { default: Browser } = await import("../src/browser.js");
  assert.throws(() => Browser(), /does not work in the browser/);
});

test("what is exported", () => {
  assert.deepEqual(Object.keys(all).sort(), [
    "PerMessageDeflate",
    "Receiver",
    "Sender",
    "Server",
    "WebSocket",
    "WebSocketServer",
    "createWebSocketStream",
    "default",
    "extension",
    "subprotocol",
  ]);
  assert.equal(WebSocket.Sender, all.Sender);
});
