import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { Opcode } from "../../src/protocol/opcode.js";
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
