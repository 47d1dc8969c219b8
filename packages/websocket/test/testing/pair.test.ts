import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { suite, test } from "node:test";

import { ErrorCode, createServer } from "../../src/index.js";
import type { ServerOptions, WebSocketConnection, WebSocketError } from "../../src/index.js";
import { fakeTime, pair } from "../../src/testing/index.js";
import { Happenings, endings } from "../support/live-server.js";

/** The next message of a connection without a `message` handler. */
async function next(ws: WebSocketConnection<unknown>): Promise<unknown> {
  return (await ws[Symbol.asyncIterator]().next()).value;
}

suite("a pair", () => {
  test("carries text and octets both ways, through frames", async () => {
    await using both = await pair();
    both.client.send("héllo");
    both.server.send(Uint8Array.of(1, 2, 3));
    assert.equal(await next(both.server), "héllo");
    assert.deepEqual(await next(both.client), Buffer.of(1, 2, 3));
    assert.equal(both.client.counters.framesSent, 1);
    // Two octets of header, four of masking key, six of UTF-8.
    assert.equal(both.server.counters.octetsReceived, 12);
  });

  test("goes through the server's own opening handshake", async () => {
    await using both = await pair<{ user: string }, number>({
      url: "ws://chat.example/rooms?user=ada",
      clientAddress: "203.0.113.7",
      server: {
        path: "/rooms",
        protocols: ["chat.v2"],
        upgrade: ({ query, headers, remoteAddress }) => ({
          data: { user: `${query.get("user")} ${String(headers["x-token"])} ${remoteAddress}` },
          headers: { "Set-Cookie": "seen=1" },
        }),
      },
      client: { data: 7, protocols: ["chat.v1", "chat.v2"], headers: { "X-Token": "secret" } },
    });
    assert.equal(both.server.data.user, "ada secret 203.0.113.7");
    assert.equal(both.client.data, 7);
    assert.equal(both.client.protocol, "chat.v2");
    assert.equal(both.server.handshake.target, "/rooms?user=ada");
    assert.deepEqual(both.client.handshake.headers.getSetCookie(), ["seen=1"]);
  });

  const refused: Readonly<Record<string, [ServerOptions, number, string?]>> = {
    "by the hook": [{ upgrade: () => ({ status: 401 }) }, 401],
    "for its path": [{ path: "/elsewhere" }, 404],
    "for its origin": [{}, 403, "https://foreign.example"],
  };
  for (const [why, [server, status, origin]] of Object.entries(refused)) {
    test(`rejects as connect does when the client is refused ${why}`, async () => {
      const client = origin === undefined ? {} : { origin };
      await assert.rejects(pair({ server, client }), { code: ErrorCode.UnexpectedResponse, status });
    });
  }

  test("rejects when the client does not take the answer, and leaves nothing behind", async () => {
    const time = fakeTime();
    const closes = endings();
    const server = createServer({ close: closes.close });
    for (const it of [{ protocols: [], close: closes.close }, server]) {
      const opening = pair({ time, latencyMs: 100, server: it, client: { protocols: ["chat"] } });
      const rejected = assert.rejects(opening, { problem: "protocol-missing" });
      await time.advance(200);
      await rejected;
      assert.equal(await closes.closes.next(), "1006 unclean");
    }
    assert.equal(server.connections.size, 0);
    await server.close();
  });

  test("rejects for options that cannot be used", async () => {
    await assert.rejects(pair({ latencyMs: -1 }), { code: ErrorCode.InvalidArgument });
    await assert.rejects(pair({ server: { limits: { closeMs: 0 } } }), { code: ErrorCode.InvalidArgument });
    await assert.rejects(pair({ client: { handshakeMs: 0 } }), { code: ErrorCode.InvalidArgument });
  });

  test("compresses as it was agreed", async () => {
    await using both = await pair({ server: { compression: true }, client: { compression: true } });
    both.client.send("x".repeat(10_000));
    assert.equal(await next(both.server), "x".repeat(10_000));
    assert.ok(both.server.counters.octetsReceived < 200);
    await using plain = await pair({ server: { compression: false } });
    assert.equal(plain.client.handshake.extensions, "");
  });

  test("closes as over TCP", async () => {
    const server = endings();
    const client = endings();
    const both = await pair({ server: { close: server.close }, client: { close: client.close } });
    both.client.close(4001, "enough");
    assert.equal(await server.closes.next(), "4001 enough clean");
    assert.equal(await client.closes.next(), "4001 clean");
    await both.close();
  });

  test("calls handlers that are methods of a class", async () => {
    class Echo {
      message(ws: WebSocketConnection, data: string | Uint8Array): void {
        ws.send(data);
      }
    }
    await using both = await pair({ server: new Echo() });
    both.client.send("hello");
    assert.equal(await next(both.client), "hello");
  });

  test("belongs to a server of the application, with others", async () => {
    const server = createServer({ open: (ws) => void ws.subscribe("news") });
    await using one = await pair({ server });
    await using other = await pair({ server });
    assert.equal(server.publish("news", "first"), 2);
    assert.deepEqual([await next(one.client), await next(other.client)], ["first", "first"]);
    other.client.send("mine");
    assert.equal(await next(other.server), "mine");
    assert.deepEqual([...server.connections], [one.server, other.server]);
    await one.close();
    assert.deepEqual([...server.connections], [other.server]);
    other.client.terminate();
    await server.close();
  });

  test("finds its own connection when the hooks of several answer in another order", async () => {
    const answers = new Map<string, () => void>();
    const asked = new Happenings<string>();
    const server = createServer<string>({
      async upgrade({ path }) {
        const answered = new Promise<void>((resolve) => answers.set(path, resolve));
        asked.add(path);
        await answered;
        return { data: path };
      },
    });
    const [first, second] = [
      pair({ server, url: "ws://localhost/1" }),
      pair({ server, url: "ws://localhost/2" }),
    ];
    await asked.next();
    await asked.next();
    answers.get("/2")?.();
    assert.equal((await second).server.data, "/2");
    answers.get("/1")?.();
    assert.equal((await first).server.data, "/1");
    for (const both of [await first, await second]) await both.close();
    await server.close();
  });

  test("uses no sockets", async () => {
    const seen: unknown[] = [];
    const record = (message: unknown): void => void seen.push(message);
    const channels = ["net.client.socket", "net.server.socket"].map((name) => channel(name));
    for (const it of channels) it.subscribe(record);
    const both = await pair({ server: { message: (ws, data) => ws.send(data) } });
    both.client.send("hello");
    assert.equal(await next(both.client), "hello");
    await both.close();
    for (const it of channels) it.unsubscribe(record);
    assert.deepEqual(seen, []);
  });
});

