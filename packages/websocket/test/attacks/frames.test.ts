/** Frames that have cost other endpoints memory, stack or time out of proportion. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Opcode } from "../../src/protocol/opcode.js";
import type { WebSocketConnection } from "../../src/session/connection.js";
import { Happenings, deferred, problems, startEcho, startServer } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";

const { Continuation, Text, Binary } = Opcode;

/** The same frame many times, masked with zeros. */
function flood(first: number, payload: string, times: number): Buffer {
  const frame = Buffer.concat([
    Uint8Array.of(first, 0x80 | payload.length, 0, 0, 0, 0),
    Buffer.from(payload),
  ]);
  return Buffer.concat(Array.from({ length: times }, () => frame));
}

test("fragments without end, empty or of one octet, cost little and end with 1008", async (t) => {
  for (const payload of ["", "x"]) {
    const { errors, error } = problems();
    const live = await startEcho(t, { error });
    const client = await RawClient.open(t, live);
    client.send({ opcode: Text, fin: false, payload });
    client.write(flood(Continuation, payload, 20_000));
    assert.match(await client.next(), /^CLOSE 1008/);
    assert.equal(await errors.next(), "too-many-fragments");
  }
});

test("a message in segments of one octet is one message", async (t) => {
  const live = await startEcho(t);
  const client = await RawClient.open(t, live);
  client.socket.setNoDelay(true);
  const octets = flood(0x80 | Text, "0123456789", 5);
  for (const octet of octets) {
    client.write(Uint8Array.of(octet));
    await new Promise(setImmediate);
  }
  for (let count = 0; count < 5; count++) assert.equal(await client.next(), 'TEXT "0123456789"');
});

test("lengths that do not fit a number are refused before anything is kept", async (t) => {
  for (const [length, code] of [
    [2n ** 32n, 1009],
    [2n ** 53n - 1n, 1009],
    [2n ** 53n + 1n, 1009],
    [2n ** 63n - 1n, 1009],
    [2n ** 63n, 1002],
    [2n ** 64n - 1n, 1002],
  ] as const) {
    const live = await startEcho(t, { limits: { totalRetainedOctets: 1 } });
    const client = await RawClient.open(t, live);
    client.send({ opcode: Binary, length, lengthOctets: 8 });
    assert.match(await client.next(), new RegExp(`^CLOSE ${code}`), String(length));
    // The sum of several does not fit either.
    const parts = await RawClient.open(t, live);
    parts.send({ opcode: Binary, fin: false });
    parts.send({ opcode: Continuation, length, lengthOctets: 8 });
    assert.match(await parts.next(), new RegExp(`^CLOSE ${code}`), String(length));
  }
});

test("a declared length costs nothing before its octets come", async (t) => {
  const live = await startEcho(t, { limits: { messageOctets: 2 ** 30, totalRetainedOctets: 2 ** 20 } });
  const clients = [];
  for (let count = 0; count < 20; count++) {
    const client = await RawClient.open(t, live);
    client.send({ opcode: Binary, length: 2 ** 30, lengthOctets: 8, payload: "begun" });
    clients.push(client);
  }
  // All of them are still served.
  for (const client of clients) client.send({ opcode: Text, payload: "inside, so this is payload" });
  const last = await RawClient.open(t, live);
  last.text("x");
  assert.equal(await last.next(), 'TEXT "x"');
  assert.equal(live.server.counters.violations, 0);
});

test("tens of thousands of frames in one read need no stack", async (t) => {
  let count = 0;
  const done = deferred();
  const live = await startServer(t, {
    message: (ws) => {
      if (++count === 60_000) done.resolve();
      // Re-entrance while frames are read.
      ws.pause();
      ws.resume();
    },
  });
  const client = await RawClient.open(t, live);
  client.write(flood(0x80 | Text, "x", 60_000));
  await done.promise;
});

test("views of messages that an application keeps show its messages for ever", async (t) => {
  for (const staticRead of [true, false]) {
    const kept: Uint8Array[] = [];
    const pings: Uint8Array[] = [];
    const got = new Happenings<void>();
    const live = await startServer(t, {
      staticRead,
      text: "octets",
      message: (_ws, data) => {
        kept.push(data as Uint8Array);
        got.add();
      },
      ping: (_ws, payload) => void pings.push(payload),
    });
    const clients = [await RawClient.open(t, live), await RawClient.open(t, live)];
    for (let round = 0; round < 20; round++) {
      for (const [at, client] of clients.entries()) {
        client.send({ opcode: Opcode.Ping, payload: `p${round}.${at}` });
        client.send({ opcode: round % 2 === 0 ? Text : Binary, payload: `${round}.${at}` });
        await got.next();
      }
    }
    const expected = Array.from({ length: 40 }, (_, at) => `${Math.floor(at / 2)}.${at % 2}`);
    assert.deepEqual(
      kept.map((it) => Buffer.from(it).toString()),
      expected,
    );
    assert.deepEqual(
      pings.map((it) => Buffer.from(it).toString()),
      expected.map((it) => `p${it}`),
    );
  }
});

test("with zeroCopy a view is right while the handler runs, and not valid afterwards", async (t) => {
  const during: string[] = [];
  const kept: Uint8Array[] = [];
  const live = await startServer(t, {
    zeroCopy: true,
    message: (ws, data) => {
      during.push(Buffer.from(data as Uint8Array).toString());
      kept.push(data as Uint8Array);
      ws.send(data);
    },
  });
  const client = await RawClient.open(t, live);
  for (const payload of ["mine", "yours"]) {
    client.send({ opcode: Binary, payload });
    assert.equal(await client.next(), `BINARY "${payload}"`);
  }
  assert.deepEqual(during, ["mine", "yours"]);
  // What WIREPROOF_SCRIBBLE writes over memory that was only lent.
  assert.ok(kept[0]!.every((octet) => octet === 0xdb));
});

test("messages that are echoed as they came are copied before their memory is used again", async (t) => {
  // As large as what a server refers to instead of copying it.
  for (const zeroCopy of [true, false]) {
    const live = await startServer(t, {
      zeroCopy,
      text: "octets",
      compression: false,
      limits: { messageOctets: 4_000_000, backlogOctets: 64_000_000 },
      message: (ws, data, isText) => (isText ? ws.sendText(data as Uint8Array) : ws.send(data as Uint8Array)),
    });
    const client = await RawClient.open(t, live);
    client.socket.pause();
    for (let count = 0; count < 40; count++) {
      const payload = String.fromCharCode(0x61 + (count % 26)).repeat(100_000 + count);
      client.send({ opcode: count % 2 === 0 ? Text : Binary, payload });
    }
    client.socket.resume();
    for (let count = 0; count < 40; count++) {
      const { payload } = await client.frame();
      assert.equal(payload.length, 100_000 + count);
      assert.ok(
        payload.every((octet) => octet === 0x61 + (count % 26)),
        `message ${count}`,
      );
    }
  }
});

test("a peer that sends while it is being failed is not listened to", async (t) => {
  const messages: WebSocketConnection[] = [];
  const live = await startServer(t, { message: (ws) => void messages.push(ws) });
  const client = await RawClient.open(t, live);
  client.send({ opcode: 3 });
  for (let count = 0; count < 50; count++) client.write(flood(0x80 | Text, "x".repeat(100), 1_000));
  assert.match(await client.next(), /^CLOSE 1002/);
  assert.equal(messages.length, 0);
});
