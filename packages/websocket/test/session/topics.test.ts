import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../../src/client/connect.js";
import { createServer } from "../../src/server/server.js";
import { frame } from "../../src/session/prepared.js";
import type { WebSocketConnection } from "../../src/session/connection.js";
import { Topics } from "../../src/session/topics.js";
import { Happenings, deferred, startServer } from "../support/live-server.js";
import { RawClient, requestText } from "../support/raw-client.js";

const DEFLATE = { headers: { "Sec-WebSocket-Extensions": "permessage-deflate" } };

test("what is published reaches every subscriber, but not its publisher", async (t) => {
  const live = await startServer(t, {
    open: (ws) => {
      ws.subscribe("room");
      assert.equal(ws.subscribe("room"), false);
      assert.equal(ws.isSubscribed("room"), true);
    },
    message: (ws, data) => {
      if (data === "leave") ws.send(String(ws.unsubscribe("room")));
      else ws.send(`to ${ws.publish("room", data)}`);
    },
  });
  const [one, two, three] = [
    await RawClient.open(t, live),
    await RawClient.open(t, live),
    await RawClient.open(t, live),
  ];
  assert.equal(live.server.subscribers("room"), 3);
  one.text("hi");
  assert.deepEqual([await two.next(), await three.next()], ['TEXT "hi"', 'TEXT "hi"']);
  assert.equal(await one.next(), 'TEXT "to 2"');
  three.text("leave");
  assert.equal(await three.next(), 'TEXT "true"');
  assert.equal(live.server.publish("room", frame.binary(Uint8Array.of(0x61))), 2);
  assert.deepEqual([await one.next(), await two.next()], ['BINARY "a"', 'BINARY "a"']);
  assert.equal(live.server.publish("nobody", "x"), 0);
  // Who is gone is no subscriber.
  two.close();
  assert.equal(await two.next(), 'CLOSE 1000 ""');
  two.socket.end();
  one.text("still there?");
  assert.equal(await one.next(), 'TEXT "to 0"');
  while (live.server.subscribers("room") > 1) await new Promise(setImmediate);
});

test("a message is framed once, and compressed once for all who share the compressor", async (t) => {
  const live = await startServer(t, { open: (ws) => void ws.subscribe("room") });
  const plain = [await RawClient.open(t, live), await RawClient.open(t, live)];
  const deflating = [await RawClient.open(t, live, DEFLATE), await RawClient.open(t, live, DEFLATE)];
  const message = frame.text("0123456789".repeat(500));
  live.server.publish("room", message);
  // Changed between the two, what was made for the first would show in the second if it were made again.
  live.server.publish("room", message);
  for (const [clients, rsv] of [
    [plain, 0],
    [deflating, 4],
  ] as const) {
    const frames = [];
    for (const client of clients) frames.push(await client.frame(), await client.frame());
    assert.equal(frames[0]!.rsv, rsv);
    for (const it of frames) assert.deepEqual(it, frames[0]);
  }
});

test("with context takeover each connection compresses for itself", async (t) => {
  const live = await startServer(t, {
    compression: { contextTakeover: true },
    open: (ws) => void ws.subscribe("room"),
  });
  const ws = await connect(live.url, { compression: true });
  assert.match(ws.handshake.extensions, /^permessage-deflate/);
  while (live.server.subscribers("room") === 0) await new Promise(setImmediate);
  const text = "0123456789".repeat(500);
  for (let count = 0; count < 3; count++) live.server.publish("room", text);
  let count = 0;
  for await (const message of ws) {
    assert.equal(message, text);
    if (++count === 3) break;
  }
  ws.terminate();
});

test("memory that was lent is copied before it goes to others", async (t) => {
  const live = await startServer(t, {
    zeroCopy: true,
    compression: { contextTakeover: true, threshold: 1 },
    open: (ws) => void ws.subscribe("room"),
    message: (ws, data) => {
      ws.send(data);
      ws.publish("room", data);
      live.server.publish("room", data);
    },
  });
  const [ws, other] = [await connect(live.url), await connect(live.url)];
  const [mine, theirs] = [ws[Symbol.asyncIterator](), other[Symbol.asyncIterator]()];
  for (let round = 0; round < 5; round++) {
    // Small enough to come in one read, and compressed on the thread pool, long after the handler has returned.
    const octets = Buffer.alloc(40_000, `round ${round} `);
    ws.send(octets, { compress: false });
    for (const reader of [mine, mine, theirs, theirs]) {
      const { value } = await reader.next();
      assert.ok(octets.equals(value as Uint8Array), `round ${round}`);
    }
  }
  ws.terminate();
  other.terminate();
});

test("a subscriber that does not read does not keep the others from their messages", async (t) => {
  for (const onBacklog of ["close", "drop", "error"] as const) {
    const live = await startServer(t, {
      limits: { backlogOctets: 100_000, onBacklog, closeMs: 30 },
      open: (ws) => void ws.subscribe("room"),
    });
    const slow = await RawClient.connect(t, live);
    slow.socket.pause();
    slow.write(requestText());
    const quick = await RawClient.open(t, live);
    while (live.server.subscribers("room") < 2) await new Promise(setImmediate);
    const message = frame.binary(Buffer.alloc(80_000));
    let count = 0;
    for (; count < 500; count++) {
      const reached = live.server.publish("room", message);
      assert.equal((await quick.frame()).payload.length, 80_000);
      if (reached === 1) break;
    }
    assert.ok(count < 500, "the slow one is left out in the end");
    assert.equal(live.server.counters.dropped > 0, onBacklog !== "close");
  }
});

test("clients have no topics", async (t) => {
  const live = await startServer(t);
  const ws = await connect(live.url);
  for (const call of [() => ws.subscribe("x"), () => ws.publish("x", "y"), () => ws.isSubscribed("x")]) {
    assert.throws(call, { code: "WIREPROOF_INVALID_ARGUMENT" });
  }
  ws.terminate();
});

test("topics belong to one server", async (t) => {
  const opened = deferred<WebSocketConnection>();
  const live = await startServer(t, {
    open: (ws) => {
      ws.subscribe("room");
      opened.resolve(ws);
    },
  });
  await RawClient.open(t, live);
  await opened.promise;
  const other = createServer({});
  assert.equal(other.publish("room", "x"), 0);
  assert.equal(live.server.publish("room", "x"), 1);
});

test("a topic exists as long as it has a subscriber", () => {
  const topics = new Topics();
  const delivered = new Happenings<string>();
  const [a, b] = [{ deliver: () => Boolean(delivered.add("a")) || true }, { deliver: () => false }];
  assert.deepEqual([topics.add("t", a), topics.add("t", a), topics.add("t", b)], [true, false, true]);
  assert.deepEqual(
    [topics.size, topics.count("t"), topics.has("t", b), topics.has("u", b)],
    [1, 2, true, false],
  );
  // Only `a` could be sent it.
  assert.equal(topics.publish("t", frame.text("x")), 1);
  assert.equal(topics.publish("t", frame.text("x"), a), 0);
  assert.deepEqual(
    [topics.remove("t", a), topics.remove("t", a), topics.remove("t", b)],
    [true, false, true],
  );
  assert.equal(topics.size, 0);
});
