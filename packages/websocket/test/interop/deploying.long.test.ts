/** The proxies of docs/deploying.md, with the configurations that it shows, in front of a server of ours. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";

import { connect } from "../../src/client/connect.js";
import type { ClientConnection } from "../../src/client/connect.js";
import type { ConnectOptions } from "../../src/client/options.js";
import type { ServerOptions, TrustProxyOptions } from "../../src/server/options.js";
import { startHttp2 } from "../support/http2.js";
import { Happenings, certificate, endings, startServer } from "../support/live-server.js";
import type { Live } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";
import type { RawTarget } from "../support/raw-client.js";
import { skipWithoutProxy, startProxy, versionOf } from "./proxies.js";
import type { Behind, ProxyName } from "./proxies.js";

interface Front extends Live<undefined> {
  /** The port of the proxy. */
  readonly front: number;
  readonly ca: string;
}

/** What the guide says of the server behind each. The proxies run on this machine. */
const TRUST: Readonly<Record<ProxyName, TrustProxyOptions>> = {
  nginx: { networks: ["127.0.0.1"], headers: "x-forwarded-for" },
  haproxy: { networks: ["127.0.0.1"], headers: "x-forwarded-for" },
  "haproxy-tcp": { networks: ["127.0.0.1"], proxyProtocol: "required" },
  caddy: { networks: ["127.0.0.1"], headers: "x-forwarded-for" },
};

/** What a client sends to be somebody else. */
const CLAIMS = {
  "X-Forwarded-For": "6.6.6.6, 10.0.0.1",
  "X-Forwarded-Proto": "http",
  "X-Real-IP": "6.6.6.6",
  Forwarded: "for=6.6.6.6",
};

/** On a busy machine, an answer that comes late makes no server unavailable. */
const ALWAYS_READY = ["fall 1", "fall 100"] as const;

/** Of idle connections, in place of 60 s in a proxy and 20 s in the server. */
const IDLE_MS = 8_000;
const INTERVAL_MS = 500;

/** Of one test, on a machine that is busy. */
const TEST_MS = 300_000;

/** Octets that compress a little: the limit of a message holds for its frame as well. */
function digits(length: number): Buffer {
  return Buffer.from(randomBytes(length / 2).toString("hex"));
}

/** An echo server, and the proxy in front of it. */
async function startBehind(
  context: TestContext,
  name: ProxyName,
  options: ServerOptions = {},
  { changes = [], ...behind }: Omit<Behind, "backend"> = {},
): Promise<Front> {
  const { cert, key } = await certificate();
  const live = await startServer(context, {
    trustProxy: TRUST[name],
    // Behind a proxy that passes TLS on as it is, the server speaks it.
    ...(name === "haproxy-tcp" ? { tls: { key, cert } } : {}),
    message: (ws, data) => ws.send(data),
    ...options,
  });
  const front = await startProxy(context, name, {
    ...behind,
    backend: live.port,
    changes: name === "haproxy" ? [...changes, ALWAYS_READY] : changes,
  });
  return { ...live, front, ca: cert };
}

/** A client of ours that speaks to the proxy, dropped with the test. */
async function dial(
  context: TestContext,
  { front, ca }: Front,
  options: ConnectOptions = {},
): Promise<ClientConnection> {
  const ws = await connect(`wss://localhost:${front}/`, { tls: { ca }, headers: CLAIMS, ...options });
  context.after(() => ws.terminate());
  return ws;
}

function rawTarget({ front, ca }: Front, localAddress: string): RawTarget {
  return { port: front, tls: { ca }, localAddress };
}

async function statusOf(context: TestContext, target: RawTarget): Promise<number> {
  const client = await RawClient.connect(context, target);
  return (await client.ask({ headers: CLAIMS })).status;
}

