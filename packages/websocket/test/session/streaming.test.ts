import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { connect } from "../../src/client/connect.js";
import { Opcode } from "../../src/protocol/opcode.js";
import type { WebSocketConnection } from "../../src/session/connection.js";
import type { MessageStream } from "../../src/session/message-streams.js";
import { deferred, endings, problems, startServer } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";

const MIB = 1024 * 1024;

/** Parts of a large message, each different, and the hash of all. */
function* parts(count: number, hash?: ReturnType<typeof createHash>): Generator<Uint8Array> {
  for (let at = 0; at < count; at++) {
    const part = Buffer.alloc(64 * 1024, `${at} `);
    hash?.update(part);
    yield part;
  }
}

async function opened(
  t: TestContext,
  options: Parameters<typeof startServer>[1] = {},
): Promise<[WebSocketConnection, RawClient]> {
  const open = deferred<WebSocketConnection>();
  const live = await startServer(t, { ...(options as object), open: (ws) => open.resolve(ws) });
  const client = await RawClient.open(t, live);
  return [await open.promise, client];
}

async function textOf(readable: AsyncIterable<Uint8Array>): Promise<string> {
  const parts = [];
  for await (const part of readable) parts.push(part);
  return Buffer.concat(parts).toString();
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Memory of messages that is really in use. */
function octetsInUse(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

async function hashOf(stream: MessageStream, look?: () => void): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of stream.readable) {
    hash.update(part);
    look?.();
  }
  return hash.digest("hex");
}

describe("one large message", () => {
  for (const compression of [false, true]) {
    test(`of 100 MiB goes through limits of 1 MiB both ways (compression: ${compression})`, async (t) => {
      let [most, looks] = [0, 0];
      const before = octetsInUse();
      const look = (): void => {
        if (looks++ % 200 === 0) most = Math.max(most, octetsInUse() - before);
      };
      const limits = { messageOctets: MIB, retainedOctets: 2 * MIB, backlogOctets: MIB };
      const { errors, error } = problems();
      const received = deferred<string>();
      const [count, sent] = [1600, createHash("sha256")];
      const live = await startServer(t, {
        compression,
        limits,
        error,
        open: async (ws) => {
          received.resolve(await hashOf(await ws.nextMessageStream(), look));
          await ws.sendStream(parts(count));
        },
      });
      const ws = await connect(live.url, { compression, limits });
      const back = ws.nextMessageStream();
      await ws.sendStream(parts(count, sent));
      const expected = sent.digest("hex");
      assert.equal(await received.promise, expected);
      const stream = await back;
      assert.equal(stream.isText, false);
      assert.equal(await hashOf(stream, look), expected);
      assert.ok(most < 64 * MIB, `${most} octets at most`);
      assert.deepEqual(errors.seen, []);
      ws.terminate();
    });
  }
});

