import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { Kind } from "../../src/engines/envelope.js";
import type { Kind as KindOf } from "../../src/engines/envelope.js";
import { BEAT_MS, Presence } from "../../src/engines/presence.js";

/** Processes that hear each other. */
class Cluster {
  now = 1_000_000;
  readonly members = new Map<string, Presence>();
  /** Who hears nothing and says nothing. */
  readonly hung = new Set<string>();
  messages = 0;

  join(id: string, subscribers: number): Presence {
    const presence = new Presence({
      count: (topic) => (topic === "room" ? subscribers : 0),
      send: (kind, to, body) => this.#send(id, kind, to, body),
    });
    this.members.set(id, presence);
    presence.up(this.now);
    return presence;
  }

  #send(from: string, kind: KindOf, to: string | undefined, body: Uint8Array): void {
    if (this.hung.has(from)) return;
    for (const [id, presence] of this.members) {
      if (id === from || (to !== undefined && to !== id) || this.hung.has(id)) continue;
      this.messages++;
      assert.ok(presence.heard(kind, from, body, this.now));
    }
  }
}

function three(): { cluster: Cluster; one: Presence } {
  const cluster = new Cluster();
  const one = cluster.join("one", 1);
  cluster.join("two", 20);
  cluster.join("three", 300);
  cluster.now += 10_000;
  return { cluster, one };
}

test("each process is asked once and answers once", async () => {
  const { cluster, one } = three();
  assert.equal(one.members, 2);
  cluster.messages = 0;
  assert.equal(await one.count("room", 60_000, cluster.now), 320, "without those of the process that asks");
  assert.equal(cluster.messages, 4);
  assert.equal(await one.count("elsewhere \ud800", 60_000, cluster.now), 0);
});

test("a process that is alone asks nobody", async () => {
  const cluster = new Cluster();
  const one = cluster.join("one", 1);
  assert.equal(await one.count("room", 60_000, cluster.now + 10_000), 0);
});

test("a process that has just come waits until it has heard the others", async (t: TestContext) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const cluster = new Cluster();
  const one = cluster.join("one", 1);
  const counted = one.count("room", 60_000, cluster.now);
  cluster.join("two", 20);
  t.mock.timers.tick(500);
  assert.equal(await counted, 20);
});

test("one that does not answer in time counts as none, and is not waited for again", async (t: TestContext) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { cluster, one } = three();
  cluster.hung.add("three");
  const counted = one.count("room", 1_000, cluster.now);
  t.mock.timers.tick(1_000);
  assert.equal(await counted, 20);
  assert.equal(await one.count("room", 1_000, cluster.now), 20, "at once");
  cluster.hung.delete("three");
  cluster.members.get("three")!.beat(cluster.now);
  assert.equal(await one.count("room", 1_000, cluster.now), 320);
});

test("one that leaves while it is asked is not waited for", async () => {
  const { cluster, one } = three();
  cluster.hung.add("three");
  const counted = one.count("room", 60_000, cluster.now);
  one.heard(Kind.Bye, "three", new Uint8Array(0), cluster.now);
  assert.equal(await counted, 20);
  assert.equal(one.members, 1);
});

test("a count ends with the engine", async () => {
  const { cluster, one } = three();
  cluster.hung.add("three").add("two");
  const counted = one.count("room", 60_000, cluster.now);
  one.bye();
  assert.equal(await counted, 0);
});

test("a process that has said nothing for three beats is gone", () => {
  const { cluster, one } = three();
  for (let beat = 0; beat < 5; beat++) {
    cluster.now += BEAT_MS;
    cluster.members.get("two")!.beat(cluster.now);
    one.beat(cluster.now);
  }
  assert.equal(one.members, 1);
});

test("invented processes do not fill the memory", () => {
  const { cluster, one } = three();
  for (let at = 0; at < 20_000; at++) one.heard(Kind.Here, `invented ${at}`, new Uint8Array(0), cluster.now);
  assert.equal(one.members, 10_000);
});

test("answers to a question that was not asked, and second ones, count nothing", async () => {
  const { cluster, one } = three();
  cluster.hung.add("three").add("two");
  const asked: string[] = [];
  const alone = new Presence({
    count: () => 0,
    send: (_kind, _to, body) => asked.push(Buffer.from(body).toString()),
  });
  alone.heard(Kind.Here, "two", new Uint8Array(0), cluster.now);
  alone.heard(Kind.Here, "three", new Uint8Array(0), cluster.now);
  const counted = alone.count("room", 60_000, cluster.now);
  await Promise.resolve();
  const { id } = JSON.parse(asked.at(-1) ?? "") as { id: number };
  const answer = (from: string, count: number, to = id): boolean =>
    alone.heard(Kind.Answer, from, Buffer.from(JSON.stringify({ id: to, count })), cluster.now);
  answer("two", 5, id + 1);
  answer("two", 5);
  answer("two", 5);
  answer("three", 1);
  assert.equal(await counted, 6);
  assert.equal(one.members, 2);
});
