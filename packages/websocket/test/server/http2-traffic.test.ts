import assert from "node:assert/strict";
import { once } from "node:events";
import { constants } from "node:http2";
import { test } from "node:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";

import { Opcode } from "../../src/protocol/opcode.js";
import { http2Session, open, request, startHttp2 } from "../support/http2.js";
import { Happenings, certificate, deferred, endings, problems } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";
import { Flag, Type, connectRequest, frame, headers } from "../support/raw-http2.js";
import { RawHttp2Client } from "../support/raw-http2-client.js";

const MIB = 1024 * 1024;
/** SETTINGS_INITIAL_WINDOW_SIZE (RFC 9113 §6.5.2). */
const INITIAL_WINDOW = 4;

for (const kind of ["cleartext", "TLS"] as const) {
  test(`a message of 1 MiB goes both ways through small windows, ${kind}`, async (t) => {
    const { key, cert } = await certificate();
    const live = await startHttp2(t, {
      ...(kind === "TLS" ? { tls: { key, cert } } : {}),
      compression: false,
      message: (ws, data) => ws.send(data),
    });
    const session = await http2Session(t, live.url, { ca: cert, settings: { initialWindowSize: 5000 } });
    const { client } = await open(session);
    const payload = Buffer.alloc(MIB);
    for (let at = 0; at < MIB; at += 4) payload.writeUInt32BE((at * 2_654_435_761) % 2 ** 32, at);
    client.send({ opcode: Opcode.Binary, payload });
    const echo = await client.frame();
    assert.equal(echo.opcode, Opcode.Binary);
    assert.ok(payload.equals(echo.payload));
  });
}

test("a client that reads slowly makes send return false, and drain follows", async (t) => {
  const drained = deferred();
  const sent: boolean[] = [];
  const live = await startHttp2(t, {
    compression: false,
    open: (ws) => {
      for (let time = 0; time < 4; time++) sent.push(ws.send(Buffer.alloc(100_000)));
    },
    drain: () => drained.resolve(),
  });
  const session = await http2Session(t, live.url, { settings: { initialWindowSize: 1000 } });
  const stream = request(session);
  await once(stream, "response");
  assert.equal(sent.at(-1), false);
  const [ws] = [...live.server.connections];
  assert.ok(ws!.bufferedAmount > 300_000, String(ws!.bufferedAmount));
  const client = RawClient.over(stream);
  for (let time = 0; time < 4; time++) assert.equal((await client.frame()).payload.length, 100_000);
  await drained.promise;
  assert.equal(ws!.bufferedAmount, 0);
});

test("a server that pauses gets no more than a window, and everything when it goes on", async (t) => {
  const received = new Happenings<number>();
  const live = await startHttp2(t, {
    limits: { messageOctets: 2 * MIB },
    open: (ws) => ws.pause(),
    message: (_ws, data) => received.add(data.length),
  });
  const session = await http2Session(t, live.url);
  const { client, stream } = await open(session);
  client.send({ opcode: Opcode.Binary, payload: Buffer.alloc(MIB) });
  await new Promise((resolve) => session.ping(resolve));
  assert.ok(stream.writableLength > 0);
  const [ws] = [...live.server.connections];
  assert.ok(ws!.counters.octetsReceived < 100_000);
  ws!.resume();
  assert.equal(await received.next(), MIB);
});

test("permessage-deflate is agreed on and used in both directions", async (t) => {
  const live = await startHttp2(t, { message: (ws, data) => ws.send(data, { compress: true }) });
  const session = await http2Session(t, live.url);
  const { client, headers: answer } = await open(session, {
    "sec-websocket-extensions": "permessage-deflate; client_no_context_takeover",
  });
  assert.match(String(answer["sec-websocket-extensions"]), /^permessage-deflate/);
  const text = "over and ".repeat(100);
  const payload = deflateRawSync(text, { finishFlush: 2 }).subarray(0, -4);
  client.send({ opcode: Opcode.Text, rsv: 4, payload });
  const echo = await client.frame();
  assert.equal(echo.rsv, 4);
  assert.ok(echo.payload.length < 100);
  const whole = Buffer.concat([echo.payload, Buffer.from([0, 0, 0xff, 0xff])]);
  assert.equal(inflateRawSync(whole, { finishFlush: 2 }).toString(), text);
});

