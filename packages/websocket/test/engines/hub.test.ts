import assert from "node:assert/strict";
import { test } from "node:test";

import { message } from "../../src/engines/cluster-messages.js";
import { Hub } from "../../src/engines/cluster-primary.js";
import type { HubWorker } from "../../src/engines/cluster-primary.js";
import { cluster } from "../../src/engines/cluster.js";
import { setupPrimary } from "../../src/engines/cluster-primary.js";

/** A worker as the primary process sees it. */
class FakeWorker implements HubWorker {
  readonly got: string[] = [];
  isBusy = false;
  isThere = true;
  readonly #callbacks: (() => void)[] = [];

  isConnected(): boolean {
    return this.isThere;
  }

  send(it: unknown, callback: (error: Error | null) => void): boolean {
    const [, engine, operation, ...rest] = it as readonly unknown[];
    this.got.push([engine, operation, ...rest.map(String)].join(" "));
    if (this.isBusy) this.#callbacks.push(() => callback(null));
    else callback(null);
    return true;
  }

  take(): string[] {
    for (const callback of this.#callbacks.splice(0)) callback();
    return this.got.splice(0);
  }
}

function opened(hub: Hub, channels: readonly string[], engine = 1): FakeWorker {
  const worker = new FakeWorker();
  hub.receive(worker, message(engine, "open"));
  hub.receive(worker, message(engine, "subscribe", 7, channels));
  assert.deepEqual(worker.take(), [`${engine} opened \u0001`, `${engine} done 7`]);
  return worker;
}

test("a message goes to the workers that subscribe, and not back", () => {
  const hub = new Hub(1_000);
  const [one, two, three] = [opened(hub, ["a", "b"]), opened(hub, ["a"]), opened(hub, ["b"])];
  hub.receive(one, message(1, "send", "a", "text"));
  hub.receive(two, message(1, "send", "b", Buffer.from("octets")));
  assert.deepEqual(
    [one.take(), two.take(), three.take()],
    [["1 message b octets"], ["1 message a text"], ["1 message b octets"]],
  );
  hub.receive(three, message(1, "unsubscribe", 8, ["b"]));
  hub.receive(two, message(1, "close"));
  hub.receive(one, message(1, "send", "a", "x"));
  hub.receive(one, message(1, "send", "b", "x"));
  assert.deepEqual([two.take(), three.take()], [[], ["1 done 8"]]);
  assert.deepEqual(hub.counters, { forwarded: 3, dropped: 0 });
});

test("two engines of one worker are two", () => {
  const hub = new Hub(1_000);
  const worker = opened(hub, ["a"], 1);
  hub.receive(worker, message(2, "open"));
  hub.receive(worker, message(2, "subscribe", 1, ["a"]));
  worker.take();
  hub.receive(worker, message(1, "send", "a", "x"));
  assert.deepEqual(worker.take(), ["2 message a x"]);
});

test("what a slow worker does not take is dropped for it, and the others get everything", () => {
  const hub = new Hub(100);
  const [from, slow, quick] = [opened(hub, []), opened(hub, ["a"]), opened(hub, ["a"])];
  slow.isBusy = true;
  for (let count = 0; count < 10; count++) hub.receive(from, message(1, "send", "a", "x".repeat(40)));
  assert.deepEqual([quick.take().length, slow.take().length, hub.counters.dropped], [10, 2, 8]);
  hub.receive(from, message(1, "send", "a", "x"));
  assert.equal(slow.take().length, 1);
});

test("a worker that has gone is forgotten, whatever it still has to say", () => {
  const hub = new Hub(100);
  const [from, gone] = [opened(hub, []), opened(hub, ["a"])];
  gone.isBusy = true;
  hub.receive(from, message(1, "send", "a", "x"));
  gone.isThere = false;
  hub.gone(gone);
  gone.take();
  hub.receive(from, message(1, "send", "a", "x"));
  hub.receive(gone, message(1, "send", "a", "x"));
  assert.deepEqual(gone.take(), []);
  assert.equal(hub.counters.forwarded, 1);
});

test("messages of the application, and those that make no sense, do nothing", () => {
  const hub = new Hub(100);
  const worker = opened(hub, ["a"]);
  const other = opened(hub, ["a"]);
  for (const it of [null, "open", {}, [], ["wireproof:engine:1"], ["wireproof:engine:1", 1, 2]])
    hub.receive(worker, it);
  for (const it of [
    message(1, "send"),
    message(1, "send", "a", 5),
    message(1, "subscribe"),
    message(9, "send", "a", "x"),
  ])
    hub.receive(worker, it);
  assert.deepEqual([worker.take(), other.take()], [[], []]);
});

test("cluster() is for workers, and setupPrimary() is called once", () => {
  assert.throws(() => cluster(), { code: "WIREPROOF_INVALID_ARGUMENT", message: /setupPrimary/ });
  assert.throws(() => setupPrimary({ backlogOctets: 0 }), { code: "WIREPROOF_INVALID_ARGUMENT" });
  const primary = setupPrimary();
  assert.throws(() => setupPrimary(), { code: "WIREPROOF_INVALID_ARGUMENT", message: /before/ });
  primary.close();
  setupPrimary().close();
});
