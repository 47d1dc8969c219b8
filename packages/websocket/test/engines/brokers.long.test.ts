/** Engines over real servers of Redis and NATS, which are killed and started again in the middle. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";

import type { CarrierEngine } from "../../src/engines/engine.js";
import { redis } from "../../src/engines/redis.js";
import { Happenings, startServer } from "../support/live-server.js";
import type { Live } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";
import {
  Broker,
  CLIENTS,
  clusterClient,
  countEverywhere,
  engineOver,
  skipWithout,
  startRedisCluster,
} from "./brokers.js";
import type { Client } from "./brokers.js";

/** Topics that a broker might not like. */
const TOPICS = ["room:42/ä ✓", "", "a.b.>", "* *", "x".repeat(5_000), "\ud800", "%"];

interface Process extends Live<undefined> {
  readonly engine: CarrierEngine;
  readonly states: Happenings<string>;
  readonly errors: Happenings<string>;
  readonly client: RawClient;
}

async function startProcess(context: TestContext, client: Client, port: number): Promise<Process> {
  const [states, errors] = [new Happenings<string>(), new Happenings<string>()];
  const { engine, application } = await engineOver(client, port, {
    onState: (state) => states.add(state),
    onError: ({ message }) => errors.add(message),
  });
  // After the server is closed.
  context.after(() => application.close());
  const live = await startServer(context, {
    engine,
    open: (ws) => TOPICS.forEach((topic) => ws.subscribe(topic)),
    message: (ws, data) => void ws.publish(TOPICS[0]!, data),
    limits: { messageOctets: 4 * 1024 * 1024 },
  });
  return { ...live, engine, states, errors, client: await RawClient.open(context, live) };
}

async function startTwo(context: TestContext, client: Client): Promise<[Process, Process, Broker]> {
  const broker = await Broker.start(context, client.server);
  const [one, two] = [
    await startProcess(context, client, broker.port),
    await startProcess(context, client, broker.port),
  ];
  await Promise.all([one.engine.ready(), two.engine.ready()]);
  return [one, two, broker];
}

for (const client of CLIENTS)
  suite(`an engine over ${client.name}`, { skip: skipWithout(client), timeout: 600_000 }, () => {
    test("messages arrive as they were, in order, whatever the topic", async (t) => {
      const [one, two] = await startTwo(t, client);
      const octets = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
      const large = Buffer.alloc(900_000, octets);
      for (const topic of TOPICS) {
        assert.equal(one.server.publish(topic, "text ✓"), 1);
        one.server.publish(topic, octets);
      }
      one.server.publish("x".repeat(5_001), "another topic");
      one.server.publish("\ud801", "another topic");
      for (let count = 0; count < 1_000; count++) one.server.publish("", String(count));
      one.server.publish("", large);
      for (const { client } of [one, two]) {
        for (const _ of TOPICS) {
          const [text, binary] = [await client.frame(), await client.frame()];
          assert.deepEqual([text.opcode, Buffer.from(text.payload).toString()], [1, "text ✓"]);
          assert.deepEqual([binary.opcode, Buffer.from(binary.payload)], [2, octets]);
        }
        for (let count = 0; count < 1_000; count++) assert.equal(await client.next(), `TEXT "${count}"`);
        assert.ok(large.equals((await client.frame()).payload));
      }
      two.client.text("not back to me");
      assert.equal(await one.client.next(), 'TEXT "not back to me"');
      one.server.publish("", "end");
      assert.equal(await two.client.next(), 'TEXT "end"');
      assert.equal(await countEverywhere(one, "", 1, t.signal), 2);
      assert.equal(await countEverywhere(one, "\ud801", 1, t.signal), 0);
    });

    test("a broker that is killed is an event, and subscriptions come back with it", async (t) => {
      const [one, two, broker] = await startTwo(t, client);
      for (const { states } of [one, two]) assert.equal(await states.next(), "up");
      await broker.kill();
      for (const { states } of [one, two]) assert.equal(await states.next(), "down");
      one.server.publish("", "only here");
      assert.equal(await one.client.next(), 'TEXT "only here"');
      assert.equal(one.engine.counters.dropped, 1);
      // One more topic, while nobody can be told.
      const late = await RawClient.open(t, two);
      await broker.start();
      await Promise.all([one.engine.ready(), two.engine.ready()]);
      for (const { states } of [one, two]) assert.equal(await states.next(), "up");
      for (const topic of TOPICS) one.server.publish(topic, "again");
      for (const reader of [one.client, two.client, late])
        for (const _ of TOPICS) assert.equal(await reader.next(), 'TEXT "again"');
    });

    test("a topic that nobody wants any more is given up, and comes back with its next subscriber", async (t) => {
      const [one, two, broker] = await startTwo(t, client);
      two.client.reset();
      while (two.server.subscribers("") > 0) await new Promise(setImmediate);
      if (client.server === "redis-server") {
        const name = "wireproof:topic-%";
        while ((await broker.processesOn(name, client.sharded === true)) > 1);
      }
      const again = await RawClient.open(t, two);
      await two.engine.ready();
      one.server.publish("", "there");
      assert.equal(await again.next(), 'TEXT "there"');
    });
  });

for (const client of CLIENTS.filter(({ server }) => server === "nats-server"))
  test(
    `a message of more than max_payload is an error over ${client.name}`,
    { skip: skipWithout(client) },
    async (t) => {
      const [one, two] = await startTwo(t, client);
      one.server.publish("", Buffer.alloc(1_048_576));
      assert.equal((await one.client.frame()).payload.length, 1_048_576);
      assert.match(await one.errors.next(), /takes no message of 1048590 octets: at most 1048576/);
      one.server.publish("", "small");
      assert.equal(await two.client.next(), 'TEXT "small"');
    },
  );

for (const client of CLIENTS.filter(
  ({ server, sharded }) => server === "redis-server" && sharded === undefined,
))
  test(
    `over a Redis Cluster and ${client.name}, topics of all shards arrive in order`,
    { skip: skipWithout(client), timeout: 600_000 },
    async (t) => {
      const ports = await startRedisCluster(t);
      const topics = Array.from({ length: 20 }, (_, at) => `topic ${at}`);
      const engines = [0, 1].map(() =>
        redis({ client: clusterClient(client.package as "ioredis" | "redis", ports), onState: () => {} }),
      );
      const [one, two] = await Promise.all(
        engines.map((engine) =>
          startServer(t, { engine, open: (ws) => topics.forEach((topic) => ws.subscribe(topic)) }),
        ),
      );
      const reader = await RawClient.open(t, two!);
      await Promise.all(engines.map((engine) => engine.ready()));
      for (let round = 0; round < 100; round++)
        for (const topic of topics) one!.server.publish(topic, `${topic}, ${round}`);
      const rounds = new Map(topics.map((topic) => [topic, 0]));
      for (let count = 0; count < 100 * topics.length; count++) {
        const [topic = "", round] = Buffer.from((await reader.frame()).payload)
          .toString()
          .split(", ");
        assert.equal(Number(round), rounds.get(topic));
        rounds.set(topic, Number(round) + 1);
      }
      assert.equal(
        await countEverywhere({ server: one!.server, engine: engines[0]! }, "topic 0", 1, t.signal),
        1,
      );
    },
  );
