import assert from "node:assert/strict";
import diagnostics from "node:diagnostics_channel";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { createEngine } from "../../src/engines/create-engine.js";
import { nats } from "../../src/engines/nats.js";
import { redis } from "../../src/engines/redis.js";
import type { CarrierEngine } from "../../src/engines/engine.js";
import { Kind, ORIGIN_OCTETS, seal } from "../../src/engines/envelope.js";
import type { EngineOptions } from "../../src/engines/options.js";
import { BEAT_MS } from "../../src/engines/presence.js";
import type { WebSocketError } from "../../src/errors.js";
import type { ServerOptions } from "../../src/server/options.js";
import { createServer } from "../../src/server/server.js";
import { frame } from "../../src/session/prepared.js";
import { Happenings, startServer } from "../support/live-server.js";
import type { Live } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";
import { MemoryBroker } from "./memory-broker.js";

interface Process extends Live<undefined> {
  readonly engine: CarrierEngine;
  readonly states: Happenings<string>;
  readonly errors: Happenings<WebSocketError>;
}

/** A server as each of several processes has it. */
async function startProcess(
  context: TestContext,
  broker: MemoryBroker,
  { server = {}, ...options }: EngineOptions & { readonly server?: ServerOptions } = {},
): Promise<Process> {
  const [states, errors] = [new Happenings<string>(), new Happenings<WebSocketError>()];
  const engine = createEngine(broker.carrier(), {
    onState: (state, error) => states.add(error === undefined ? state : `${state}: ${error.message}`),
    onError: (error) => errors.add(error),
    ...options,
  });
  const live = await startServer(context, {
    open: (ws) => void ws.subscribe("room"),
    message: (ws, data) => void ws.publish("room", data),
    ...server,
    engine,
  });
  return { ...live, engine, states, errors };
}

/** Two of them, with a client each that has subscribed to "room". */
async function startTwo(
  context: TestContext,
  broker: MemoryBroker,
  options?: EngineOptions & { readonly server?: ServerOptions },
): Promise<{ one: Process; two: Process; clients: readonly [RawClient, RawClient] }> {
  const [one, two] = [
    await startProcess(context, broker, options),
    await startProcess(context, broker, options),
  ];
  const clients = [await RawClient.open(context, one), await RawClient.open(context, two)] as const;
  await Promise.all([one.engine.ready(), two.engine.ready()]);
  return { one, two, clients };
}

test("what is published in one process reaches the subscribers in all", async (t) => {
  const { one, two, clients } = await startTwo(t, new MemoryBroker());
  assert.equal(one.server.publish("room", "hi"), 1, "the subscribers in this process are counted");
  two.server.publish("room", Uint8Array.of(0x61, 0, 0xff));
  for (const client of clients) {
    assert.equal(await client.next(), 'TEXT "hi"');
    const { opcode, payload } = await client.frame();
    assert.deepEqual([opcode, ...payload], [2, 0x61, 0, 0xff]);
  }
  assert.deepEqual([one.engine.counters.published, one.engine.counters.received], [1, 1]);
});

test("a connection that publishes does not get its message, not even from the engine", async (t) => {
  const { one, clients } = await startTwo(t, new MemoryBroker());
  const neighbour = await RawClient.open(t, one);
  clients[0].text("from the first");
  assert.equal(await clients[1].next(), 'TEXT "from the first"');
  assert.equal(await neighbour.next(), 'TEXT "from the first"');
  one.server.publish("room", "to all");
  assert.equal(await clients[0].next(), 'TEXT "to all"');
});

test("prepared messages, octets of text and memory that is lent go through as they were", async (t) => {
  const server: ServerOptions = { zeroCopy: true, text: "octets", compression: { threshold: 1 } };
  const { one, clients } = await startTwo(t, new MemoryBroker(), { server });
  one.server.publish("room", frame.text("prepared"));
  one.server.publish("room", frame.binary(Buffer.from("prepared")));
  clients[0].send({ opcode: 2, payload: "lent" });
  assert.deepEqual(
    [await clients[1].next(), await clients[1].next(), await clients[1].next()],
    ['TEXT "prepared"', 'BINARY "prepared"', 'BINARY "lent"'],
  );
});

test("a process frames a message once for all its subscribers", async (t) => {
  const broker = new MemoryBroker();
  const { one, two } = await startTwo(t, broker);
  const deflate = { headers: { "Sec-WebSocket-Extensions": "permessage-deflate" } };
  const others = [await RawClient.open(t, two, deflate), await RawClient.open(t, two, deflate)];
  one.server.publish("room", "0123456789".repeat(500));
  const frames = [await others[0]!.frame(), await others[1]!.frame()];
  assert.equal(frames[0]!.rsv, 4);
  assert.deepEqual(frames[0], frames[1]);
});

