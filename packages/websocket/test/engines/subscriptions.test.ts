import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import {
  FIRST_RETRY_MS,
  LATER_MS,
  LINGER_MS,
  RETRIES,
  Subscriptions,
} from "../../src/engines/subscriptions.js";
import { deferred } from "../support/live-server.js";
import type { Deferred } from "../support/live-server.js";

interface Link {
  readonly calls: string[];
  readonly subscriptions: Subscriptions;
  /** While set, calls wait for it. */
  gate: Deferred<void> | undefined;
  refusal: Error | undefined;
}

function linked(context: TestContext): Link {
  const calls: string[] = [];
  const call = async (name: string, channels: readonly string[]): Promise<void> => {
    const few = channels.length > 3 ? `${channels.length} channels` : channels.join(" ");
    calls.push(`${name} ${few}`);
    await link.gate?.promise;
    if (link.refusal !== undefined) throw link.refusal;
  };
  const subscriptions = new Subscriptions(
    {
      subscribe: (channels) => call("+", channels),
      unsubscribe: (channels) => call("-", channels),
    },
    (channels, cause) => calls.push(`failed ${channels.join(" ")}: ${(cause as Error).message}`),
  );
  const link: Link = { calls, subscriptions, gate: undefined, refusal: undefined };
  context.mock.timers.enable({ apis: ["setTimeout"] });
  context.after(() => subscriptions.stop());
  return link;
}

/** Everything that is under way has ended. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}

test("what is wanted in one turn is subscribed to in one call", async (t) => {
  const { subscriptions, calls } = linked(t);
  subscriptions.want("a");
  await settle();
  assert.deepEqual(calls, [], "there is no connection");
  await subscriptions.up();
  for (const channel of ["b", "c", "b"]) subscriptions.want(channel);
  await subscriptions.settled();
  assert.deepEqual(calls, ["+ a", "+ b c"]);
});

test("a channel lingers, and one that is wanted again was never given up", async (t) => {
  const { subscriptions, calls } = linked(t);
  subscriptions.want("a");
  subscriptions.want("b");
  await subscriptions.up();
  for (let round = 0; round < 1_000; round++) {
    subscriptions.unwant("a");
    subscriptions.want("a");
  }
  subscriptions.unwant("b");
  await settle();
  assert.deepEqual(calls, ["+ a b"]);
  t.mock.timers.tick(LINGER_MS);
  await settle();
  assert.deepEqual(calls, ["+ a b", "- b"]);
  subscriptions.want("b");
  await subscriptions.settled();
  assert.deepEqual(calls, ["+ a b", "- b", "+ b"]);
});

test("thousands go in batches, one call at a time", async (t) => {
  const link = linked(t);
  for (let at = 0; at < 1_200; at++) link.subscriptions.want(`t${at}`);
  link.gate = deferred();
  const up = link.subscriptions.up();
  await settle();
  assert.deepEqual(link.calls, ["+ 500 channels"]);
  link.gate.resolve();
  await up;
  assert.deepEqual(link.calls, ["+ 500 channels", "+ 500 channels", "+ 200 channels"]);
  for (let at = 0; at < 1_200; at++) link.subscriptions.unwant(`t${at}`);
  t.mock.timers.tick(LINGER_MS);
  await settle();
  assert.deepEqual(link.calls.slice(3), ["- 500 channels", "- 500 channels", "- 200 channels"]);
});

test("a channel that comes back while it is given up is subscribed to behind that", async (t) => {
  const link = linked(t);
  const { subscriptions, calls } = link;
  subscriptions.want("a");
  await subscriptions.up();
  subscriptions.unwant("a");
  link.gate = deferred();
  t.mock.timers.tick(LINGER_MS);
  await settle();
  subscriptions.want("a");
  await settle();
  assert.deepEqual(calls, ["+ a", "- a"]);
  link.gate.resolve();
  await subscriptions.settled();
  assert.deepEqual(calls, ["+ a", "- a", "+ a"]);
});

test("a channel that goes while it is subscribed to is given up afterwards", async (t) => {
  const link = linked(t);
  const { subscriptions, calls } = link;
  subscriptions.want("a");
  link.gate = deferred();
  const up = subscriptions.up();
  await settle();
  subscriptions.unwant("a");
  link.gate.resolve();
  await up;
  t.mock.timers.tick(LINGER_MS);
  await settle();
  assert.deepEqual(calls, ["+ a", "- a"]);
});

test("a new connection begins anew, even while a call on the old one is under way", async (t) => {
  const link = linked(t);
  const { subscriptions, calls } = link;
  subscriptions.want("a");
  link.gate = deferred();
  const first = subscriptions.up();
  await settle();
  subscriptions.down();
  subscriptions.want("b");
  const second = subscriptions.up();
  link.refusal = new Error("the connection is gone");
  link.gate.resolve();
  await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
  link.refusal = undefined;
  await Promise.all([first, second]);
  assert.equal(calls[0], "+ a");
  assert.equal(calls.at(-1), "+ a b");
  assert.ok(!calls.some((call) => call.startsWith("failed")));
});

test("a call that is never answered is given up with its connection", async (t) => {
  const link = linked(t);
  link.subscriptions.want("a");
  link.gate = deferred();
  void link.subscriptions.up();
  await settle();
  link.gate = undefined;
  await link.subscriptions.up();
  assert.deepEqual(link.calls, ["+ a", "+ a"]);
});

/** Lets all retries of a call pass. */
async function retried(context: TestContext): Promise<void> {
  for (let retry = 0, ms = FIRST_RETRY_MS; retry < RETRIES; retry++, ms *= 2) {
    await settle();
    context.mock.timers.tick(ms);
  }
  await settle();
}

