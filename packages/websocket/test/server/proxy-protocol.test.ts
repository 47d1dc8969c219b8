/** The PROXY protocol in front of everything that a listener speaks. test/forwarded has what a header may say. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttp } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { connect as connectTcp } from "node:net";
import type { Socket } from "node:net";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { connect as connectTls } from "node:tls";

import { Server } from "../../src/server/server.js";
import type { ServerOptions, TrustProxyOptions } from "../../src/server/options.js";
import { open, startHttp2 } from "../support/http2.js";
import { certificate, startHttp, startServer } from "../support/live-server.js";
import { version2 } from "../support/proxy-header.js";
import { RawClient, requestText } from "../support/raw-client.js";

/** The tests connect from 127.0.0.1 as the proxy, and from 127.0.0.2 as somebody else. */
const trustProxy: TrustProxyOptions = { networks: ["127.0.0.1"], proxyProtocol: true };
const STRANGER = "127.0.0.2";
const TELLING: ServerOptions<string> = {
  trustProxy,
  upgrade: ({ remoteAddress, isSecure, raw }) => ({
    data: `${remoteAddress} ${isSecure} behind ${String(raw.socket.remoteAddress)}`,
  }),
  open: (ws) => ws.send(ws.data),
  message: (ws, data) => ws.send(data),
};
const VERSION_1 = Buffer.from("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n");
const VERSION_2 = version2({ body: [192, 0, 2, 1, 198, 51, 100, 1, 1, 2, 3, 4] });
const LOCAL = version2({ body: [], command: 0x20, family: 0 });

/** A connection of TCP on which the header has been sent. */
async function introduced(context: TestContext, port: number, header: Uint8Array): Promise<Socket> {
  const socket = connectTcp({ port, host: "127.0.0.1" }).on("error", () => {});
  context.after(() => socket.destroy());
  await once(socket, "connect");
  socket.write(header);
  return socket;
}

describe("a PROXY header", () => {
  for (const [what, header] of [
    ["of version 1", VERSION_1],
    ["of version 2", VERSION_2],
  ] as const) {
    test(`${what} names the client, over HTTP/1.1`, async (t) => {
      const live = await startServer(t, TELLING);
      const client = await RawClient.connect(t, live);
      client.write(Buffer.concat([header, Buffer.from(requestText())]));
      assert.equal((await client.answer()).status, 101);
      assert.equal(await client.next(), 'TEXT "192.0.2.1 false behind 127.0.0.1"');
      client.text("x".repeat(70_000));
      assert.equal((await client.frame()).payload.length, 70_000);
    });

    test(`${what} names the client, alone and octet by octet`, async (t) => {
      const live = await startServer(t, TELLING);
      const client = await RawClient.connect(t, live);
      client.socket.setNoDelay(true);
      for (const octet of header) {
        client.write(Buffer.of(octet));
        await new Promise(setImmediate);
      }
      assert.equal((await client.ask()).status, 101);
      assert.equal(await client.next(), 'TEXT "192.0.2.1 false behind 127.0.0.1"');
    });

    test(`${what} names the client, in front of TLS`, async (t) => {
      const { key, cert } = await certificate();
      const live = await startServer(t, { ...TELLING, tls: { key, cert } });
      const tls = { ca: cert, socket: await introduced(t, live.port, header), servername: "localhost" };
      const client = RawClient.over(connectTls(tls));
      assert.equal((await client.ask()).status, 101);
      assert.equal(await client.next(), 'TEXT "192.0.2.1 true behind 127.0.0.1"');
      client.text("x".repeat(70_000));
      assert.equal((await client.frame()).payload.length, 70_000);
    });

    for (const isSecure of [false, true])
      test(`${what} names the client, in front of HTTP/2 ${isSecure ? "with" : "without"} TLS`, async (t) => {
        const { key, cert } = await certificate();
        const live = await startHttp2(t, { ...TELLING, ...(isSecure ? { tls: { key, cert } } : {}) });
        const tcp = await introduced(t, live.port, header);
        const secured = { socket: tcp, ca: cert, servername: "localhost", ALPNProtocols: ["h2"] };
        const session = connectHttp2(live.url, {
          createConnection: () => (isSecure ? connectTls(secured) : tcp),
        }).on("error", () => {});
        t.after(() => session.destroy());
        await once(session, "remoteSettings");
        const { client } = await open(session);
        assert.equal(await client.next(), `TEXT "192.0.2.1 ${isSecure} behind 127.0.0.1"`);
      });
  }

  test("of a proxy that connects for itself names the proxy", async (t) => {
    const live = await startServer(t, TELLING);
    for (const header of [LOCAL, Buffer.from("PROXY UNKNOWN\r\n")]) {
      const client = await RawClient.connect(t, live);
      client.write(header);
      assert.equal((await client.ask()).status, 101);
      assert.equal(await client.next(), 'TEXT "127.0.0.1 false behind 127.0.0.1"');
    }
  });

  test("has to come from a trusted proxy: anything else is dropped at once", async (t) => {
    const live = await startServer(t, { ...TELLING, limits: { handshakeMs: Infinity } });
    for (const octets of [Buffer.from(requestText()), Buffer.from("PROXY TCP4 192.0.2.1 192.0.2.1\r\n")]) {
      const client = await RawClient.connect(t, live);
      client.write(octets);
      assert.match(await client.end(), /^(FIN|ECONNRESET)$/);
    }
    assert.deepEqual([live.server.counters.opened, live.server.counters.refused], [0, 0]);
  });

  test("has to come in time", async (t) => {
    const live = await startServer(t, { ...TELLING, limits: { handshakeMs: 100 } });
    for (const octets of [VERSION_2.subarray(0, 20), Buffer.alloc(0)]) {
      const client = await RawClient.connect(t, live);
      client.write(octets);
      assert.match(await client.end(), /^(FIN|ECONNRESET)$/);
    }
    const ending = await RawClient.connect(t, live);
    ending.socket.end(VERSION_2.subarray(0, 20));
    assert.equal(await ending.end(), "FIN");
    assert.equal(live.server.counters.opened, 0);
  });

  test("is no request when somebody else sends it, and others need none", async (t) => {
    const live = await startServer(t, TELLING);
    const stranger = { ...live, localAddress: STRANGER };
    const liar = await RawClient.connect(t, stranger);
    liar.write(VERSION_1);
    assert.equal((await liar.answer()).status, 400);
    const client = await RawClient.open(t, stranger);
    assert.equal(await client.next(), `TEXT "${STRANGER} false behind ${STRANGER}"`);
  });

  test("is required: others are dropped", async (t) => {
    const live = await startServer(t, {
      ...TELLING,
      trustProxy: { ...trustProxy, proxyProtocol: "required" },
    });
    const stranger = await RawClient.connect(t, { ...live, localAddress: STRANGER });
    stranger.write(requestText());
    assert.match(await stranger.end(), /^(FIN|ECONNRESET)$/);
    assert.deepEqual([live.server.counters.opened, live.server.counters.refused], [0, 0]);
    const client = await RawClient.connect(t, live);
    client.write(VERSION_1);
    assert.equal((await client.ask()).status, 101);
    assert.throws(() => live.server.attach(createHttp()), {
      code: "WIREPROOF_INVALID_ARGUMENT",
      message: /required/,
    });
  });

  test("is not read at servers of the application, where nothing begins with one", async (t) => {
    const http = createHttp();
    const server = new Server(TELLING).attach(http);
    t.after(() => server.close({ drainMs: 0 }));
    const port = await startHttp(t, http);
    const client = await RawClient.open(t, { port });
    assert.equal(await client.next(), 'TEXT "127.0.0.1 false behind 127.0.0.1"');
  });

  test("that names another trusted proxy makes its header fields believed, and no other does", async (t) => {
    const networks = ["127.0.0.1", "10.0.0.0/8"];
    const live = await startServer(t, {
      ...TELLING,
      trustProxy: { networks, proxyProtocol: true, headers: "x-forwarded-for" },
    });
    for (const [header, seen] of [
      ["PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n", "203.0.113.9 true"],
      ["PROXY TCP4 192.0.2.1 10.0.0.2 1 2\r\n", "192.0.2.1 false"],
      ["PROXY UNKNOWN\r\n", "127.0.0.1 false"],
    ] as const) {
      const client = await RawClient.connect(t, live);
      client.write(header);
      const headers = { "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https" };
      assert.equal((await client.ask({ headers })).status, 101);
      assert.equal(await client.next(), `TEXT "${seen} behind 127.0.0.1"`);
    }
  });
});