test("the type of data comes from the hook", async () => {
  const both = await pair({ server: { upgrade: () => ({ data: { rank: 1 } }) }, client: { data: "mine" } });
  const rank: number = both.server.data.rank;
  const mine: string = both.client.data;
  assert.deepEqual([rank, mine], [1, "mine"]);
  await both.close();
});

suite("the link of a pair", () => {
  test("takes its time, in order, both ways", async () => {
    const time = fakeTime();
    const heard: string[] = [];
    const note = (who: string) => (_ws: unknown, data: unknown) =>
      void heard.push(`${time.nowMs} ${who} ${String(data)}`);
    await using both = await pair({
      time,
      server: { message: note("server") },
      client: { message: note("client") },
    });
    both.link.latencyMs = 50;
    both.client.send("one");
    await time.advance(10);
    both.client.send("two");
    await time.advance(5);
    both.server.send("three");
    both.link.latencyMs = 0;
    // It cannot overtake what is on its way.
    both.client.send("four");
    await time.advance(100);
    assert.deepEqual(heard, ["50 server one", "60 server two", "60 server four", "65 client three"]);
  });

  test("delays the opening handshake, too", async () => {
    const time = fakeTime();
    const opening = pair({ time, latencyMs: 100 });
    let isOpen = false;
    void opening.then(() => (isOpen = true));
    await time.advance(199);
    assert.equal(isOpen, false);
    await time.advance(1);
    assert.equal(isOpen, true);
    await (await opening).close();
  });

  test("stalls: a sender has to wait, until it flows again", async () => {
    const drained = new Happenings<string>();
    const received = new Happenings<number>();
    const both = await pair({
      server: { drain: () => drained.add("drained") },
      client: { message: (_ws, data) => received.add(data.length) },
    });
    both.link.stall("to-client");
    const message = Buffer.alloc(60_000);
    let sent = 1;
    while (both.server.send(message, { compress: false })) sent++;
    assert.ok(both.server.bufferedAmount > 65_536);
    // The other direction goes on.
    both.client.send("hello");
    assert.equal(await next(both.server), "hello");
    assert.deepEqual(received.seen, []);
    both.link.flow("to-client");
    assert.equal(await drained.next(), "drained");
    while (received.seen.length < sent) await received.next();
    assert.deepEqual(
      received.seen,
      Array.from({ length: sent }, () => 60_000),
    );
    await both.close();
  });

  test("a connection that is half open is found by the heartbeat of either side", async () => {
    const time = fakeTime();
    const heartbeat = { intervalMs: 20_000, timeoutMs: 5_000 };
    await using both = await pair({ time, server: { heartbeat }, client: { heartbeat } });
    both.link.stall();
    await time.advance(24_999);
    assert.deepEqual([both.server.state, both.client.state], ["open", "open"]);
    await time.advance(1);
    assert.deepEqual([both.server.state, both.client.state], ["closed", "closed"]);
  });

  test("is settled when nothing moves any more, except what is stalled", async () => {
    const heard: string[] = [];
    const both = await pair({
      server: { message: (ws, data) => void ws.send(`${String(data)}!`) },
      client: { message: (_ws, data) => void heard.push(String(data)) },
    });
    both.client.send("one");
    await both.link.settled();
    assert.deepEqual(heard, ["one!"]);
    both.link.stall("to-client");
    both.client.send("two");
    await both.link.settled();
    assert.equal(both.server.counters.messagesReceived, 2);
    assert.deepEqual(heard, ["one!"]);
    await both.close();
  });

  test("is severed: both sides get a reset", async () => {
    const errors = new Happenings<WebSocketError>();
    const closes = endings();
    const options = {
      error: (_ws: unknown, error: WebSocketError) => errors.add(error),
      close: closes.close,
    };
    const both = await pair({ server: options, client: options });
    both.client.send("lost");
    both.link.sever();
    for (let side = 0; side < 2; side++) {
      const error = await errors.next();
      assert.equal(error.code, ErrorCode.Transport);
      assert.equal((error.cause as NodeJS.ErrnoException).code, "ECONNRESET");
      assert.equal(await closes.closes.next(), "1006 unclean");
    }
    assert.equal(both.server.counters.messagesReceived, 0);
    await both.close();
  });

  test("names the directions that there are", async () => {
    await using both = await pair();
    assert.throws(() => both.link.stall("sideways" as never), { code: ErrorCode.InvalidArgument });
    assert.throws(() => (both.link.latencyMs = Number.NaN), { code: ErrorCode.InvalidArgument });
  });

  test("an end that goes away ends the other one", async () => {
    const closes = endings();
    const both = await pair({ server: { close: closes.close } });
    both.client.send("last words");
    await new Promise(setImmediate);
    both.client.terminate();
    assert.equal(await closes.closes.next(), "1006 unclean");
    assert.equal(both.server.counters.messagesReceived, 1);
    await both.close();
  });
});