for (const name of ["nginx", "haproxy", "haproxy-tcp", "caddy"] as const)
  describe(
    `behind ${versionOf(name)} with ${name === "haproxy-tcp" ? "haproxy-tcp.cfg" : "the configuration of the guide"}`,
    {
      skip: skipWithoutProxy(name),
      concurrency: true,
      timeout: TEST_MS,
    },
    () => {
      test("messages of any size come back, compressed", async (t) => {
        const live = await startBehind(t, name);
        const ws = await dial(t, live);
        assert.match(ws.handshake.extensions, /^permessage-deflate/);
        const messages = ws[Symbol.asyncIterator]();
        for (const message of ["", "hello ✓", randomBytes(125), digits(1024 * 1024)]) {
          ws.send(message);
          const { value } = (await messages.next()) as { value: string | Uint8Array };
          if (typeof message === "string") assert.equal(value, message);
          else assert.ok(message.equals(value as Uint8Array));
        }
        const before = live.server.counters.octetsReceived;
        ws.send("all the same ".repeat(20_000));
        const { value } = (await messages.next()) as { value: string };
        assert.equal(value.length, 260_000);
        assert.ok(live.server.counters.octetsReceived - before < 26_000);
      });

      test("the server sees the client's address and scheme, whatever the client claims", async (t) => {
        const seen = new Happenings<string>();
        const live = await startBehind(t, name, {
          open: ({ handshake: { remoteAddress, isSecure, httpVersion } }) =>
            seen.add(`${remoteAddress} ${isSecure} ${httpVersion}`),
        });
        for (const address of ["127.0.0.2", "127.0.0.3"]) {
          await RawClient.open(t, rawTarget(live, address), { headers: CLAIMS });
          assert.equal(await seen.next(), `${address} true 1.1`);
        }
        // Over HTTP/2 where the proxy takes WebSocket over it, otherwise over HTTP/1.1.
        const ws = await dial(t, live, { http2: true });
        assert.equal(ws.handshake.httpVersion, name === "haproxy" ? "2.0" : "1.1");
        assert.equal(await seen.next(), "127.0.0.1 true 1.1");
      });

      test("the limit for each address holds", async (t) => {
        const live = await startBehind(t, name, { limits: { perAddress: 2 } });
        const statuses: number[] = [];
        for (const address of ["127.0.0.2", "127.0.0.2", "127.0.0.2", "127.0.0.3"])
          statuses.push(await statusOf(t, rawTarget(live, address)));
        assert.deepEqual(statuses, [101, 101, 429, 101]);
      });

      test("a page of the same origin may connect, and no other", async (t) => {
        const live = await startBehind(t, name);
        const host = `localhost:${live.front}`;
        for (const [origin, status] of [
          [`https://${host}`, 101],
          [`http://${host}`, 403],
          ["https://evil.example", 403],
        ] as const) {
          const client = await RawClient.connect(t, rawTarget(live, "127.0.0.2"));
          const headers = { ...CLAIMS, Host: host, Origin: origin };
          assert.equal((await client.ask({ headers })).status, status, origin);
        }
      });

      test("the Close frame of a server that goes reaches the client, and the answer the server", async (t) => {
        const server = endings<undefined>();
        const client = endings<undefined>();
        const live = await startBehind(t, name, { close: server.close });
        await dial(t, live, { close: client.close });
        const raw = await RawClient.open(t, rawTarget(live, "127.0.0.2"));
        const closing = live.server.close({ code: 1001, reason: "restart", drainMs: 60_000 });
        assert.equal(await client.closes.next(), "1001 restart clean");
        assert.equal(await raw.next(), 'CLOSE 1001 "restart"');
        raw.close(1001, "bye");
        raw.socket.end();
        const answers = [await server.closes.next(), await server.closes.next()];
        assert.deepEqual(answers.sort(), ["1001 bye clean", "1001 clean"]);
        await closing;
      });
    },
  );

