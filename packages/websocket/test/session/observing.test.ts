import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { connect } from "../../src/client/connect.js";
import { Opcode } from "../../src/protocol/opcode.js";
import { Server } from "../../src/server/server.js";
import type { WatchedHandshake } from "../../src/session/diagnostics.js";
import { Happenings, endings, startEcho } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";

test("counters are those of now, of open connections and of those that are gone", async (t) => {
  const { closes, close } = endings();
  const live = await startEcho(t, { close });
  const one = await RawClient.open(t, live);
  one.text("abc");
  assert.equal(await one.next(), 'TEXT "abc"');
  const { connections, opened, messagesReceived, messagesSent, octetsReceived, octetsSent } =
    live.server.counters;
  assert.deepEqual(
    { connections, opened, messagesReceived, messagesSent, octetsReceived, octetsSent },
    { connections: 1, opened: 1, messagesReceived: 1, messagesSent: 1, octetsReceived: 9, octetsSent: 5 },
  );
  const [ws] = live.server.connections;
  const before = ws!.counters;
  one.send({ opcode: Opcode.Ping, payload: "p" });
  await one.next();
  assert.deepEqual([before.pingsReceived, ws!.counters.pingsReceived, ws!.counters.pongsSent], [0, 1, 1]);
  one.close(1000);
  assert.equal(await one.next(), 'CLOSE 1000 ""');
  one.socket.end();
  assert.equal(await closes.next(), "1000 clean");
  const two = await RawClient.open(t, live);
  two.reset();
  assert.equal(await closes.next(), "1006 unclean");
  const three = await RawClient.connect(t, live);
  await three.ask({ method: "POST", headers: { "Content-Length": "0" } });
  assert.deepEqual(live.server.counters, {
    connections: 0,
    opened: 2,
    refused: 1,
    closedCleanly: 1,
    closedUncleanly: 1,
    messagesReceived: 1,
    messagesSent: 1,
    // 9 of the text, 7 of the ping, 8 of the Close frame.
    octetsReceived: 24,
    octetsSent: 12,
    violations: 0,
    dropped: 0,
    heartbeatTimeouts: 0,
    rateExceeded: 0,
  });
});

test("diagnostics channels report what happens", async (t) => {
  const told = listen(t, ["open", "refused", "close", "error", "ping", "pong"]);
  const { closes, close } = endings();
  const live = await startEcho(t, { close });
  const client = await RawClient.open(t, live);
  client.send({ opcode: Opcode.Ping, payload: "a" }, { opcode: Opcode.Pong, payload: "b" });
  await client.next();
  client.send({ opcode: 3 });
  await client.next();
  client.socket.end();
  await closes.next();
  const refused = await RawClient.connect(t, live);
  await refused.ask({ headers: { Host: null } });
  const [ping, pong] = [told.seen[1], told.seen[2]];
  assert.deepEqual(
    told.seen.map(({ name, role }) => `${name} ${String(role)}`),
    ["open server", "ping server", "pong server", "error server", "close server", "refused server"],
  );
  assert.deepEqual([String(ping!.payload), String(pong!.payload)], ["a", "b"]);
  const [, , , error, closing, refusal] = told.seen;
  assert.equal((error!.error as { problem: string }).problem, "reserved-opcode");
  assert.deepEqual([closing!.code, closing!.wasClean], [1006, false]);
  assert.deepEqual(
    [refusal!.status, refusal!.problem, refusal!.remoteAddress],
    [400, "host-missing", "127.0.0.1"],
  );
  assert.equal(told.seen[0]!.connection, closing!.connection);
});

