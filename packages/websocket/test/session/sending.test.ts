import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import { inflateRawSync } from "node:zlib";
import { frame } from "../../src/session/prepared.js";
import type { WebSocketConnection } from "../../src/session/connection.js";
import { Opcode } from "../../src/protocol/opcode.js";
import { Happenings, deferred, startServer } from "../support/live-server.js";
import { scanDeflate } from "../deflate/deflate-scan.js";
import { RawClient, requestText } from "../support/raw-client.js";
import type { SeenFrame } from "../support/frames.js";

const DEFLATE = { headers: { "Sec-WebSocket-Extensions": "permessage-deflate" } };

function inflated({ payload }: SeenFrame): string {
  return inflateRawSync(Buffer.concat([payload, Buffer.from([0, 0, 0xff, 0xff])]), {
    finishFlush: 2,
  }).toString();
}

/** A connection of a server as its application has it, and its peer. */
async function pair(
  t: TestContext,
  options: Parameters<typeof startServer>[1] = {},
  changes = {},
): Promise<[WebSocketConnection, RawClient]> {
  const opened = deferred<WebSocketConnection>();
  const live = await startServer(t, { open: (ws) => opened.resolve(ws), ...(options as object) });
  const client = await RawClient.open(t, live, changes);
  return [await opened.promise, client];
}

describe("what can be sent", () => {
  test("text, octets, memory of any kind, and what was prepared", async (t) => {
    const [ws, client] = await pair(t);
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const shared = new SharedArrayBuffer(4);
    new Uint8Array(shared).set(bytes);
    const resizable = new (ArrayBuffer as unknown as new (length: number, options: object) => ArrayBuffer)(
      4,
      {
        maxByteLength: 8,
      },
    );
    new Uint8Array(resizable).set(bytes);
    const binary = [
      bytes,
      Buffer.from(bytes),
      bytes.buffer,
      new DataView(bytes.buffer),
      new Uint16Array(bytes.buffer),
      Uint8Array.of(0, 1, 2, 3, 4, 5).subarray(1, 5),
      shared,
      new Uint8Array(shared),
      resizable,
      new Uint8Array(resizable),
      runInNewContext("new Uint8Array([1, 2, 3, 4])") as Uint8Array,
      runInNewContext("new Uint8Array([1, 2, 3, 4]).buffer") as ArrayBuffer,
      frame.binary(bytes),
    ];
    for (const data of binary) {
      assert.equal(ws.send(data), true);
      assert.equal(await client.next(), "BINARY <01 02 03 04>");
    }
    for (const [data, seen] of [
      ["text", 'TEXT "text"'],
      ["", 'TEXT ""'],
      [frame.text("prepared"), 'TEXT "prepared"'],
      ["lone \ud800", "TEXT <6c 6f 6e 65 20 ef bf bd>"],
      [new Uint8Array(0), 'BINARY ""'],
      [new ArrayBuffer(0), 'BINARY ""'],
    ] as const) {
      ws.send(data);
      assert.equal(await client.next(), seen);
    }
    ws.sendText(Buffer.from("octets"));
    assert.equal(await client.next(), 'TEXT "octets"');
  });

  test("nothing else: a number is never a length of memory that was not written", async (t) => {
    const [ws, client] = await pair(t);
    const detached = new ArrayBuffer(8);
    const view = new Uint8Array(detached);
    structuredClone(detached, { transfer: [detached] });
    for (const data of [100, null, undefined, {}, [1, 2], true, 1n, detached, view]) {
      const code = "WIREPROOF_INVALID_ARGUMENT";
      assert.throws(() => ws.send(data as never), { code }, inspect(data));
      assert.throws(() => ws.sendText(data as never), { code }, inspect(data));
      // Without a payload they have none.
      if (data === undefined) continue;
      assert.throws(() => ws.ping(data as never), { code }, inspect(data));
      assert.throws(() => ws.pong(data as never), { code }, inspect(data));
    }
    assert.throws(() => ws.sendText(Uint8Array.of(0xff)), { code: "WIREPROOF_INVALID_ARGUMENT" });
    assert.throws(() => ws.ping("x".repeat(126)), { code: "WIREPROOF_INVALID_ARGUMENT" });
    for (const [code, reason] of [
      [1005, ""],
      [999, ""],
      [1000.5, ""],
      ["1000", ""],
      [Uint8Array.of(3, 232), ""],
      [undefined, "reason"],
      [1010, ""],
      [1000, "x".repeat(124)],
      [1000, 12],
    ] as [number, string][]) {
      assert.throws(() => ws.close(code, reason), { code: "WIREPROOF_INVALID_ARGUMENT" }, String(code));
    }
    assert.equal(ws.state, "open");
    ws.close(4001, "é".repeat(61));
    assert.match(await client.next(), /^CLOSE 4001/);
  });

  test("a prepared message stays what it is", async (t) => {
    const [ws, client] = await pair(t);
    for (const data of [Buffer.from("abc"), Uint8Array.of(0x61, 0x62, 0x63)]) {
      const prepared = frame.binary(data);
      data.fill(0x78);
      ws.send(prepared);
      ws.send(prepared);
      assert.equal(await client.next(), 'BINARY "abc"');
      assert.equal(await client.next(), 'BINARY "abc"');
    }
  });
});