describe("limits for each address behind the PROXY protocol", () => {
  const header = (octet: number): string => `PROXY TCP4 192.0.2.${octet} 198.51.100.1 1 2\r\n`;

  test("count the clients, from the moment that their header is read", async (t) => {
    const live = await startServer(t, { ...TELLING, limits: { perAddress: 1, handshakeMs: Infinity } });
    const ask = async (octet: number): Promise<number> => {
      const client = await RawClient.connect(t, live);
      client.write(header(octet));
      return (await client.ask()).status;
    };
    assert.equal(await ask(1), 101);
    assert.equal(await ask(1), 429);
    for (let octet = 2; octet < 30; octet++) assert.equal(await ask(octet), 101);
    // Those who never ask for anything: 16 more than the limit are taken, only to be refused.
    const silent: RawClient[] = [];
    for (let count = 0; count < 17; count++) {
      const client = await RawClient.connect(t, live);
      client.write(header(99));
      silent.push(client);
    }
    const late = await RawClient.connect(t, live);
    late.write(header(99));
    assert.match(await Promise.race([late, ...silent].map((client) => client.end())), /^(FIN|ECONNRESET)$/);
    assert.equal(await ask(98), 101);
  });

  test("keep no server from closing that waits for a header", async (t) => {
    const live = await startServer(t, TELLING);
    const client = await RawClient.connect(t, live);
    client.write("PROXY ");
    const witness = await RawClient.open(t, { ...live, localAddress: STRANGER });
    assert.match(await witness.next(), /^TEXT/);
    const closing = live.server.close({ drainMs: 0 });
    assert.match(await client.end(), /^(FIN|ECONNRESET)$/);
    await closing;
  });

  test("forget the client when its connection is gone", async (t) => {
    const live = await startServer(t, { ...TELLING, limits: { perAddress: 1 } });
    for (let round = 0; round < 3; round++) {
      const client = await RawClient.connect(t, live);
      client.write(header(1));
      assert.equal((await client.ask()).status, 101);
      client.socket.destroy();
      while (live.server.connections.size > 0) await new Promise(setImmediate);
    }
  });
});
