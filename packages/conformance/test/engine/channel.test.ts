import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Channel } from "../../src/engine/channel.js";

async function take(channel: Channel<number>, count: number): Promise<readonly number[]> {
  const items: number[] = [];
  for await (const item of channel) {
    items.push(item);
    if (items.length === count) break;
  }
  return items;
}

test("items arrive in order, those before the reader and those behind it", async () => {
  const channel = new Channel<number>(10);
  channel.push(1);
  channel.push(2);
  const taking = take(channel, 4);
  await Promise.resolve();
  channel.push(3);
  channel.push(4);
  assert.deepEqual(await taking, [1, 2, 3, 4]);
});

test("the end comes behind the last item", async () => {
  const channel = new Channel<number>(10);
  channel.push(1);
  channel.end();
  assert.deepEqual(await take(channel, Infinity), [1]);
});

test("a reader that waits is told of the end", async () => {
  const channel = new Channel<number>(10);
  const taking = take(channel, Infinity);
  await Promise.resolve();
  channel.end();
  assert.deepEqual(await taking, []);
});

describe("the bound", () => {
  test("there is room below it", () => {
    const channel = new Channel<number>(2);
    assert.equal(channel.push(1), undefined);
    assert.ok(channel.push(2) instanceof Promise);
  });
  test("the writer goes on when the reader has taken what was queued", async () => {
    const channel = new Channel<number>(1);
    const room = channel.push(1);
    const taking = take(channel, 1);
    await room;
    assert.deepEqual(await taking, [1]);
  });
  test("a reader that stops lets the writer go on, and what it still says is dropped", async () => {
    const channel = new Channel<number>(1);
    channel.push(1);
    await take(channel, 1);
    assert.equal(channel.push(2), undefined);
    const full = new Channel<number>(1);
    const room = full.push(1);
    full.abandon();
    await room;
    assert.equal(full.push(2), undefined);
  });
});
