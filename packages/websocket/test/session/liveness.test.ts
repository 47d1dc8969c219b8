import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connect } from "../../src/client/connect.js";
import { Heartbeat, LifeSign, resolveLiveness } from "../../src/session/liveness.js";
import { Opcode } from "../../src/protocol/opcode.js";
import type { WebSocketConnection } from "../../src/session/connection.js";
import { Happenings, deferred, endings, problems, startEcho, startServer } from "../support/live-server.js";
import { fakeTime, pair } from "../../src/testing/index.js";
import { RawClient } from "../support/raw-client.js";
import { socketPair } from "../transport/pairs.js";
import { Talker } from "../transport/talker.js";

describe("the heartbeat", () => {
  const liveness = { intervalMs: 100, timeoutMs: 50, idleMs: Infinity };

  test("asks who is silent, and gives up who does not answer", () => {
    const heartbeat = new Heartbeat(liveness, 0);
    assert.equal(heartbeat.deadline, 100);
    assert.equal(heartbeat.check(99, 0, 0), LifeSign.None);
    assert.equal(heartbeat.check(100, 0, 0), LifeSign.Ping);
    assert.equal(heartbeat.deadline, 150);
    assert.equal(heartbeat.check(149, 0, 0), LifeSign.None);
    assert.equal(heartbeat.check(150, 0, 0), LifeSign.Dead);
  });

  test("a peer that may take long to answer, and does not, gets the next ping in time", () => {
    const heartbeat = new Heartbeat({ intervalMs: 100, timeoutMs: 1_000, idleMs: 1_050 }, 0);
    let octets = 0;
    for (const pingAt of [100, 300, 500]) {
      assert.equal(heartbeat.check(pingAt, octets, 0), LifeSign.Ping);
      assert.equal(heartbeat.deadline, pingAt + 100);
      octets += 2;
      assert.equal(heartbeat.check(pingAt + 100, octets, 0), LifeSign.None);
      assert.equal(heartbeat.deadline, pingAt + 200);
    }
    assert.equal(heartbeat.check(700, octets, 0), LifeSign.Ping);
    assert.equal(heartbeat.check(800, octets, 0), LifeSign.None);
    // Idle since 600, which is before the ping would have timed out.
    assert.equal(heartbeat.deadline, 1_650);
    assert.equal(heartbeat.check(1_650, octets, 0), LifeSign.Idle);
  });

  test("any octet counts as life, before the ping and after it", () => {
    const heartbeat = new Heartbeat(liveness, 0);
    assert.equal(heartbeat.check(100, 1, 0), LifeSign.None);
    assert.equal(heartbeat.deadline, 200);
    assert.equal(heartbeat.check(200, 1, 0), LifeSign.Ping);
    assert.equal(heartbeat.check(250, 2, 0), LifeSign.None);
    assert.equal(heartbeat.deadline, 350);
  });

  test("a write that gets on counts as life, one that stands still does not", () => {
    const heartbeat = new Heartbeat(liveness, 0);
    assert.equal(heartbeat.check(100, 0, 9000), LifeSign.Ping);
    assert.equal(heartbeat.check(150, 0, 8000), LifeSign.None);
    assert.equal(heartbeat.check(250, 0, 7000), LifeSign.None);
    assert.equal(heartbeat.check(350, 0, 7000), LifeSign.Ping);
    assert.equal(heartbeat.check(400, 0, 7000), LifeSign.Dead);
  });

  test("a write that begins is no life", () => {
    const heartbeat = new Heartbeat(liveness, 0);
    assert.equal(heartbeat.check(100, 0, 0), LifeSign.Ping);
    assert.equal(heartbeat.check(150, 0, 9000), LifeSign.Dead);
  });

  test("who is not read cannot be blamed", () => {
    const heartbeat = new Heartbeat(liveness, 0);
    assert.equal(heartbeat.check(100, 0, 0), LifeSign.Ping);
    heartbeat.excuse(150);
    assert.equal(heartbeat.deadline, 250);
    assert.equal(heartbeat.check(250, 0, 0), LifeSign.Ping);
  });

  test("idle comes before the ping where it is shorter", () => {
    const heartbeat = new Heartbeat({ intervalMs: 100, timeoutMs: 50, idleMs: 60 }, 0);
    assert.equal(heartbeat.deadline, 60);
    assert.equal(heartbeat.check(60, 0, 0), LifeSign.Idle);
  });

  test("false switches all of it off", () => {
    assert.equal(new Heartbeat(resolveLiveness(false), 0).deadline, Infinity);
    assert.equal(resolveLiveness({ intervalMs: 5 }).timeoutMs, 20_000);
  });
});

