import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect } from "../../src/client/connect.js";
import { Opcode } from "../../src/protocol/opcode.js";
import type { WebSocketConnection } from "../../src/session/connection.js";
import { DEFAULT_LIMITS } from "../../src/protocol/limits.js";
import { MessageQueue } from "../../src/session/message-queue.js";
import { deferred, startServer } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";

describe("for await", () => {
  test("gives messages in order, and ends with a clean closing", async (t) => {
    const opened = deferred<WebSocketConnection>();
    const live = await startServer(t, { open: (ws) => opened.resolve(ws) });
    const client = await RawClient.open(t, live);
    client.text("early");
    const ws = await opened.promise;
    const seen: unknown[] = [];
    client.text("a");
    client.send({ opcode: Opcode.Binary, payload: "b" });
    client.close(1000);
    client.socket.end();
    for await (const message of ws) seen.push(typeof message === "string" ? message : [...message]);
    assert.deepEqual(seen, ["early", "a", [0x62]]);
    // Once more: there is nothing any more.
    for await (const message of ws) assert.fail(String(message));
  });

  test("throws when the connection was not closed cleanly, after what had come", async (t) => {
    const opened = deferred<WebSocketConnection>();
    const live = await startServer(t, { open: (ws) => opened.resolve(ws) });
    const client = await RawClient.open(t, live);
    const ws = await opened.promise;
    client.text("a");
    client.send({ opcode: 3 });
    assert.match(await client.next(), /^CLOSE 1002/);
    client.socket.destroy();
    while (ws.closed === undefined) await new Promise(setImmediate);
    const seen: unknown[] = [];
    await assert.rejects(
      async () => {
        for await (const message of ws) seen.push(message);
      },
      { code: "WIREPROOF_VIOLATION", problem: "reserved-opcode", closeCode: 1002 },
    );
    assert.deepEqual(seen, ["a"]);
  });

  test("slows a flood down: nothing grows, and nothing is lost", async (t) => {
    const opened = deferred<WebSocketConnection>();
    const live = await startServer(t, { open: (ws) => opened.resolve(ws) });
    const client = await RawClient.open(t, live);
    const ws = await opened.promise;
    let written = 0;
    while (client.socket.writableLength < 3_000_000) {
      client.text(`${written++} `.padEnd(50_000, "x"));
      await new Promise(setImmediate);
    }
    assert.ok(ws.counters.octetsReceived < 2_000_000, "the rest waits in TCP");
    let read = 0;
    for await (const message of ws) {
      assert.equal(Number.parseInt(String(message), 10), read++);
      if (read === written) break;
    }
  });

  test("a loop that was left can be taken up again; messages that are not read do not delay the closing", async (t) => {
    const opened = deferred<WebSocketConnection>();
    const live = await startServer(t, { open: (ws) => opened.resolve(ws) });
    const client = await RawClient.open(t, live);
    const ws = await opened.promise;
    for (let count = 0; count < 500; count++) client.text(String(count));
    const first = [];
    for await (const message of ws) {
      first.push(message);
      if (first.length === 2) break;
    }
    for await (const message of ws) {
      first.push(message);
      break;
    }
    assert.deepEqual(first, ["0", "1", "2"]);
    ws.close(1000);
    assert.equal(await client.next(), 'CLOSE 1000 ""');
    client.close(1000);
    client.socket.end();
    while (ws.closed === undefined) await new Promise(setImmediate);
    assert.deepEqual(ws.closed, { code: 1000, reason: "", wasClean: true });
    // What is left comes without a gap.
    let expected = 3;
    for await (const message of ws) assert.equal(message, String(expected++));
  });

  test("is refused beside a message handler", async (t) => {
    const opened = deferred<WebSocketConnection>();
    const live = await startServer(t, { open: (ws) => opened.resolve(ws), message: () => {} });
    await RawClient.open(t, live);
    const ws = await opened.promise;
    assert.throws(() => ws[Symbol.asyncIterator](), { code: "WIREPROOF_INVALID_ARGUMENT" });
  });

  test("several readers get one message each", async (t) => {
    const live = await startServer(t, {
      open: (ws) => {
        ws.send("a");
        ws.send("b");
      },
      message: (ws) => ws.close(1000),
    });
    const ws = await connect(live.url);
    const iterator = ws[Symbol.asyncIterator]();
    const [one, two, three, four] = [iterator.next(), iterator.next(), iterator.next(), iterator.next()];
    assert.deepEqual([(await one).value, (await two).value], ["a", "b"]);
    ws.send("stop");
    assert.deepEqual(
      [await three, await four],
      [
        { done: true, value: undefined },
        { done: true, value: undefined },
      ],
    );
  });
});

test("the queue pauses reading at 64 messages or 256 KiB, and lets it go on at half of it", async () => {
  const paused: boolean[] = [];
  const session = { pause: () => paused.push(true), resume: () => paused.push(false) };
  const queue = new MessageQueue(session, DEFAULT_LIMITS);
  for (let count = 0; count < 63; count++) queue.push("");
  assert.deepEqual(paused, []);
  queue.push("");
  assert.deepEqual(paused, [true]);
  for (let count = 0; count < 32; count++) await queue.next();
  assert.deepEqual(paused, [true]);
  await queue.next();
  assert.deepEqual(paused, [true, false]);
  queue.push(new Uint8Array(256 * 1024));
  assert.deepEqual(paused, [true, false, true]);
});
