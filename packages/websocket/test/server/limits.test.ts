/** Each limit with a peer that runs into it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import { Opcode } from "../../src/protocol/opcode.js";
import { Happenings, deferred, endings, problems, startEcho, startServer } from "../support/live-server.js";
import { RawClient, requestText } from "../support/raw-client.js";
import type { WebSocketConnection } from "../../src/session/connection.js";
import type { WebSocketError } from "../../src/errors.js";

const { Continuation, Text, Binary, Ping } = Opcode;

test("messageOctets and frameOctets: 1009, from the header alone", async (t) => {
  const { errors, error } = problems();
  const live = await startEcho(t, { error, limits: { messageOctets: 1000, frameOctets: 600 } });
  const big = await RawClient.open(t, live);
  big.send({ opcode: Binary, payload: "", length: 1n << 40n, lengthOctets: 8 });
  assert.match(await big.next(), /^CLOSE 1009/);
  assert.equal(await errors.next(), "frame-too-big");

  const long = await RawClient.open(t, live);
  long.send({ opcode: Text, fin: false, payload: "x".repeat(600) });
  long.send({ opcode: Continuation, payload: "x".repeat(400) });
  assert.equal((await long.frame()).payload.length, 1000);
  long.send({ opcode: Text, fin: false, payload: "x".repeat(600) });
  long.send({ opcode: Continuation, fin: false, payload: "", length: 401, lengthOctets: 2 });
  assert.match(await long.next(), /^CLOSE 1009/);
  assert.equal(await errors.next(), "message-too-big");
});

test("messageOctets holds for what a message inflates to", async (t) => {
  const { errors, error } = problems();
  const live = await startEcho(t, { error, limits: { messageOctets: 1000 } });
  const headers = { "Sec-WebSocket-Extensions": "permessage-deflate" };
  const bomb = deflateRawSync(Buffer.alloc(500_000), { finishFlush: constants.Z_SYNC_FLUSH });
  const client = await RawClient.open(t, live, { headers });
  client.send({ opcode: Binary, rsv: 4, payload: bomb.subarray(0, -4) });
  assert.match(await client.next(), /^CLOSE 1009/);
  assert.equal(await errors.next(), "message-too-big");
});

test("fragments: 1008", async (t) => {
  const { errors, error } = problems();
  const live = await startEcho(t, { error, limits: { fragments: 10 } });
  const client = await RawClient.open(t, live);
  client.send({ opcode: Text, fin: false });
  for (let count = 0; count < 10; count++) client.send({ opcode: Continuation, fin: false });
  assert.match(await client.next(), /^CLOSE 1008/);
  assert.equal(await errors.next(), "too-many-fragments");
});

test("retainedOctets, of one connection: 1009; totalRetainedOctets, of all: 1013", async (t) => {
  const { errors, error } = problems();
  const live = await startEcho(t, {
    error,
    limits: { messageOctets: 1_000_000, retainedOctets: 300_000, totalRetainedOctets: 400_000 },
  });
  const part = { opcode: Binary, fin: false, payload: "x".repeat(140_000) };
  const greedy = await RawClient.open(t, live);
  greedy.send(part, { ...part, opcode: Continuation }, { ...part, opcode: Continuation });
  assert.match(await greedy.next(), /^CLOSE 1009/);
  assert.equal(await errors.next(), "too-much-retained");

  const clients = [await RawClient.open(t, live), await RawClient.open(t, live)];
  clients[0]!.send(part);
  clients[1]!.send(part);
  const seen = await Promise.race(clients.map((client) => client.next()));
  assert.match(seen, /^CLOSE 1013/);
  assert.equal(await errors.next(), "out-of-memory-budget");
  // What the failed ones held is free again.
  const modest = await RawClient.open(t, live);
  modest.send(
    { opcode: Binary, fin: false, payload: "x".repeat(50_000) },
    { opcode: Continuation, payload: "" },
  );
  assert.equal((await modest.frame()).payload.length, 50_000);
});

test("pendingPongs: who floods with pings and reads nothing costs no memory", async (t) => {
  const counted = new Happenings<number>();
  let connection: WebSocketConnection | undefined;
  let pings = 0;
  const live = await startServer(t, {
    open: (ws) => (connection = ws),
    ping: () => {
      pings++;
      if (pings % 50_000 === 0) counted.add(pings);
    },
  });
  const client = await RawClient.open(t, live);
  client.socket.pause();
  const flood = Buffer.concat(Array.from({ length: 5_000 }, () => Buffer.from(ping(125))));
  let most = 0;
  for (let round = 0; round < 6; round++) {
    for (let count = 0; count < 10; count++) client.write(flood);
    await counted.next();
    most = Math.max(most, connection!.bufferedAmount);
  }
  // 300,000 pongs have 38 MB. Sixteen and the latest may be on their way, and as many wait behind them.
  assert.ok(most <= 2 * 17 * 127, `${most} octets wait`);
  assert.equal(connection!.state, "open");
});

test("handshakeOctets: 431, also octet by octet", async (t) => {
  const live = await startEcho(t, { limits: { handshakeOctets: 1024 } });
  const client = await RawClient.connect(t, live);
  const { status, body } = await client.ask({ headers: { "X-Long": "x".repeat(1500) } });
  assert.equal(status, 431);
  assert.match(body, /too large/);
  assert.equal(await client.end(), "FIN");

  const dripping = await RawClient.connect(t, live);
  dripping.socket.setNoDelay(true);
  const answered = dripping.answer();
  for (const character of requestText({ headers: { "X-Long": "x".repeat(1500) } })) {
    if (dripping.ending !== "" || live.server.counters.refused > 1) break;
    dripping.write(character);
    await new Promise(setImmediate);
  }
  assert.equal((await answered).status, 431);
});

test("handshakeMs: 408 for who sends a request too slowly, octet by octet", async (t) => {
  const live = await startEcho(t, { limits: { handshakeMs: 60 } });
  const client = await RawClient.connect(t, live);
  const answered = client.answer();
  const dripping = setInterval(() => client.write("x"), 5);
  t.after(() => clearInterval(dripping));
  client.write("GET / HTTP/1.1\r\nX-Slow: ");
  assert.equal((await answered).status, 408);
  clearInterval(dripping);
});

test("closeMs: who never answers a Close frame is dropped", async (t) => {
  const { closes, close } = endings();
  const live = await startServer(t, { close, limits: { closeMs: 30 }, open: (ws) => ws.close(1000) });
  const client = await RawClient.open(t, live);
  assert.equal(await client.next(), 'CLOSE 1000 ""');
  assert.equal(await closes.next(), "1006 unclean");
});

test("closeMs: who sends its Close frame and keeps TCP open is dropped, and it was clean", async (t) => {
  const { closes, close } = endings();
  const live = await startEcho(t, { close, limits: { closeMs: 30 } });
  const client = await RawClient.open(t, live);
  client.close(1000);
  assert.equal(await client.next(), 'CLOSE 1000 ""');
  assert.equal(await closes.next(), "1000 clean");
});

test("connections: 503, and there is room again when one has gone", async (t) => {
  const { closes, close } = endings();
  const live = await startEcho(t, { close, limits: { connections: 2 } });
  const clients = [await RawClient.open(t, live), await RawClient.open(t, live)];
  const third = await RawClient.connect(t, live);
  const { status, body } = await third.ask();
  assert.deepEqual([status, body], [503, "There is no room for another connection."]);
  clients[0]!.socket.destroy();
  assert.equal(await closes.next(), "1006 unclean");
  await RawClient.open(t, live);
});

test("perAddress: 429, and other addresses are let in", async (t) => {
  const live = await startEcho(t, { limits: { perAddress: 1 } });
  await RawClient.open(t, live);
  const second = await RawClient.connect(t, live);
  assert.equal((await second.ask()).status, 429);
  await RawClient.open(t, { ...live, localAddress: "127.0.0.2" });
});

test("perAddress: sockets that ask for nothing are dropped when there are many more", async (t) => {
  const live = await startEcho(t, { limits: { perAddress: 1 } });
  const idle = await Promise.all(Array.from({ length: 20 }, () => RawClient.connect(t, live)));
  const ended = await Promise.race(idle.map((client) => client.end()));
  assert.match(ended, /FIN|ECONNRESET/);
  await RawClient.open(t, { ...live, localAddress: "127.0.0.2" });
});

for (const onBacklog of ["close", "drop", "error"] as const) {
  test(`backlogOctets: who never reads, with the policy "${onBacklog}"`, async (t) => {
    const { errors, error } = problems();
    const { closes, close } = endings();
    const filled = deferred<{ thrown: unknown; dropped: number; backlog: number }>();
    const limits = { backlogOctets: 1_000_000, onBacklog, closeMs: 30 };
    const live = await startServer(t, {
      error,
      close,
      limits,
      open: (ws) => {
        const message = Buffer.alloc(400_000);
        let thrown: unknown;
        try {
          // More than any system keeps for a peer that does not read.
          for (let count = 0; count < 100 && ws.state === "open"; count++) ws.send(message);
        } catch (reason) {
          thrown = reason;
        }
        filled.resolve({ thrown, dropped: live.server.counters.dropped, backlog: ws.bufferedAmount });
      },
    });
    const client = await RawClient.connect(t, live);
    client.socket.pause();
    client.write(requestText());
    const { thrown, dropped, backlog } = await filled.promise;
    assert.ok(backlog <= limits.backlogOctets + 400_100, `${backlog} octets wait`);
    assert.equal(
      (thrown as WebSocketError | undefined)?.code,
      onBacklog === "error" ? "WIREPROOF_BACKLOG" : undefined,
    );
    assert.equal(dropped > 0, onBacklog === "drop");
    if (onBacklog !== "close") return;
    assert.equal(await errors.next(), "backlog-exceeded");
    assert.equal(await closes.next(), "1006 unclean");
  });
}

function ping(length: number): Uint8Array {
  return Uint8Array.from([0x80 | Ping, 0x80 | length, 0, 0, 0, 0, ...Buffer.alloc(length, "p")]);
}