describe("the round-trip time", () => {
  const newHeartbeat = (): Heartbeat => new Heartbeat(resolveLiveness(false), 0);

  test("is that of the latest ping that was answered, in steps of 10 µs", () => {
    const heartbeat = newHeartbeat();
    assert.equal(heartbeat.roundTripMs, undefined);
    const first = heartbeat.ask(1000);
    assert.equal(first.length, 4);
    assert.equal(heartbeat.roundTripMs, undefined);
    assert.equal(heartbeat.answer(1012.344, first), true);
    assert.equal(heartbeat.roundTripMs, 12.34);
    const second = heartbeat.ask(2000);
    assert.equal(heartbeat.roundTripMs, 12.34);
    assert.equal(heartbeat.answer(2000, second), true);
    assert.equal(heartbeat.roundTripMs, 0);
  });

  test("is not measured by a pong that answers no ping, or an earlier one, or one already answered", () => {
    const heartbeat = newHeartbeat();
    assert.equal(heartbeat.answer(1, new Uint8Array(0)), false);
    const first = heartbeat.ask(10);
    const second = heartbeat.ask(20);
    assert.notDeepEqual(first, second);
    for (const payload of [new Uint8Array(0), first, second.subarray(0, 3)])
      assert.equal(heartbeat.answer(30, payload), false);
    assert.equal(heartbeat.answer(30, second), true);
    assert.equal(heartbeat.answer(40, second), false);
    assert.equal(heartbeat.roundTripMs, 10);
  });

  test("is measured by pings of the application, which have their own payload", () => {
    const heartbeat = newHeartbeat();
    const payload = Buffer.from("mine");
    heartbeat.ask(10, payload);
    // The application may use its memory again.
    payload.fill(0);
    assert.equal(heartbeat.answer(15, Buffer.from("other")), false);
    assert.equal(heartbeat.answer(15, Buffer.from("mine")), true);
    assert.equal(heartbeat.roundTripMs, 5);
    const own = heartbeat.ask(20);
    assert.equal(heartbeat.answer(21, Buffer.from("mine")), false);
    assert.equal(heartbeat.answer(21, own), true);
  });

  test("is not measured by a pong that may have waited on this side", () => {
    const heartbeat = newHeartbeat();
    const payload = heartbeat.ask(10);
    heartbeat.excuse(20);
    assert.equal(heartbeat.answer(30, payload), false);
    assert.equal(heartbeat.roundTripMs, undefined);
  });

  test("is right when the clock of the ticks begins again", () => {
    const heartbeat = newHeartbeat();
    const again = 2 ** 30 / 100;
    const payload = heartbeat.ask(again - 2);
    assert.equal(heartbeat.answer(again + 3, payload), true);
    assert.equal(heartbeat.roundTripMs, 5);
  });
});

for (const kind of ["tcp", "tls"] as const) {
  test(`a write that the peer reads gets on (${kind})`, async (t) => {
    const [ours, peer] = await socketPair(t, kind);
    peer.pause();
    const talker = new Talker(ours, false);
    talker.transport.start(new Uint8Array(0));
    // One write, and more than the system takes by itself.
    talker.send(Buffer.alloc(32 * 1024 * 1024));
    const standing = async (): Promise<number> => {
      let [before, now] = [-1, talker.transport.unsentOctets];
      while (now !== before) {
        for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
        [before, now] = [now, talker.transport.unsentOctets];
      }
      return now;
    };
    const first = await standing();
    assert.ok(first > 8 * 1024 * 1024);
    await new Promise<void>((resolve) => {
      peer.on("data", () => {
        if (peer.bytesRead < 4 * 1024 * 1024) return;
        peer.pause();
        resolve();
      });
      peer.resume();
    });
    const second = await standing();
    assert.ok(second < first && second > 0, `${first} octets, then ${second}`);
    assert.equal(talker.drained, 0);
  });
}

