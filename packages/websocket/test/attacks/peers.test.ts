/** Peers that are slow, silent, half there, or gone: in every phase. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { test } from "node:test";
import { Opcode } from "../../src/protocol/opcode.js";
import {
  Happenings,
  certificate,
  deferred,
  endings,
  problems,
  startEcho,
  startServer,
} from "../support/live-server.js";
import { RawClient, requestText } from "../support/raw-client.js";

/** How a peer goes. */
const WAYS = {
  "ends its side": (client: RawClient) => client.socket.end(),
  "is destroyed": (client: RawClient) => client.socket.destroy(),
  "resets the connection": (client: RawClient) => client.reset(),
} as const;

/** When it goes. */
const PHASES = {
  "before its request": () => {},
  "inside its request": (client: RawClient) => client.write(requestText().slice(0, 40)),
  "behind its request": (client: RawClient) => client.write(requestText()),
  "inside a frame's header": async (client: RawClient) => {
    await client.ask();
    client.write(Uint8Array.of(0x82, 0xfe, 1));
  },
  "inside a message": async (client: RawClient) => {
    await client.ask();
    client.send({ opcode: Opcode.Text, fin: false, payload: "half" });
  },
  "before the echo": async (client: RawClient) => {
    await client.ask();
    client.text("x".repeat(100_000));
  },
  "behind its Close frame": async (client: RawClient) => {
    await client.ask();
    client.close();
  },
  "behind an error": async (client: RawClient) => {
    await client.ask();
    client.send({ opcode: 3 });
  },
} as const;

for (const kind of ["tcp", "tls"] as const) {
  for (const [way, go] of Object.entries(WAYS)) {
    test(`a peer that ${way}, in every phase (${kind})`, async (t) => {
      const { closes, close } = endings();
      const live = await startEcho(t, { close, ...(kind === "tls" ? { tls: await certificate() } : {}) });
      for (const [phase, reach] of Object.entries(PHASES)) {
        const client = await RawClient.connect(t, live);
        await reach(client);
        go(client);
        // The server goes on, and forgets the connection.
        const other = await RawClient.open(t, live);
        other.text(phase);
        assert.equal(await other.next(), `TEXT "${phase}"`);
        other.close();
        other.socket.end();
      }
      while (live.server.counters.connections > 0) await closes.next();
      const { opened, closedCleanly, closedUncleanly } = live.server.counters;
      assert.equal(closedCleanly + closedUncleanly, opened);
    });
  }

  test(`a peer that resets while TLS or the upgrade hook is at work (${kind})`, async (t) => {
    const asked = new Happenings<void>();
    const gone = new Happenings<void>();
    const live = await startServer(t, {
      ...(kind === "tls" ? { tls: await certificate() } : {}),
      upgrade: (_request, { signal }) => {
        asked.add();
        return new Promise<never>((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            gone.add();
            reject(new Error("told to stop"));
          });
        });
      },
    });
    const raw = connectTcp(live.port, "127.0.0.1");
    await once(raw, "connect");
    raw.write(Uint8Array.of(0x16, 3, 1));
    raw.resetAndDestroy();
    const client = await RawClient.connect(t, live);
    client.write(requestText());
    await asked.next();
    client.reset();
    await gone.next();
    assert.equal(live.server.counters.connections, 0);
  });
}

test("a half-closed peer gets its echo, and 1006 is what is left to say", async (t) => {
  const { closes, close } = endings();
  const live = await startEcho(t, { close });
  const client = await RawClient.open(t, live);
  client.text("last words");
  client.socket.end();
  assert.equal(await client.next(), 'TEXT "last words"');
  assert.equal(await client.end(), "FIN");
  assert.equal(await closes.next(), "1006 unclean");
});

test("a Close frame arrives although the server never reads what the peer goes on to send", async (t) => {
  for (const tls of [undefined, await certificate()]) {
    const live = await startEcho(t, tls === undefined ? {} : { tls });
    const client = await RawClient.open(t, live);
    client.send({ opcode: 3 });
    // A megabyte that is not wanted: unread, it would turn the end into a reset, which destroys what is on its way.
    client.write(Buffer.alloc(1_000_000));
    assert.match(await client.next(), /^CLOSE 1002/);
    assert.equal(await client.end(), "FIN");
  }
});

test("a refusal arrives although the client goes on to send", async (t) => {
  for (const tls of [undefined, await certificate()]) {
    const live = await startEcho(t, tls === undefined ? {} : { tls });
    const client = await RawClient.connect(t, live);
    client.write(requestText({ headers: { Origin: "http://evil.example" } }));
    // More than the system takes unread.
    const written = new Promise((resolve) => client.socket.write(Buffer.alloc(16_000_000), resolve));
    assert.equal((await client.answer()).status, 403);
    assert.equal(await client.end(), "FIN");
    assert.ok(!((await written) instanceof Error));
    // As soon as the client ends too, the socket is gone: nothing waits for a timer.
    client.socket.end();
    await live.server.close();
  }
});

test("a peer that neither reads nor goes holds nothing beyond closeMs", async (t) => {
  const { closes, close } = endings();
  const filled = deferred();
  const live = await startServer(t, {
    close,
    limits: { closeMs: 30, backlogOctets: 64_000_000 },
    open: (ws) => {
      for (let count = 0; count < 20; count++) ws.send(Buffer.alloc(1_000_000));
      ws.close(1000);
      filled.resolve();
    },
  });
  const client = await RawClient.connect(t, live);
  client.socket.pause();
  client.write(requestText());
  await filled.promise;
  assert.equal(await closes.next(), "1006 unclean");
  assert.equal(live.server.counters.connections, 0);
});

test("many slow requests from one address leave room for another", async (t) => {
  const live = await startEcho(t, { limits: { perAddress: 4, handshakeMs: 5_000 } });
  const slow = await Promise.all(Array.from({ length: 40 }, () => RawClient.connect(t, live)));
  for (const client of slow) if (client.ending === "") client.write("GET / HTTP/1.1\r\n");
  const other = await RawClient.open(t, { ...live, localAddress: "127.0.0.3" });
  other.text("served");
  assert.equal(await other.next(), 'TEXT "served"');
});

test("what a connection retained is given back to the budget of all when it goes, in whatever way", async (t) => {
  const { errors, error } = problems();
  const { closes, close } = endings();
  const live = await startEcho(t, { error, close, limits: { totalRetainedOctets: 200_000 } });
  for (const go of Object.values(WAYS)) {
    for (let count = 0; count < 5; count++) {
      const client = await RawClient.open(t, live);
      client.send({ opcode: Opcode.Binary, fin: false, payload: "x".repeat(60_000) });
      client.send({ opcode: Opcode.Ping });
      await client.next();
      go(client);
      await closes.next();
    }
  }
  assert.deepEqual(
    errors.seen.filter((it) => it === "out-of-memory-budget"),
    [],
  );
});
