import assert from "node:assert/strict";
import { test } from "node:test";

import { Channel } from "../../src/run/channel.js";

test("writers wait while the channel is full, and one read lets all of them go on", async () => {
  const channel = new Channel<number>(2);
  assert.equal(channel.push(1), undefined);
  const waits = [channel.push(2), channel.push(3), channel.push(4)];
  assert.ok(waits.every((wait) => wait instanceof Promise));
  const reader = channel[Symbol.asyncIterator]();
  assert.deepEqual(await reader.next(), { value: 1, done: false });
  await Promise.all(waits);
  channel.end();
  const rest: number[] = [];
  for await (const item of reader) rest.push(item);
  assert.deepEqual(rest, [2, 3, 4]);
});

test("a reader that stops lets writers go on, and nothing is kept any more", async () => {
  const channel = new Channel<number>(1);
  const wait = channel.push(1);
  for await (const item of channel) {
    assert.equal(item, 1);
    break;
  }
  await wait;
  assert.equal(channel.push(2), undefined);
});

test("a reader that came first is woken by an item and by the end", async () => {
  const channel = new Channel<number>(8);
  const reader = channel[Symbol.asyncIterator]();
  const first = reader.next();
  assert.equal(channel.push(1), undefined);
  assert.deepEqual(await first, { value: 1, done: false });
  const last = reader.next();
  channel.end();
  assert.deepEqual(await last, { value: undefined, done: true });
});