test("topics reach subscribers over both versions of HTTP", async (t) => {
  const live = await startHttp2(t, { open: (ws) => ws.subscribe("news") });
  const session = await http2Session(t, live.url);
  const clients = [(await open(session)).client, (await open(session)).client, await RawClient.open(t, live)];
  const large = "n".repeat(100_000);
  for (const news of ["small", large]) {
    assert.equal(live.server.publish("news", news), 3);
    for (const client of clients) assert.equal(Buffer.from((await client.frame()).payload).toString(), news);
  }
});

test("a hundred connections share one HTTP/2 connection, which says so, and one more waits for a place", async (t) => {
  const live = await startHttp2(t, { message: (ws, data) => ws.send(data) });
  const session = await http2Session(t, live.url);
  const all = await Promise.all(Array.from({ length: 100 }, () => open(session)));
  for (const [at, { client }] of all.entries()) client.text(`${at}`);
  for (const [at, { client }] of all.entries()) assert.equal(await client.next(), `TEXT "${at}"`);
  assert.equal(session.remoteSettings.maxConcurrentStreams, 100);
  const waiting = open(session);
  const [{ client, stream }] = all as [(typeof all)[number]];
  client.close();
  stream.end();
  await once(stream, "close");
  const { client: late } = await waiting;
  late.text("late");
  assert.equal(await late.next(), 'TEXT "late"');
});

test("the heartbeat gives up a client that holds its window at zero", async (t) => {
  const { closes, close } = endings();
  const { errors, error } = problems();
  const live = await startHttp2(t, {
    heartbeat: { intervalMs: 100, timeoutMs: 100 },
    open: (ws) => ws.send("never read"),
    close,
    error,
  });
  const client = await RawHttp2Client.connect(t, live.port, [INITIAL_WINDOW, 0]);
  client.write(connectRequest(1));
  assert.equal(await errors.next(), "heartbeat-timeout");
  assert.equal(await closes.next(), "1006 unclean");
  const reset = await client.until(Type.RstStream, 1);
  assert.equal(reset.payload.readUInt32BE(), constants.NGHTTP2_CANCEL);
});

test("a closing handshake that a window of zero holds up ends after closeMs", async (t) => {
  const { closes, close } = endings();
  const live = await startHttp2(t, { limits: { closeMs: 100 }, open: (ws) => ws.close(1000), close });
  const client = await RawHttp2Client.connect(t, live.port, [INITIAL_WINDOW, 0]);
  client.write(connectRequest(1));
  assert.equal(await closes.next(), "1006 unclean");
  const reset = await client.until(Type.RstStream, 1);
  assert.equal(reset.payload.readUInt32BE(), constants.NGHTTP2_CANCEL);
});

test("a client that never ends its stream after the closing handshake is dropped after closeMs", async (t) => {
  const { closes, close } = endings();
  const live = await startHttp2(t, { limits: { closeMs: 100 }, close });
  const session = await http2Session(t, live.url);
  const { client, stream } = await open(session);
  client.close();
  assert.equal(await closes.next(), "1000 clean");
  if (!stream.closed) await once(stream, "close");
  assert.equal(stream.rstCode, constants.NGHTTP2_CANCEL);
});

test("frames may be cut anywhere into DATA frames, with padding and empty ones between", async (t) => {
  const live = await startHttp2(t, { message: (ws, data) => ws.send(data) });
  const client = await RawHttp2Client.connect(t, live.port);
  client.write(connectRequest(1));
  await client.until(Type.Headers, 1);
  const message = Buffer.from([0x81, 0x85, 0, 0, 0, 0, ...Buffer.from("hello")]);
  const PADDED = 0x8;
  for (const octet of message) {
    client.write(frame(Type.Data, PADDED, 1, Buffer.from([3, octet, 0, 0, 0])), frame(Type.Data, 0, 1));
  }
  const echo = await client.until(Type.Data, 1);
  assert.equal(echo.payload.subarray(2).toString(), "hello");
  // Trailers end the stream like END_STREAM on a DATA frame.
  client.write(headers(1, { "x-trailer": "1" }, Flag.EndStream | Flag.EndHeaders));
  await client.pong();
  assert.equal(live.server.connections.size, 0);
});