describe("compression of a single message", () => {
  for (const contextTakeover of [false, true]) {
    test(`asked for, refused, or by the threshold (takeover: ${contextTakeover})`, async (t) => {
      const [ws, client] = await pair(t, { compression: { threshold: 100, contextTakeover } }, DEFLATE);
      const [long, short] = ["abc".repeat(100), "abc"];
      const isCompressed = async (send: () => unknown): Promise<boolean> => {
        send();
        return (await client.frame()).rsv === 4;
      };
      for (const prepare of [(text: string) => text, frame.text]) {
        assert.equal(await isCompressed(() => ws.send(prepare(long))), true);
        assert.equal(await isCompressed(() => ws.send(prepare(short))), false);
        assert.equal(await isCompressed(() => ws.send(prepare(short), { compress: true })), true);
        assert.equal(await isCompressed(() => ws.send(prepare(long), { compress: false })), false);
      }
      assert.equal(await isCompressed(() => ws.sendText(Buffer.from(long))), true);
    });
  }

  test("without the extension, nothing is compressed", async (t) => {
    const [ws, client] = await pair(t);
    ws.send("abc".repeat(1000), { compress: true });
    assert.equal((await client.frame()).rsv, 0);
  });

  test("a prepared message serves windows of different sizes, and keeps to each", async (t) => {
    // What comes again comes after 5,000 octets: worth referring to, for windows that reach so far.
    const block = randomBytes(2_500).toString("hex");
    const prepared = frame.text(block + block);
    for (const bits of [15, 9, 8, 15]) {
      const headers = { "Sec-WebSocket-Extensions": `permessage-deflate; server_max_window_bits=${bits}` };
      const [ws, client] = await pair(t, {}, { headers });
      ws.send(prepared);
      const seen = await client.frame();
      assert.equal(inflated(seen), block + block);
      const { farthest } = scanDeflate(Buffer.concat([seen.payload, Buffer.from([0, 0, 0xff, 0xff])]));
      assert.ok(farthest <= 2 ** bits, `${farthest} octets back, in a window of ${bits} bits`);
      assert.equal(farthest > 512, bits === 15);
    }
  });
});