test("a call that fails while a cluster still connects is made again, and nobody hears of it", async (t) => {
  const link = linked(t);
  link.subscriptions.want("a");
  link.refusal = new Error("the node is not there yet");
  const ready = link.subscriptions.up();
  await settle();
  assert.deepEqual(link.calls, ["+ a"]);
  link.refusal = undefined;
  t.mock.timers.tick(FIRST_RETRY_MS);
  await ready;
  assert.deepEqual(link.calls, ["+ a", "+ a"]);
});

test("what is refused is reported once, and tried later and on the next connection", async (t) => {
  const link = linked(t);
  const { subscriptions, calls } = link;
  subscriptions.want("a");
  link.refusal = new Error("no permission");
  const ready = subscriptions.up();
  await retried(t);
  await ready;
  const tried = Array.from({ length: RETRIES + 1 }, () => "+ a");
  assert.deepEqual(calls.splice(0), [...tried, "failed a: no permission"]);
  t.mock.timers.tick(LATER_MS);
  await retried(t);
  assert.deepEqual(calls.splice(0), tried);
  link.refusal = undefined;
  t.mock.timers.tick(LATER_MS);
  await settle();
  assert.deepEqual(calls.splice(0), ["+ a"]);
  t.mock.timers.tick(LATER_MS);
  await settle();
  assert.deepEqual(calls.splice(0), [], "it is held");
  await subscriptions.up();
  assert.deepEqual(calls, ["+ a"]);
});

test("what is refused and not wanted any more is not tried again", async (t) => {
  const link = linked(t);
  link.subscriptions.want("a");
  link.refusal = new Error("no permission");
  void link.subscriptions.up();
  await retried(t);
  link.subscriptions.unwant("a");
  link.calls.length = 0;
  t.mock.timers.tick(LATER_MS);
  await settle();
  assert.deepEqual(link.calls, []);
});

test("a connection that ends while a call waits for its retry takes the retry along", async (t) => {
  const link = linked(t);
  link.subscriptions.want("a");
  link.refusal = new Error("the node is not there yet");
  const first = link.subscriptions.up();
  await settle();
  link.refusal = undefined;
  await Promise.all([first, link.subscriptions.up()]);
  assert.deepEqual(link.calls, ["+ a", "+ a"]);
});