describe("on a live server", () => {
  const off = Infinity;

  test("both sides know the round-trip time of heartbeats that were answered", async (t) => {
    const heartbeat = { intervalMs: 20, timeoutMs: off, idleMs: off };
    const pongs = new Happenings<number | undefined>();
    const pong = (ws: WebSocketConnection): unknown => pongs.add(ws.rtt);
    const live = await startEcho(t, { heartbeat, pong });
    await using ws = await connect(live.url, { heartbeat: false, message: () => {} });
    assert.equal(ws.rtt, undefined);
    const seen = await pongs.next();
    assert.ok(seen !== undefined && seen >= 0, String(seen));
    const [other] = live.server.connections;
    assert.equal(typeof other!.rtt, "number");
    // This side has sent no ping.
    assert.equal(ws.rtt, undefined);
  });

  test("it is the time that both ways take", async () => {
    const time = fakeTime();
    const opening = pair({ time, latencyMs: 35, client: { heartbeat: false } });
    await time.advance(1_000);
    await using both = await opening;
    assert.equal(both.server.rtt, undefined);
    await time.advance(21_000);
    assert.equal(both.server.rtt, 70);
    assert.equal(both.client.rtt, undefined);
    both.client.ping("now");
    await time.advance(69);
    assert.equal(both.client.rtt, undefined);
    await time.advance(1);
    assert.equal(both.client.rtt, 70);
  });

  test("a ping of the application measures it too, and another pong does not", async (t) => {
    const pongs = new Happenings<number | undefined>();
    const live = await startEcho(t, {
      heartbeat: false,
      open: (ws) => ws.ping("now"),
      pong: (ws) => pongs.add(ws.rtt),
    });
    const client = await RawClient.open(t, live);
    assert.equal(await client.next(), 'PING "now"');
    client.send({ opcode: Opcode.Pong, payload: "no" }, { opcode: Opcode.Pong, payload: "now" });
    assert.equal(await pongs.next(), undefined);
    assert.equal(typeof (await pongs.next()), "number");
  });

  test("a silent peer is asked and then failed with 1011", async (t) => {
    const { errors, error } = problems();
    const heartbeat = { intervalMs: 20, timeoutMs: 20, idleMs: off };
    const live = await startEcho(t, { heartbeat, error });
    const client = await RawClient.open(t, live);
    assert.match(await client.next(), /^PING/);
    assert.match(await client.next(), /^CLOSE 1011/);
    assert.equal(await errors.next(), "heartbeat-timeout");
    assert.equal(live.server.counters.heartbeatTimeouts, 1);
  });

  for (const role of ["server", "client"] as const) {
    test(`a ${role} does not wait for a peer that it has declared dead`, async (t) => {
      const heartbeat = { intervalMs: 20, timeoutMs: 20, idleMs: off };
      const limits = { closeMs: 600_000 };
      const opened = deferred<WebSocketConnection>();
      const live = await startServer(t, {
        ...(role === "server" ? { heartbeat, limits } : { heartbeat: false as const, autoPong: false }),
        open: (ws) => opened.resolve(ws),
      });
      if (role === "server") await RawClient.open(t, live);
      const ws = role === "server" ? await opened.promise : await connect(live.url, { heartbeat, limits });
      const reading = async (): Promise<void> => {
        await using connection = ws;
        for await (const message of connection) assert.fail(String(message));
      };
      await assert.rejects(reading(), { code: "WIREPROOF_VIOLATION", problem: "heartbeat-timeout" });
      assert.equal(ws.closed?.code, 1006);
    });
  }

  test("a peer that answers lives on, and so does one whose message takes long", async (t) => {
    const heartbeat = { intervalMs: 20, timeoutMs: 200, idleMs: off };
    const live = await startEcho(t, { heartbeat });
    const client = await RawClient.open(t, live);
    for (let count = 0; count < 3; count++) {
      assert.match(await client.next(), /^PING/);
      client.send({ opcode: Opcode.Pong });
    }
    // Not a single frame is complete, and no pong: one octet at a time.
    const slow = await RawClient.open(t, live);
    slow.write(Uint8Array.of(0x81, 0x80 | 20, 0, 0, 0, 0));
    for (let count = 0; count < 20; count++) {
      // Each ping is a turn of the wheel in which octets were seen.
      await new Promise((resolve) => setTimeout(resolve, 30));
      slow.write("x");
    }
    let seen = await slow.next();
    while (seen.startsWith("PING")) seen = await slow.next();
    assert.equal(seen, `TEXT "${"x".repeat(20)}"`);
  });

  test("an idle peer is closed with 1001", async (t) => {
    const { errors, error } = problems();
    const { closes, close } = endings();
    const live = await startEcho(t, { heartbeat: { intervalMs: off, idleMs: 20 }, error, close });
    const client = await RawClient.open(t, live);
    assert.match(await client.next(), /^CLOSE 1001/);
    assert.equal(await errors.next(), "idle-timeout");
    client.close(1001);
    client.socket.end();
    await closes.next();
  });

  test("a connection that its application has paused is left alone", async (t) => {
    const opened = deferred<WebSocketConnection>();
    const live = await startServer(t, {
      heartbeat: { intervalMs: 20, timeoutMs: 20, idleMs: 30 },
      open: (ws) => {
        if (live.server.connections.size === 1) ws.pause();
        opened.resolve(ws);
      },
      message: (ws, data) => ws.send(data),
    });
    const client = await RawClient.open(t, live);
    const ws = await opened.promise;
    client.text("waits");
    // Another one comes and goes meanwhile, by the same deadlines.
    const other = await RawClient.open(t, live);
    assert.match(await other.next(), /^PING|^CLOSE/);
    await other.rest();
    assert.equal(ws.state, "open");
    ws.resume();
    assert.equal(await client.next(), 'TEXT "waits"');
  });
});