describe("flow", () => {
  test("send says false above the high-water mark; drain and ready() follow when the peer reads", async (t) => {
    const drained = deferred();
    const opened = deferred<WebSocketConnection>();
    const live = await startServer(t, {
      limits: { backlogOctets: 1 << 30 },
      open: (ws) => opened.resolve(ws),
      drain: () => drained.resolve(),
    });
    const client = await RawClient.connect(t, live);
    client.socket.pause();
    client.write(requestText());
    const ws = await opened.promise;
    const message = Buffer.alloc(100_000);
    // The system takes a few megabytes by itself.
    let sent = 0;
    const fill = async (): Promise<void> => {
      while (ws.send(message)) {
        sent++;
        if (sent % 10 === 0) await new Promise(setImmediate);
      }
      sent++;
    };
    await fill();
    while (ws.bufferedAmount <= 64 * 1024) {
      await new Promise(setImmediate);
      await fill();
    }
    let isReady = false;
    const ready = ws.ready().then(() => (isReady = true));
    await new Promise(setImmediate);
    assert.equal(isReady, false);
    client.socket.resume();
    await Promise.all([ready, drained.promise]);
    assert.ok(ws.bufferedAmount <= 64 * 1024);
    assert.equal((await client.answer()).status, 101);
    for (let count = 0; count < sent; count++) assert.equal((await client.frame()).payload.length, 100_000);
    await ws.ready();
  });

  test("ready() rejects when the connection is not open any more", async (t) => {
    const [ws, client] = await pair(t, { limits: { backlogOctets: 1 << 30 } });
    client.socket.pause();
    while (ws.bufferedAmount < 1_000_000) {
      ws.send(Buffer.alloc(1_000_000));
      await new Promise(setImmediate);
    }
    const waiting = ws.ready();
    ws.terminate();
    await assert.rejects(waiting, { code: "WIREPROOF_NOT_OPEN" });
    await assert.rejects(ws.ready(), { code: "WIREPROOF_NOT_OPEN" });
    // It need not be awaited.
    void ws.ready();
  });

  for (const limits of [{}, { backlogOctets: 1000, onBacklog: "drop" }] as const) {
    test(`a loop that waits for room lets others run, and ends with the connection (${JSON.stringify(limits)})`, async (t) => {
      const [ws, client] = await pair(t, { limits });
      client.socket.pause();
      const sending = (async () => {
        for (;;) if (!ws.send(Buffer.alloc(100_000))) await ws.ready();
      })();
      setImmediate(() => client.reset());
      await assert.rejects(sending, { code: "WIREPROOF_NOT_OPEN" });
    });
  }

  test("what is sent in one turn goes out in one write, in order, after the handshake", async (t) => {
    const live = await startServer(t, {
      open: (ws) => {
        for (let count = 0; count < 100; count++) ws.send(String(count));
      },
    });
    const client = await RawClient.open(t, live);
    for (let count = 0; count < 100; count++) assert.equal(await client.next(), `TEXT "${count}"`);
  });

  test("after the end, sending says false and throws nothing", async (t) => {
    const [ws, client] = await pair(t);
    ws.close();
    assert.equal(ws.state, "closing");
    assert.deepEqual(
      [ws.send("x"), ws.ping(), ws.pong(), ws.sendText(Buffer.from("x"))],
      [false, false, false, false],
    );
    assert.equal(await client.next(), 'CLOSE ""');
    client.close(1000, "bye");
    client.socket.end();
    while (ws.closed === undefined) await new Promise(setImmediate);
    assert.deepEqual(ws.closed, { code: 1000, reason: "bye", wasClean: true });
    assert.equal(ws.send("x"), false);
    ws.close();
    ws.pause();
    ws.resume();
    ws.terminate();
    assert.equal(ws.subscribe("t"), false);
  });

  test("pausing reaches TCP, and nothing is lost", async (t) => {
    const messages = new Happenings<number>();
    const opened = deferred<WebSocketConnection>();
    const live = await startServer(t, {
      open: (ws) => {
        ws.pause();
        opened.resolve(ws);
      },
      message: (_ws, data) => messages.add(data.length),
    });
    const client = await RawClient.open(t, live);
    const ws = await opened.promise;
    let written = 0;
    while (written < 300 && client.socket.writableLength < 5_000_000) {
      client.text("x".repeat(100_000));
      written++;
      await new Promise(setImmediate);
    }
    assert.ok(written < 300, "TCP takes no more");
    assert.equal(messages.seen.length, 0);
    assert.ok(ws.counters.octetsReceived < 2_000_000);
    ws.resume();
    for (let count = 0; count < written; count++) assert.equal(await messages.next(), 100_000);
  });

  test("pausing in the middle of what one read brought keeps the rest, also when the buffer is used again", async (t) => {
    const messages = new Happenings<string>();
    const opened = deferred<WebSocketConnection>();
    const live = await startServer(t, {
      open: (ws) => opened.resolve(ws),
      message: (ws, data) => {
        messages.add(String(data));
        if (data === "stop") ws.pause();
      },
    });
    const client = await RawClient.open(t, live);
    const ws = await opened.promise;
    const text = (payload: string) => ({ opcode: Opcode.Text, payload });
    client.send(text("a"), text("stop"), text("b"), text("c"));
    assert.equal(await messages.next(), "a");
    assert.equal(await messages.next(), "stop");
    // Another connection is read into the same buffer.
    const other = await RawClient.open(t, live);
    other.text("d");
    assert.equal(await messages.next(), "d");
    ws.resume();
    assert.deepEqual([await messages.next(), await messages.next()], ["b", "c"]);
  });
});
