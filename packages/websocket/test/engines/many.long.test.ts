/**
 * Three processes with many connections and topics: nothing is lost or out of order while the engine is up.
 * WIREPROOF_ENGINE_CONNECTIONS is the number of connections of each process, a multiple of 200, which it is by default.
 */
import assert from "node:assert/strict";
import nodeCluster from "node:cluster";
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

import { connect } from "../../src/client/connect.js";
import { setupPrimary } from "../../src/engines/cluster-primary.js";
import { readModeSettled } from "../support/live-server.js";
import { Broker, CLIENTS, skipWithout } from "./brokers.js";
import type { Order, Report } from "./many-server.js";

const CONNECTIONS = Number(process.env["WIREPROOF_ENGINE_CONNECTIONS"] ?? 200);
const TOPICS = 200;
const ROUNDS = 10;
/** So few that the system keeps what a process that is stopped does not read: brokers drop those who are slow for long. */
const STOPPED_ROUNDS = 2;
const NAMES = ["one", "two", "three"] as const;
const SCRIPT = fileURLToPath(new URL("./many-server.js", import.meta.url));

/** A process of a server, and what its clients got. */
interface Member {
  readonly name: string;
  readonly ask: (order: Order) => Promise<Report>;
  /** Stops the process, as if it were busy for long, and lets it go on. */
  readonly stop: () => void;
  readonly goOn: () => void;
  readonly received: string[][];
}

type Child = Pick<ChildProcess, "send" | "on" | "off" | "kill">;

async function member(name: string, child: Child): Promise<Member> {
  const next = (): Promise<Report> =>
    new Promise((resolve, reject) => {
      const failed = (): void => reject(new Error(`the process ${name} has ended`));
      child.on("exit", failed);
      const listener = (it: Report): void => {
        // Others are those of the engine.
        if (Array.isArray(it)) return;
        child.off("message", listener);
        child.off("exit", failed);
        resolve(it);
      };
      child.on("message", listener);
    });
  const { port } = await next();
  const received: string[][] = [];
  const ask = (order: Order): Promise<Report> => {
    const answer = next();
    child.send(order);
    return answer;
  };
  for (let at = 0; at < CONNECTIONS; at += 50)
    await Promise.all(Array.from({ length: 50 }, (_, it) => open(at + it)));
  return {
    name,
    ask,
    received,
    stop: () => void child.kill("SIGSTOP"),
    goOn: () => void child.kill("SIGCONT"),
  };

  async function open(at: number): Promise<void> {
    const messages: string[] = [];
    received.push(messages);
    await connect(`ws://127.0.0.1:${port}/?topic=${encodeURIComponent(`topic ${at % TOPICS}`)}`, {
      compression: false,
      heartbeat: false,
      message: (_ws, data) => void messages.push(String(data)),
    });
  }
}

/** Processes publish at the same time; resolves when every client of `readers` has what it should have, in order. */
async function play(
  context: TestContext,
  publishers: readonly Member[],
  readers: readonly Member[],
  { isJoined = true, rounds = ROUNDS } = {},
): Promise<void> {
  const began = performance.now();
  await Promise.all(publishers.map(({ ask, name }) => ask({ do: "publish", rounds, topics: TOPICS, name })));
  const names = publishers.map(({ name }) => name);
  for (const reader of readers) await checkReceived(reader, isJoined ? names : [reader.name], rounds);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const published = publishers.length * TOPICS * rounds;
  const delivered = CONNECTIONS * readers.length * rounds * (isJoined ? publishers.length : 1);
  context.diagnostic(`${published} published, ${delivered} delivered in ${seconds} s`);
}

async function checkReceived(
  { name: own, received }: Member,
  names: readonly string[],
  rounds: number,
): Promise<void> {
  for (const messages of received) {
    while (messages.length < names.length * rounds) await new Promise(setImmediate);
    const taken = messages.splice(0);
    assert.equal(taken.length, names.length * rounds, "nothing comes twice");
    for (const name of names) {
      const from = taken.filter((text) => text.startsWith(`${name} `));
      const expected = Array.from({ length: rounds }, (_, round) => `${name} ${round}`);
      assert.deepEqual(from, expected, `from ${name} to a client of ${own}`);
    }
  }
}

async function check(context: TestContext, members: readonly Member[], broker?: Broker): Promise<void> {
  await Promise.all(members.map(({ ask }) => ask({ do: "ready" })));
  const { count } = await members[0]!.ask({ do: "count", others: members.length - 1 });
  assert.equal(count, (CONNECTIONS / TOPICS) * members.length);
  await play(context, members, members);
  const [one, two, busy] = members as readonly [Member, Member, Member];
  busy.stop();
  await play(context, [one, two], [one, two], { rounds: STOPPED_ROUNDS });
  busy.goOn();
  await checkReceived(busy, [one.name, two.name], STOPPED_ROUNDS);
  if (broker !== undefined) {
    await broker.kill();
    await Promise.all(members.map(({ ask }) => ask({ do: "down" })));
    await play(context, members, members, { isJoined: false });
    await broker.start();
    await Promise.all(members.map(({ ask }) => ask({ do: "ready" })));
    await play(context, members, members);
  }
  for (const { ask } of members) {
    const { counters } = await ask({ do: "close" });
    const { rejected, failed, dropped } = counters;
    assert.deepEqual([rejected, failed, dropped], [0, 0, broker === undefined ? 0 : TOPICS * ROUNDS]);
  }
  context.diagnostic(`${members.length} processes with ${CONNECTIONS} connections each, ${TOPICS} topics`);
}

for (const client of CLIENTS.filter(({ sharded, package: name }) => sharded === undefined && name !== "nats"))
  test(
    `${client.name}: nothing is lost while the broker is there`,
    { skip: skipWithout(client), timeout: 600_000 },
    async (t) => {
      await readModeSettled();
      const broker = await Broker.start(t, client.server);
      const members = await Promise.all(
        NAMES.map((name) => {
          const child = fork(SCRIPT, [client.name, String(broker.port)]);
          t.after(() => gone(child));
          return member(name, child);
        }),
      );
      await check(t, members, broker);
    },
  );

for (const serialization of ["json", "advanced"] as const)
  test(`node:cluster with ${serialization}: nothing is lost`, { timeout: 600_000 }, async (t) => {
    await readModeSettled();
    nodeCluster.setupPrimary({ exec: SCRIPT, args: ["cluster"], serialization });
    const primary = setupPrimary();
    t.after(() => primary.close());
    const members = await Promise.all(
      NAMES.map((name) => {
        const worker = nodeCluster.fork();
        t.after(() => gone(worker.process));
        return member(name, worker.process);
      }),
    );
    await check(t, members);
    assert.ok(primary.counters.forwarded >= 2 * NAMES.length * TOPICS * ROUNDS);
    assert.equal(primary.counters.dropped, 0);
  });

async function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