test("a message without subscribers in this process goes to the others, and one without any nowhere", async (t) => {
  const broker = new MemoryBroker();
  const { two, clients } = await startTwo(t, broker);
  const outside = await startProcess(t, broker, { server: { open: () => {} } });
  await outside.engine.ready();
  assert.equal(outside.server.publish("room", "from outside"), 0);
  assert.equal(await clients[1].next(), 'TEXT "from outside"');
  assert.equal(outside.server.publish("elsewhere", "x"), 0);
  assert.equal(two.engine.counters.received, 1);
});

test("while the engine is away, subscribers in the same process get everything, and then all do again", async (t) => {
  const broker = new MemoryBroker();
  const { one, two, clients } = await startTwo(t, broker);
  assert.deepEqual([await one.states.next(), one.engine.state], ["up", "up"]);
  broker.stop();
  assert.equal(await one.states.next(), "down: The engine memory has lost its connection: stopped");
  one.server.publish("room", "only here");
  assert.equal(await clients[0].next(), 'TEXT "only here"');
  assert.deepEqual([one.engine.counters.dropped, one.engine.counters.published], [1, 0]);
  await assert.rejects(one.server.subscribers("room", { everywhere: true }), { code: "WIREPROOF_ENGINE" });
  const late = await RawClient.open(t, two);
  broker.restart();
  await Promise.all([one.engine.ready(), two.engine.ready()]);
  assert.equal(await one.states.next(), "up");
  one.server.publish("room", "everywhere");
  for (const client of [...clients, late]) assert.equal(await client.next(), 'TEXT "everywhere"');
});

test("an engine that cannot connect at first says so once, and the server works without it", async (t) => {
  const broker = new MemoryBroker();
  broker.stop();
  const one = await startProcess(t, broker);
  assert.equal(await one.states.next(), "down: The engine memory cannot connect: refused");
  broker.stop();
  const client = await RawClient.open(t, one);
  one.server.publish("room", "here");
  assert.equal(await client.next(), 'TEXT "here"');
  broker.restart();
  await one.engine.ready();
  assert.deepEqual(one.states.seen.slice(1), ["up"]);
});

test("a connection that is dead without a word is noticed, and another one is made", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const broker = new MemoryBroker();
  const { engine, states } = await startProcess(t, broker);
  await engine.ready();
  for (let beat = 0; beat < 10; beat++) t.mock.timers.tick(BEAT_MS);
  assert.deepEqual([engine.state, await states.next()], ["up", "up"]);
  broker.isDead = true;
  for (let beat = 0; beat < 3; beat++) t.mock.timers.tick(BEAT_MS);
  assert.equal(engine.state, "up");
  t.mock.timers.tick(BEAT_MS);
  assert.equal(
    await states.next(),
    "down: The engine memory has lost its connection: Nothing has come back for 30 s.",
  );
  assert.equal(broker.calls.at(-1), "reopen");
  broker.isDead = false;
  broker.restart();
  await engine.ready();
  for (let beat = 0; beat < 10; beat++) t.mock.timers.tick(BEAT_MS);
  assert.equal(engine.state, "up");
});

test("what is too large for the engine is an error, and was delivered in this process", async (t) => {
  const broker = new MemoryBroker();
  const { one, clients } = await startTwo(t, broker);
  broker.maxOctets = 100;
  one.server.publish("room", "x".repeat(100));
  assert.match((await clients[0].next()) ?? "", /^TEXT/);
  const { code, message } = await one.errors.next();
  assert.equal(code, "WIREPROOF_ENGINE");
  assert.equal(message, "The engine memory takes no message of 114 octets: at most 100.");
  one.server.publish("room", "x");
  assert.equal(await clients[1].next(), 'TEXT "x"');
  const { dropped, failed, published } = one.engine.counters;
  assert.deepEqual([dropped, failed, published], [1, 1, 1]);
});

test("beyond the limit nothing waits for a slow engine: it is dropped and counted", async (t) => {
  const broker = new MemoryBroker();
  const { one, clients } = await startTwo(t, broker, { backlogOctets: 1_000 });
  broker.isSlow = true;
  for (let count = 0; count < 10; count++) one.server.publish("room", Buffer.alloc(300));
  for (let count = 0; count < 10; count++) assert.equal((await clients[0].frame()).payload.length, 300);
  const { published, dropped, waitingOctets } = one.engine.counters;
  assert.deepEqual([published, dropped, waitingOctets], [3, 7, 3 * 314]);
  broker.takeAll();
  await new Promise(setImmediate);
  assert.equal(one.engine.counters.waitingOctets, 0);
  one.server.publish("room", Buffer.alloc(5_000));
  assert.equal(one.engine.counters.published, 4, "one message may always wait");
});

