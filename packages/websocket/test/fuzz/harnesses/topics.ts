import assert from "node:assert/strict";

import { connect, createServer } from "../../../src/index.js";
import type { ClientConnection, WebSocketConnection } from "../../../src/index.js";
import { defineHarness } from "../harness.js";
import type { Harness } from "../harness.js";
import { turns, until } from "../play/in-time.js";
import { digest, isPrefix } from "../play/wire.js";
import type { Random } from "../random.js";

interface Operation {
  readonly what:
    | "subscribe"
    | "unsubscribe"
    | "publish"
    | "speak"
    | "close"
    | "terminate"
    | "pause"
    | "turns";
  /** The number of a connection. */
  readonly who: number;
  readonly topic: string;
  /** Octets of a message, or turns. */
  readonly size: number;
}

interface TopicsPlan {
  readonly clients: number;
  readonly compression: boolean;
  readonly operations: readonly Operation[];
}

/** Topics: who gets what is published. Faults: a subscription that was not asked for ("stray"), one that is lost ("lost"). */
export const topics: Harness = defineHarness<TopicsPlan>({
  name: "topics",
  plans: 120,
  lanes: 4,
  mostHeldMib: 64,
  faults: ["stray", "lost"],
  plan: (random): TopicsPlan => ({
    clients: 1 + random.below(6),
    compression: random.oneIn(2),
    operations: random.some(1, 60, () => someOperation(random)),
  }),
  play: playTopics,
});

function someOperation(random: Random): Operation {
  const often = ["subscribe", "subscribe", "publish", "publish", "publish", "speak", "unsubscribe"] as const;
  return {
    what: random.oneIn(5) ? random.pick(["close", "terminate", "pause", "turns"]) : random.pick(often),
    who: random.below(6),
    topic: random.pick(["a", "b", "c"]),
    size: random.below(random.pick([10, 2_000, 20_000])),
  };
}

/** What has to happen, in sets and lists. */
class Model {
  readonly subscribed = new Map<string, Set<number>>();
  readonly open: Set<number>;
  readonly sent: string[][];
  readonly terminated = new Set<number>();

  constructor(clients: number) {
    this.open = new Set(Array.from({ length: clients }, (_, index) => index));
    this.sent = Array.from({ length: clients }, () => []);
  }

  of(topic: string): Set<number> {
    let set = this.subscribed.get(topic);
    if (set === undefined) this.subscribed.set(topic, (set = new Set()));
    return set;
  }

  /** Returns to how many. */
  publish(topic: string, message: string, except: number | undefined): number {
    const takers = [...this.of(topic)].filter((who) => who !== except && this.open.has(who));
    for (const who of takers) this.sent[who]?.push(message);
    return takers.length;
  }
}

async function playTopics(plan: TopicsPlan, fault?: string): Promise<number> {
  const heard: string[][] = [];
  let closes = 0;
  let sent = 0;
  const there = new Map<number, WebSocketConnection>();
  const server = createServer({
    compression: plan.compression && { threshold: 100 },
    heartbeat: false,
    limits: { closeMs: 60_000 },
    open: (ws) => void there.set(Number(ws.handshake.target.slice(1)), ws),
    message: () => {},
    error: () => {},
  });
  const { port } = await server.listen(0, "127.0.0.1");
  const clients: ClientConnection[] = [];
  try {
    for (let who = 0; who < plan.clients; who += 1) {
      const list: string[] = (heard[who] = []);
      clients.push(
        await connect(`ws://127.0.0.1:${port}/${who}`, {
          compression: plan.compression,
          heartbeat: false,
          limits: { closeMs: 60_000 },
          message: (_ws, data) => void list.push(digest(data, typeof data === "string")),
          error: () => {},
          close: () => void closes++,
        }),
      );
    }
    await until(() => there.size === plan.clients, "the open events");
    const model = new Model(plan.clients);
    for (const [index, operation] of plan.operations.entries()) {
      const { what, size } = operation;
      const who = operation.who % plan.clients;
      const ws = there.get(who)!;
      if (what === "turns") await turns(size % 10);
      else if (what === "pause") void pauseFor(clients[who]!, size % 20);
      else sent += operate({ ...operation, who }, index, { ws, model, server, fault });
    }
    for (const ws of there.values()) ws.close(1000);
    await until(() => closes === plan.clients && server.counters.connections === 0, "the close events");
    for (const [who, list] of heard.entries()) {
      if (model.terminated.has(who))
        assert.ok(isPrefix(list, model.sent[who]!), "messages come in their order");
      else assert.deepEqual(list, model.sent[who], "only subscribers get what is published");
    }
    for (const topic of model.subscribed.keys())
      assert.equal(server.subscribers(topic), 0, "who is gone subscribes to nothing");
    return sent;
  } finally {
    for (const client of clients) client.terminate();
    await server.close({ drainMs: 0 });
  }
}

async function pauseFor(ws: ClientConnection, count: number): Promise<void> {
  ws.pause();
  await turns(count);
  ws.resume();
}

interface Scene {
  readonly ws: WebSocketConnection;
  readonly model: Model;
  readonly server: ReturnType<typeof createServer>;
  readonly fault: string | undefined;
}

/** Does it here and in the model; returns how many octets were published. */
function operate(
  { what, who, topic, size }: Operation,
  index: number,
  { ws, model, server, fault }: Scene,
): number {
  const isOpen = model.open.has(who);
  switch (what) {
    case "subscribe": {
      const isNew = isOpen && !model.of(topic).has(who);
      if (isOpen) model.of(topic).add(who);
      assert.equal(ws.subscribe(topic), isNew, "subscribing says whether it is new");
      if (fault === "stray") ws.subscribe("c");
      if (fault === "lost") ws.unsubscribe(topic);
      return 0;
    }
    case "unsubscribe":
      assert.equal(
        ws.unsubscribe(topic),
        model.of(topic).delete(who) && isKnown(ws),
        "unsubscribing says whether it was",
      );
      return 0;
    case "publish":
    case "speak": {
      const text = `${index} ${"x".repeat(size)}`;
      const isOwn = what === "speak";
      const wanted = model.publish(topic, digest(text, true), isOwn ? who : undefined);
      const count = isOwn ? ws.publish(topic, text) : server.publish(topic, text);
      assert.equal(count, wanted, "publishing says to how many");
      return text.length * count;
    }
    case "close":
      ws.close(1000);
      model.open.delete(who);
      return 0;
    default:
      ws.terminate();
      model.open.delete(who);
      model.terminated.add(who);
      return 0;
  }
}

/** A connection that is gone subscribes to nothing any more. */
function isKnown(ws: WebSocketConnection): boolean {
  return ws.state !== "closed";
}
