import assert from "node:assert/strict";
import { suite, test } from "node:test";

import { ErrorCode, connect, createServer } from "../../src/index.js";
import type { WebSocketError } from "../../src/index.js";
import { fakeTime, pair, scriptedServer } from "../../src/testing/index.js";
import { Happenings, endings } from "../support/live-server.js";

suite("fake time", () => {
  test("heartbeats come when they are due, to the millisecond, and are answered before the next thing happens", async () => {
    const time = fakeTime();
    const pings: number[] = [];
    await using both = await pair({
      time,
      server: { heartbeat: { intervalMs: 20_000, timeoutMs: 1 } },
      client: { heartbeat: false, ping: () => void pings.push(time.nowMs) },
    });
    await time.advance(19_999);
    assert.deepEqual(pings, []);
    await time.advance(1);
    assert.deepEqual(pings, [20_000]);
    await time.advance(100_000);
    assert.equal(both.server.state, "open");
    assert.equal(both.server.counters.pongsReceived, pings.length);
  });

  test("an idle peer is closed", async () => {
    const time = fakeTime();
    await using both = await pair({
      time,
      server: { heartbeat: { intervalMs: Infinity, idleMs: 60_000 } },
      client: { heartbeat: false },
    });
    await time.advance(60_000);
    assert.equal(both.client.closed?.code, 1001);
  });

  test("closeMs: a peer that does not answer a Close frame is dropped", async () => {
    const time = fakeTime();
    await using both = await pair({ time, client: { limits: { closeMs: 3_000 }, heartbeat: false } });
    both.link.stall();
    both.client.close(1000);
    await time.advance(2_999);
    assert.equal(both.client.state, "closing");
    await time.advance(1);
    assert.deepEqual(both.client.closed, { code: 1006, reason: "", wasClean: false });
  });

  test("handshakeMs: of a hook that takes too long, and of a client", async () => {
    const upgrade = (): Promise<never> => new Promise(() => {});
    for (const [server, client, expected] of [
      [5_000, 9_000, { code: ErrorCode.UnexpectedResponse, status: 503 }],
      [9_000, 5_000, { code: ErrorCode.HandshakeTimeout }],
    ] as const) {
      const time = fakeTime();
      const opening = pair({
        time,
        server: { upgrade, limits: { handshakeMs: server } },
        client: { handshakeMs: client },
      });
      const rejected = assert.rejects(opening, expected);
      await time.advance(5_000);
      await rejected;
    }
  });

  test("drainMs of a server that was made while it was installed", async () => {
    const time = fakeTime().install();
    const server = createServer();
    time.uninstall();
    const both = await pair({ server, time });
    both.link.stall();
    const closing = server.close({ drainMs: 30_000 });
    await time.advance(4_000);
    assert.equal(server.connections.size, 1);
    await time.advance(26_000);
    await closing;
    assert.equal(server.connections.size, 0);
    await both.close();
  });

  test("is followed over sockets by what is made while it is installed, and by nothing else", async (context) => {
    const server = await scriptedServer((peer) => peer.stall());
    context.after(() => server.close());
    const before = endings();
    const during = endings();
    const heartbeat = { intervalMs: 10_000, timeoutMs: 10_000 };
    const old = await connect(server.url, { heartbeat, close: before.close });
    const time = fakeTime().install();
    const ws = await connect(server.url, { heartbeat, close: during.close });
    time.uninstall();
    const other = await connect(server.url, { heartbeat, close: before.close });
    await time.advance(20_000);
    assert.equal(await during.closes.next(), "1006 unclean");
    assert.equal(ws.state, "closed");
    assert.deepEqual([old.state, other.state], ["open", "open"]);
    for (const it of [old, other]) it.terminate();
  });

  test("only one is installed at a time", () => {
    const time = fakeTime().install();
    assert.equal(time.install(), time);
    assert.throws(() => fakeTime().install(), { code: ErrorCode.InvalidArgument });
    time[Symbol.dispose]();
    time.uninstall();
    fakeTime().install().uninstall();
  });

  test("goes forward only", async () => {
    const time = fakeTime();
    for (const ms of [-1, Number.NaN, Infinity])
      await assert.rejects(time.advance(ms), { code: ErrorCode.InvalidArgument });
    await time.advance(0);
    assert.equal(time.nowMs, 0);
  });

  test("two sides that answer one another for ever do not stop a test", async () => {
    const time = fakeTime();
    const errors = new Happenings<WebSocketError>();
    await using both = await pair({
      time,
      server: { message: (ws, data) => ws.send(data), error: (_ws, error) => errors.add(error) },
      client: { message: (ws, data) => ws.send(data) },
    });
    both.client.send("ball");
    await time.advance(1_000);
    assert.equal(time.nowMs, 1_000);
    assert.ok(both.server.counters.messagesReceived > 100);
    assert.deepEqual(errors.seen, []);
  });
});