test("what others send on the channels is dropped and counted", async (t) => {
  const broker = new MemoryBroker();
  const { one, clients } = await startTwo(t, broker);
  const before = one.engine.counters.rejected;
  const origin = Buffer.alloc(ORIGIN_OCTETS, 7);
  const wrongVersion = seal(Kind.Text, origin, Buffer.from("x"));
  wrongVersion[0] = 2;
  const wrongKind = seal(Kind.Text, origin, Buffer.from("x"));
  wrongKind[1] = 200;
  const noUtf8 = seal(Kind.Text, origin, Uint8Array.of(0xff));
  const hostile = [new Uint8Array(0), Buffer.from("hello"), wrongVersion, wrongKind, noUtf8];
  for (const body of ["", "null", "{", "[]", '"x"', '{"id":"1","topic":"room"}', '{"id":1,"topic":2}'])
    hostile.push(seal(Kind.Question, origin, Buffer.from(body)));
  for (const body of ["", '{"id":1}', '{"id":1,"count":-1}', '{"id":1,"count":1e99}'])
    hostile.push(seal(Kind.Answer, origin, Buffer.from(body)));
  for (const octets of hostile) broker.send("wireproof-topic-room", octets);
  assert.equal(one.engine.counters.rejected - before, hostile.length);
  broker.send("wireproof-topic-room", seal(Kind.Text, origin, Buffer.from("right")));
  assert.equal(await clients[0].next(), 'TEXT "right"');
});

test("servers with another prefix are strangers", async (t) => {
  const broker = new MemoryBroker();
  const one = await startProcess(t, broker, { prefix: "one:" });
  const other = await startProcess(t, broker, { prefix: "other:" });
  const client = await RawClient.open(t, other);
  await Promise.all([one.engine.ready(), other.engine.ready()]);
  one.server.publish("room", "for one");
  other.server.publish("room", "for the other");
  assert.equal(await client.next(), 'TEXT "for the other"');
});

test("a closed server leaves the engine, after what was published before", async (t) => {
  const broker = new MemoryBroker();
  const { two, clients } = await startTwo(t, broker);
  const carrier = broker.carrier();
  const engine = createEngine(carrier);
  const server = createServer({ engine });
  await engine.ready();
  while (two.engine.counters.processes < 2) await new Promise(setImmediate);
  broker.isSlow = true;
  server.publish("room", "last");
  const closed = server.close();
  await new Promise(setImmediate);
  assert.equal(carrier.isClosed, false, "the message is still on its way");
  broker.takeAll();
  await closed;
  assert.deepEqual([carrier.isClosed, engine.state, two.engine.counters.processes], [true, "closed", 1]);
  assert.equal(await clients[1].next(), 'TEXT "last"');
  server.publish("room", "too late");
  assert.equal(engine.counters.dropped, 1);
  await assert.rejects(engine.ready(), { code: "WIREPROOF_ENGINE" });
});

test("a subscription that is refused is an error, and is tried again on the next connection", async (t) => {
  const broker = new MemoryBroker();
  const { one, two, clients } = await startTwo(t, broker);
  broker.refusal = new Error("NOPERM");
  const late = await startProcess(t, broker);
  assert.match((await late.errors.next()).message, /could not subscribe to 2 channels, such as .*: NOPERM$/);
  broker.refusal = undefined;
  broker.stop();
  broker.restart();
  await Promise.all([one, two, late].map(({ engine }) => engine.ready()));
  late.server.publish("room", "here");
  assert.equal(await clients[0].next(), 'TEXT "here"');
});

test("handlers that throw, and none at all, emit process warnings and end nothing", async (t) => {
  const broker = new MemoryBroker();
  const warnings = new Happenings<string>();
  const onWarning = ({ message }: Error): void => warnings.add(message);
  process.on("warning", onWarning);
  t.after(() => process.off("warning", onWarning));
  const fails = (): never => {
    throw new Error("handler");
  };
  const rejects = async (): Promise<never> => fails();
  const [failing, silent] = [
    createEngine(broker.carrier(), { onState: () => rejects() as never, onError: fails }),
    createEngine(broker.carrier()),
  ];
  const servers = [failing, silent].map((engine) => createServer({ engine }));
  for (const server of servers) t.after(() => server.close());
  await Promise.all([failing.ready(), silent.ready()]);
  assert.equal(await warnings.next(), "handler", "onState of the state up");
  broker.maxOctets = 1;
  for (const server of servers) for (let count = 0; count < 2; count++) server.publish("room", "x");
  assert.equal(await warnings.next(), "handler");
  assert.equal(await warnings.next(), "handler");
  assert.match(await warnings.next(), /takes no message/);
  broker.maxOctets = undefined;
  broker.stop();
  // The second error was only counted.
  const last = [await warnings.next(), await warnings.next()].toSorted();
  assert.deepEqual(last, ["The engine memory has lost its connection: stopped", "handler"]);
  assert.equal(silent.counters.failed, 2);
});