describe("sendStream", () => {
  test("sends a frame for each part; pings go in between, other messages wait", async (t) => {
    const [ws, client] = await opened(t);
    const gate = deferred();
    async function* source(): AsyncGenerator<string> {
      yield "one ";
      yield "";
      await gate.promise;
      yield "two";
    }
    const sending = ws.sendStream(source());
    assert.equal(await client.next(), 'TEXT+ "one "');
    assert.equal(ws.send("behind"), true);
    ws.sendText(Buffer.from("it"));
    ws.ping("p");
    assert.ok(ws.bufferedAmount >= 8);
    assert.equal(await client.next(), 'PING "p"');
    gate.resolve();
    await sending;
    const rest = [await client.next(), await client.next(), await client.next(), await client.next()];
    assert.deepEqual(rest, ['CONTINUATION+ "two"', 'CONTINUATION ""', 'TEXT "behind"', 'TEXT "it"']);
  });

  test("two at once go one after the other", async (t) => {
    const [ws, client] = await opened(t);
    await Promise.all([ws.sendStream(["a", "b"]), ws.sendStream([Uint8Array.of(0x63)]), ws.sendStream([])]);
    const seen = [];
    for (let count = 0; count < 6; count++) seen.push(await client.next());
    assert.deepEqual(seen, [
      'TEXT+ "a"',
      'CONTINUATION+ "b"',
      'CONTINUATION ""',
      'BINARY+ "c"',
      'CONTINUATION ""',
      'BINARY ""',
    ]);
  });

  test("memory that was lent is copied when its message has to wait", async (t) => {
    const sending = deferred();
    const live = await startServer(t, {
      zeroCopy: true,
      open: async (ws) => {
        async function* source(): AsyncGenerator<string> {
          yield "begun";
          await sending.promise;
        }
        await ws.sendStream(source());
      },
      message: (ws, data) => ws.send(data),
    });
    const client = await RawClient.open(t, live);
    assert.equal(await client.next(), 'TEXT+ "begun"');
    client.send({ opcode: Opcode.Binary, payload: "lent" }, { opcode: Opcode.Binary, payload: "more" });
    client.send({ opcode: Opcode.Ping });
    assert.equal(await client.next(), 'PONG ""');
    sending.resolve();
    assert.equal(await client.next(), 'CONTINUATION ""');
    assert.deepEqual([await client.next(), await client.next()], ['BINARY "lent"', 'BINARY "more"']);
  });

  test("a source that fails ends the connection with 1011, unless nothing was sent of it", async (t) => {
    const [ws, client] = await opened(t);
    const failing = (after: readonly string[]): Iterable<string> =>
      (function* () {
        yield* after;
        throw new Error("the disk is gone");
      })();
    await assert.rejects(ws.sendStream(failing([])), { message: "the disk is gone" });
    ws.send("still open");
    assert.equal(await client.next(), 'TEXT "still open"');
    await assert.rejects(ws.sendStream(failing(["half"])), { message: "the disk is gone" });
    assert.deepEqual([await client.next()], ['TEXT+ "half"']);
    assert.match(await client.next(), /^CLOSE 1011/);
  });

  test("a source that fails is reported once, also through the handler that sends, and is no violation", async (t) => {
    const causes: unknown[] = [];
    const failing = (function* (): Generator<string> {
      yield "half";
      throw new Error("the disk is gone");
    })();
    const live = await startServer(t, {
      open: (ws) => ws.sendStream(failing),
      error: (_ws, { code, cause }) => causes.push(code, (cause as Error).message),
    });
    const client = await RawClient.open(t, live);
    client.socket.end();
    assert.match((await client.rest())[1]!, /^CLOSE 1011/);
    assert.deepEqual(causes, ["WIREPROOF_HANDLER", "the disk is gone"]);
    assert.equal(live.server.counters.violations, 0);
  });

  test("a handler that waits for the connection has not failed when that ends", async (t) => {
    const { errors, error } = problems();
    const { closes, close } = endings();
    const ended = deferred<unknown>();
    const live = await startServer(t, {
      open: async (ws) => {
        try {
          for await (const message of ws) ws.send(message);
        } catch (cause) {
          ended.resolve(cause);
          throw cause;
        }
      },
      error,
      close,
    });
    const client = await RawClient.open(t, live);
    client.send({ opcode: 3 });
    client.socket.end();
    await ended.promise;
    await new Promise(setImmediate);
    assert.deepEqual(errors.seen, ["reserved-opcode"]);
    assert.match(await closes.next(), /^1006/);
  });

  test("parts of both kinds, and what is no source, are refused", async (t) => {
    const [ws, client] = await opened(t);
    for (const source of [null, 5, {}]) {
      await assert.rejects(ws.sendStream(source as never), { code: "WIREPROOF_INVALID_ARGUMENT" });
    }
    await assert.rejects(ws.sendStream([12] as never), { code: "WIREPROOF_INVALID_ARGUMENT" });
    await assert.rejects(ws.sendStream(["text", Uint8Array.of(1)]), { code: "WIREPROOF_INVALID_ARGUMENT" });
    assert.equal(await client.next(), 'TEXT+ "text"');
    assert.match(await client.next(), /^CLOSE 1011/);
  });

  test("rejects at once when the connection ends, and lets the source clean up", async (t) => {
    for (const end of [(client: RawClient) => client.close(), (client: RawClient) => client.reset()]) {
      const [ws, client] = await opened(t);
      const cleaned = deferred();
      const source: AsyncIterable<string> = {
        [Symbol.asyncIterator]: () => ({
          next: () =>
            ws.counters.framesSent === 0 ? Promise.resolve({ value: "x" }) : new Promise(() => {}),
          return: () => {
            cleaned.resolve();
            return Promise.resolve({ done: true, value: undefined });
          },
        }),
      };
      const sending = ws.sendStream(source);
      const second = ws.sendStream(["y"]);
      assert.equal(await client.next(), 'TEXT+ "x"');
      end(client);
      await assert.rejects(sending, { code: "WIREPROOF_NOT_OPEN" });
      await assert.rejects(second, { code: "WIREPROOF_NOT_OPEN" });
      await cleaned.promise;
    }
  });
});

