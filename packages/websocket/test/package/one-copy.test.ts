/** However many ways lead to the package, a process has one copy of it: of the classes, and of what it shares. */
import assert from "node:assert/strict";
import { connect as dial } from "node:net";
import type { Socket } from "node:net";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

import * as imported from "@wireproof/websocket";
import * as importedWs from "@wireproof/websocket/ws";

import * as source from "../../src/index.js";
import * as sourceWs from "../../src/ws/index.js";
import { Happenings } from "../support/live-server.js";
import { requestText } from "../support/raw-client.js";

const MIB = 1024 * 1024;

const require = createRequire(import.meta.url);
const required = require("@wireproof/websocket") as typeof imported;
const requiredWs = require("@wireproof/websocket/ws") as typeof importedWs.WebSocket;
/** From dist/test/package. */
const folder = fileURLToPath(new URL("../../../", import.meta.url));

test("import and require find the same values, and all that there are", () => {
  assert.deepEqual({ ...required }, { ...imported });
  assert.deepEqual(Object.keys(imported), Object.keys(source));
  for (const [name, value] of Object.entries(imported)) assert.equal(required[name as never], value);
});

test("import and require find the same class of the drop-in, with everything on it", () => {
  assert.equal(requiredWs, importedWs.default);
  assert.equal(requiredWs, importedWs.WebSocket);
  assert.deepEqual(Object.keys(importedWs), Object.keys(sourceWs));
  for (const [name, value] of Object.entries(importedWs))
    if (name !== "default") assert.equal(requiredWs[name as never], value);
});

test("the path of a folder is a third way to them", () => {
  assert.equal((require(folder) as typeof imported).connect, imported.connect);
  assert.equal(require(join(folder, "ws")), requiredWs);
});

test("the names of classes and functions are those of the source", () => {
  const names = (module: object): [string, string | undefined][] =>
    Object.entries(module).map(([name, value]) => [
      name,
      typeof value === "function" ? value.name : undefined,
    ]);
  assert.deepEqual(names(imported), names(source));
  assert.deepEqual(names(importedWs), names(sourceWs));
});

test("what waits to be sent is counted over connections of both", async (t) => {
  const limits = { totalBacklogOctets: 16 * MIB, backlogOctets: 32 * MIB, closeMs: 30 };
  const ofImported = await connectionWithoutReader(t, imported, limits);
  const ofRequired = await connectionWithoutReader(t, required, limits);
  ofImported.send(Buffer.alloc(12 * MIB));
  assert.equal(ofImported.state, "open");
  ofRequired.send(Buffer.alloc(8 * MIB));
  // The larger backlog was given up for the sake of the other.
  assert.notEqual(ofImported.state, "open");
  assert.equal(ofRequired.state, "open");
});

test("both interfaces come from one file", () => {
  const files = Object.keys(require.cache).filter((file) => file.startsWith(join(folder, "dist/lib/")));
  assert.deepEqual(files.map((file) => file.slice(folder.length)).toSorted(), [
    "dist/lib/endpoint.cjs",
    "dist/lib/index.cjs",
    "dist/lib/ws/index.cjs",
  ]);
  const inside = require(join(folder, "dist/lib/endpoint.cjs")) as { endpoint: object; WebSocket: object };
  assert.equal(inside.WebSocket, requiredWs);
  assert.deepEqual({ ...inside.endpoint }, { ...imported });
});

/** A server of one of the two, and its connection to a peer that does not read. */
async function connectionWithoutReader(
  t: TestContext,
  endpoint: typeof imported,
  limits: imported.ServerOptions["limits"] & object,
): Promise<imported.WebSocketConnection> {
  const opened = new Happenings<imported.WebSocketConnection>();
  const server = endpoint.createServer({ limits, open: (ws) => opened.add(ws) });
  const { port } = await server.listen(0, "127.0.0.1");
  const peer: Socket = dial(port, "127.0.0.1").pause();
  peer.on("error", () => {});
  t.after(async () => {
    peer.destroy();
    await server.close();
  });
  peer.write(requestText());
  return opened.next();
}