test("node:diagnostics_channel tells of states and errors", async (t) => {
  const broker = new MemoryBroker();
  const seen: unknown[] = [];
  const onEvent = (event: unknown): void => void seen.push(event);
  diagnostics.subscribe("wireproof:websocket:engine", onEvent);
  t.after(() => diagnostics.unsubscribe("wireproof:websocket:engine", onEvent));
  const { engine, server } = await startProcess(t, broker);
  await engine.ready();
  broker.maxOctets = 1;
  server.publish("room", "x");
  const [up, failed] = seen as { state: string; error: unknown; engine: unknown }[];
  assert.deepEqual([up?.state, up?.error, up?.engine === engine], ["up", undefined, true]);
  assert.match(String(failed?.error), /takes no message/);
});

test("an engine belongs to one server", async (t) => {
  const engine = createEngine(new MemoryBroker().carrier());
  await assert.rejects(engine.ready(), /belongs to no server yet/);
  const server = createServer({ engine });
  t.after(() => server.close());
  assert.throws(() => createServer({ engine }), {
    code: "WIREPROOF_INVALID_ARGUMENT",
    message: /one server/,
  });
});

test("options that cannot work are refused", () => {
  const carrier = new MemoryBroker().carrier();
  const wrong: readonly [object, RegExp][] = [
    [{ prefix: "" }, /prefix/],
    [{ prefix: 1 }, /prefix/],
    [{ backlogOctets: 0 }, /backlogOctets/],
    [{ onState: "log" }, /onState is a function/],
    [{ onError: {} }, /onError is a function/],
  ];
  for (const [options, message] of wrong)
    assert.throws(() => createEngine(carrier, options), { code: "WIREPROOF_INVALID_ARGUMENT", message });
  for (const client of [undefined, null, {}, { duplicate() {} }, { duplicate() {}, publish() {}, on() {} }])
    assert.throws(() => redis({ client } as never), {
      code: "WIREPROOF_INVALID_ARGUMENT",
      message: /client/,
    });
  const ioredis = { status: "wait", duplicate() {}, publish() {}, on() {} };
  assert.throws(() => redis({ client: ioredis, sharded: "yes" } as never), /sharded is true or false/);
  assert.throws(() => redis({ client: ioredis, prefix: "" }), /prefix/);
  for (const connection of [undefined, null, {}, { publish() {} }])
    assert.throws(() => nats({ connection } as never), {
      code: "WIREPROOF_INVALID_ARGUMENT",
      message: /nats\.js/,
    });
  const ends = (): never => assert.fail("nothing is called before there is a server");
  const connection = { publish: ends, subscribe: ends, flush: ends, status: ends, closed: ends };
  for (const prefix of ["a b.", "*.", "a..", ".a", ">", "", 5])
    assert.throws(() => nats({ connection, prefix } as never), {
      code: "WIREPROOF_INVALID_ARGUMENT",
      message: /prefix/,
    });
  for (const engine of [null, {}, { publish() {} }, "redis"])
    assert.throws(() => createServer({ engine } as never), /The option engine/);
});

test("an engine of the application that throws ends no connection", async (t) => {
  const warnings = new Happenings<string>();
  const onWarning = ({ message }: Error): void => warnings.add(message);
  process.on("warning", onWarning);
  t.after(() => process.off("warning", onWarning));
  const fail = (what: string) => (): never => {
    throw new Error(what);
  };
  const live = await startServer(t, {
    open: (ws) => void ws.subscribe("room"),
    engine: {
      start: () => {},
      subscribe: fail("subscribe"),
      unsubscribe: fail("unsubscribe"),
      publish: fail("publish"),
      count: () => Promise.resolve(41),
      close: () => Promise.resolve(),
    },
  });
  const client = await RawClient.open(t, live);
  assert.equal(live.server.publish("room", "x"), 1);
  assert.equal(await client.next(), 'TEXT "x"');
  assert.equal(await live.server.subscribers("room", { everywhere: true }), 42);
  client.socket.destroy();
  assert.deepEqual(
    [await warnings.next(), await warnings.next(), await warnings.next()],
    ["subscribe", "publish", "unsubscribe"],
  );
});