describe("nextMessageStream", () => {
  test("takes the next message to begin; the others go where they always go", async (t) => {
    const messages: unknown[] = [];
    const [ws, client] = await opened(t, { message: (_ws: unknown, data: unknown) => messages.push(data) });
    client.send({ opcode: Opcode.Text, fin: false, payload: "begun " }, { opcode: Opcode.Ping });
    assert.equal(await client.next(), 'PONG ""');
    const [first, second] = [ws.nextMessageStream(), ws.nextMessageStream()];
    client.send({ opcode: Opcode.Continuation, payload: "before" });
    client.send({ opcode: Opcode.Text, fin: false, payload: "€".slice(0, 1) });
    client.send({ opcode: Opcode.Continuation, payload: "uro" }, { opcode: Opcode.Binary, payload: "two" });
    client.text("after");
    const stream = await first;
    assert.equal(stream.isText, true);
    assert.equal(await textOf(stream.readable), "€uro");
    const other = await second;
    assert.equal(other.isText, false);
    assert.equal(await textOf(other.readable), "two");
    client.send({ opcode: Opcode.Ping });
    await client.next();
    assert.deepEqual(messages, ["begun before", "after"]);
    assert.equal(ws.counters.messagesReceived, 4);
  });

  test("a reader that is slow slows the peer down", async (t) => {
    const [ws, client] = await opened(t);
    const next = ws.nextMessageStream();
    client.send({ opcode: Opcode.Binary, fin: false, payload: "x" });
    const { readable } = await next;
    let written = 1;
    while (client.socket.writableLength < 3_000_000) {
      client.send({ opcode: Opcode.Continuation, fin: false, payload: "x".repeat(50_000) });
      written += 50_000;
      await new Promise(setImmediate);
    }
    assert.ok(ws.counters.octetsReceived < 2_000_000);
    client.send({ opcode: Opcode.Continuation });
    let read = 0;
    for await (const part of readable) read += part.length;
    assert.equal(read, written);
  });

  test("a stream that is cancelled is read to its end and thrown away", async (t) => {
    const messages: unknown[] = [];
    const [ws, client] = await opened(t, { message: (_ws: unknown, data: unknown) => messages.push(data) });
    const next = ws.nextMessageStream();
    client.send({ opcode: Opcode.Binary, fin: false, payload: "x" });
    const { readable } = await next;
    await readable.cancel();
    for (let count = 0; count < 50; count++)
      client.send({ opcode: Opcode.Continuation, fin: false, payload: "x".repeat(50_000) });
    client.send({ opcode: Opcode.Continuation });
    client.text("next");
    client.send({ opcode: Opcode.Ping });
    assert.equal(await client.next(), 'PONG ""');
    assert.deepEqual(messages, ["next"]);
  });

  test("the end of the connection fails a stream that has not ended, and those who wait", async (t) => {
    const { close } = endings();
    const [ws, client] = await opened(t, { close });
    const [first, second] = [ws.nextMessageStream(), ws.nextMessageStream()];
    client.send({ opcode: Opcode.Binary, fin: false, payload: "x" });
    const { readable } = await first;
    client.close(1000);
    client.socket.end();
    await assert.rejects(textOf(readable), { code: "WIREPROOF_NOT_OPEN" });
    await assert.rejects(second, { code: "WIREPROOF_NOT_OPEN" });
    await assert.rejects(ws.nextMessageStream(), { code: "WIREPROOF_NOT_OPEN" });
  });

  test("text in a stream is validated", async (t) => {
    const [ws, client] = await opened(t);
    const next = ws.nextMessageStream();
    client.send({ opcode: Opcode.Text, fin: false, payload: "ok" });
    const { readable } = await next;
    client.send({ opcode: Opcode.Continuation, fin: false, payload: Uint8Array.of(0xff) });
    assert.match(await client.next(), /^CLOSE 1007/);
    client.socket.end();
    await assert.rejects(textOf(readable), { problem: "invalid-utf8" });
  });
});