describe("an idle connection", { concurrency: true, timeout: TEST_MS }, () => {
  for (const name of ["nginx", "haproxy", "haproxy-tcp", "caddy"] as const) {
    const skip = skipWithoutProxy(name);

    test(`is kept open by the heartbeat for longer than ${name} waits`, { skip }, async (t) => {
      const seen = new Happenings<string>();
      const live = await startBehind(
        t,
        name,
        { heartbeat: { intervalMs: INTERVAL_MS } },
        { idleMs: IDLE_MS },
      );
      const ws = await dial(t, live, {
        heartbeat: false,
        ping: () => seen.add("ping"),
        close: (_ws, code) => seen.add(String(code)),
      });
      for (let idleMs = 0; idleMs < 1.3 * IDLE_MS; idleMs += 2 * INTERVAL_MS)
        assert.equal(await seen.next(), "ping");
      ws.send("still here");
      const { value } = await ws[Symbol.asyncIterator]().next();
      assert.equal(value, "still here");
    });

    // Caddy waits for ever.
    if (name === "caddy") continue;
    test(`is cut by ${name} without a heartbeat`, { skip }, async (t) => {
      const { closes, close } = endings<undefined>();
      const live = await startBehind(t, name, { heartbeat: false }, { idleMs: IDLE_MS });
      await dial(t, live, { heartbeat: false, close });
      assert.equal(await closes.next(), "1006 unclean");
    });
  }
});

const VERSION_2 = "send-proxy-v2 proxy-v2-options crc32c";

describe(
  `behind ${versionOf("haproxy")} in other ways`,
  { skip: skipWithoutProxy("haproxy"), concurrency: true, timeout: TEST_MS },
  () => {
    for (const header of ["send-proxy", "send-proxy-v2 proxy-v2-options ssl,cert-cn,authority,unique-id"])
      test(`with ${header}`, async (t) => {
        const seen = new Happenings<string>();
        const open: ServerOptions["open"] = ({ handshake }) => seen.add(handshake.remoteAddress);
        const live = await startBehind(t, "haproxy-tcp", { open }, { changes: [[VERSION_2, header]] });
        await RawClient.open(t, rawTarget(live, "127.0.0.2"), { headers: CLAIMS });
        assert.equal(await seen.next(), "127.0.0.2");
      });

    test("with HTTP/2 to the server", async (t) => {
      const seen = new Happenings<string>();
      const live = await startHttp2(t, {
        trustProxy: TRUST.haproxy,
        limits: { perAddress: 2 },
        open: ({ handshake }) =>
          seen.add(`${handshake.remoteAddress} ${handshake.isSecure} ${handshake.httpVersion}`),
      });
      const line = "server one 127.0.0.1:8080";
      const front = await startProxy(t, "haproxy", {
        backend: live.port,
        changes: [ALWAYS_READY, [line, `${line} proto h2 check-proto h1`]],
      });
      const target = (localAddress: string): RawTarget => ({ port: front, tls: { ca: cert }, localAddress });
      const { cert } = await certificate();
      const statuses: number[] = [];
      for (const address of ["127.0.0.2", "127.0.0.2", "127.0.0.2", "127.0.0.3"])
        statuses.push(await statusOf(t, target(address)));
      assert.deepEqual(statuses, [101, 101, 429, 101]);
      assert.deepEqual(seen.seen, ["127.0.0.2 true 2.0", "127.0.0.2 true 2.0", "127.0.0.3 true 2.0"]);
    });

    test("without the header, no client gets in", async (t) => {
      const live = await startBehind(t, "haproxy-tcp", {}, { changes: [[VERSION_2, ""]] });
      await assert.rejects(dial(t, live), { code: "WIREPROOF_UNREACHABLE" });
      assert.equal(live.server.counters.opened, 0);
    });
  },
);

describe("behind several servers", { skip: skipWithoutProxy("nginx"), timeout: TEST_MS }, () => {
  test("while one of two goes, every new client gets in, at the other", async (t) => {
    const seen = new Happenings<string>();
    const open = (name: string): ServerOptions => ({ open: () => seen.add(name) });
    const other = await startServer(t, open("other"));
    const line = "server 127.0.0.1:8080;";
    const live = await startBehind(t, "nginx", open("first"), {
      changes: [[line, `${line}\n    server 127.0.0.1:${other.port};`]],
    });
    const target = rawTarget(live, "127.0.0.2");
    const clients: RawClient[] = [];
    while (new Set(seen.seen).size < 2) clients.push(await RawClient.open(t, target));
    const closing = live.server.close({ drainMs: 60_000 });
    const before = seen.seen.length;
    for (let count = 0; count < 6; count++) await RawClient.open(t, target);
    assert.deepEqual(new Set(seen.seen.slice(before)), new Set(["other"]));
    for (const client of clients) client.socket.destroy();
    await closing;
  });
});