test("an opening handshake is the same object in all messages about it", async (t) => {
  const told = listen(t, ["handshake", "open", "refused", "failed"]);
  const live = await startEcho(t, { path: "/here" });
  const fields = { "X-Trace": "7" };
  await using ws = await connect(`${live.url}here?token=1`, { headers: fields });
  assert.equal(ws.state, "open");
  const [client, server] = told.seen.filter(({ name }) => name === "handshake").map(handshakeOf);
  assert.deepEqual(
    [client!.role, client!.target, client!.url?.pathname, server!.role, server!.target],
    ["client", "/here?token=1", "/here", "server", "/here?token=1"],
  );
  assert.deepEqual(
    [
      server!.method,
      server!.httpVersion,
      server!.isSecure,
      server!.headers["x-trace"],
      server!.remoteAddress,
    ],
    ["GET", "1.1", false, "7", "127.0.0.1"],
  );
  const opens = told.seen.filter(({ name }) => name === "open");
  const openOf = (role: string): Told => opens.find((it) => it.role === role)!;
  assert.equal(openOf("client").handshake, client);
  assert.equal(openOf("server").handshake, server);
  assert.equal(openOf("client").connection, ws);

  const from = told.seen.length;
  await assert.rejects(connect(live.url + "here", { origin: "https://other.example" }), { status: 403 });
  const [began, asked, refused, failed] = told.seen.slice(from);
  assert.deepEqual(
    [began, asked, refused, failed].map((it) => it!.name),
    ["handshake", "handshake", "refused", "failed"],
  );
  assert.equal(refused!.handshake, asked!.handshake);
  assert.equal(failed!.handshake, began!.handshake);
  assert.equal((failed!.error as { status: number }).status, 403);
});

test("the same over HTTP/2", async (t) => {
  const told = listen(t, ["handshake", "open", "refused"]);
  const server = new Server({});
  t.after(() => server.close({ drainMs: 0 }));
  const { port } = await server.listen({ port: 0, host: "127.0.0.1", http2: true });
  await using ws = await connect(`ws://127.0.0.1:${port}/here`, { http2: true });
  assert.equal(ws.handshake.httpVersion, "2.0");
  const of = (name: string): Told[] => told.seen.filter((it) => it.name === name && it.role === "server");
  const handshake = handshakeOf(of("handshake")[0]!);
  assert.deepEqual(
    [handshake.method, handshake.target, handshake.httpVersion, handshake.remoteAddress],
    ["CONNECT", "/here", "2.0", "127.0.0.1"],
  );
  assert.equal(of("open")[0]!.handshake, handshake);
});

test("a listener can add fields to a request, and have the rest run inside a function of its own", async (t) => {
  const storage = new AsyncLocalStorage<string>();
  const onHandshake = (message: unknown): void => {
    const handshake = handshakeOf(message as Told);
    handshake.addHeader?.("X-Added", "by a listener");
    handshake.addHeader?.("X-OWN", "by a listener");
    const store = handshake.role;
    handshake.run = (work) => storage.run(store, work);
  };
  subscribe("wireproof:websocket:handshake", onHandshake);
  t.after(() => unsubscribe("wireproof:websocket:handshake", onHandshake));
  const stores: (string | undefined)[] = [];
  const live = await startEcho(t, {
    async upgrade({ headers }) {
      await new Promise(setImmediate);
      stores.push(storage.getStore(), headers["x-added"] as string, headers["x-own"] as string);
      return { data: undefined };
    },
    open: () => stores.push(storage.getStore()),
  });
  const url = Object.assign(new URL(live.url), { username: "ada", password: "secret" });
  await using ws = await connect(url, {
    headers: { "X-Own": "by the application" },
    open: () => {
      stores.push(storage.getStore());
    },
  });
  assert.equal(ws.state, "open");
  assert.deepEqual(stores, ["server", "by a listener", "by the application", "server", "client"]);
  assert.equal(storage.getStore(), undefined);
});

test("a pong says how long it took, if it answers a ping", async (t) => {
  const told = listen(t, ["pong"]);
  const live = await startEcho(t, { heartbeat: false, open: (ws) => ws.ping("now") });
  const client = await RawClient.open(t, live);
  await client.next();
  client.send({ opcode: Opcode.Pong, payload: "no" }, { opcode: Opcode.Pong, payload: "now" });
  assert.equal((await told.next()).rtt, undefined);
  assert.equal(typeof (await told.next()).rtt, "number");
});

function handshakeOf(message: Told): WatchedHandshake {
  return message.handshake as WatchedHandshake;
}

interface Told extends Readonly<Record<string, unknown>> {
  readonly name: string;
}

function listen(context: TestContext, names: readonly string[]): Happenings<Told> {
  const told = new Happenings<Told>();
  for (const name of names) {
    const channel = `wireproof:websocket:${name}`;
    const onMessage = (message: unknown): void => told.add({ ...(message as object), name });
    subscribe(channel, onMessage);
    context.after(() => unsubscribe(channel, onMessage));
  }
  return told;
}
