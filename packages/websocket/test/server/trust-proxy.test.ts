/** What a server makes of the header fields of proxies. test/forwarded has what the fields may say. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttp } from "node:http";
import { createServer as createHttp2 } from "node:http2";
import { connect as connectTcp } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";

import { Server } from "../../src/server/server.js";
import type { ServerOptions, TrustProxyOptions } from "../../src/server/options.js";
import { CHANNELS } from "../../src/session/diagnostics.js";
import { http2Session, open, startHttp2 } from "../support/http2.js";
import { Happenings, certificate, startHttp, startServer } from "../support/live-server.js";
import { RawClient, requestText } from "../support/raw-client.js";

/** The tests connect from 127.0.0.1 as the proxy, and from 127.0.0.2 as somebody else. */
const trustProxy: TrustProxyOptions = { networks: ["127.0.0.1"], headers: "x-forwarded-for" };
const STRANGER = "127.0.0.2";

/** A server that says who its client is: the address, and how the request came. */
const telling: ServerOptions<string> = {
  trustProxy,
  upgrade: ({ remoteAddress, isSecure, host, raw }) => ({
    data: `${remoteAddress} ${isSecure} ${host} behind ${String(raw.socket.remoteAddress)}`,
  }),
  open: (ws) => ws.send(`${ws.data}, ${ws.handshake.remoteAddress} ${ws.handshake.isSecure}`),
};
const FORWARDED = {
  "X-Forwarded-For": "6.6.6.6, 192.0.2.1",
  "X-Forwarded-Proto": "https",
  "X-Forwarded-Host": "evil",
};
const BEHIND = 'TEXT "192.0.2.1 true localhost behind 127.0.0.1, 192.0.2.1 true"';

describe("the client that a proxy names", () => {
  test("is the client for the hook and for the handshake; the proxy stays on the socket", async (t) => {
    const live = await startServer(t, telling);
    const client = await RawClient.open(t, live, { headers: FORWARDED });
    assert.equal(await client.next(), BEHIND);
  });

  test("is not believed when somebody else says it", async (t) => {
    const live = await startServer(t, telling);
    const stranger = { ...live, localAddress: STRANGER };
    const client = await RawClient.open(t, stranger, { headers: FORWARDED });
    assert.equal(
      await client.next(),
      `TEXT "${STRANGER} false localhost behind ${STRANGER}, ${STRANGER} false"`,
    );
  });

  test("is not believed without the option", async (t) => {
    const { trustProxy: _, ...options } = telling;
    const live = await startServer(t, options);
    const client = await RawClient.open(t, live, { headers: { ...FORWARDED, Forwarded: "for=192.0.2.1" } });
    assert.equal(await client.next(), 'TEXT "127.0.0.1 false localhost behind 127.0.0.1, 127.0.0.1 false"');
  });

  test("comes from Forwarded where that is the style, and from nothing else", async (t) => {
    const live = await startServer(t, { ...telling, trustProxy: { ...trustProxy, headers: "forwarded" } });
    const headers = { ...FORWARDED, Forwarded: ["for=6.6.6.6", 'for="[2001:db8::1]:4711";proto=https'] };
    const client = await RawClient.open(t, live, { headers });
    const seen = "2001:db8::1 true";
    assert.equal(await client.next(), `TEXT "${seen} localhost behind 127.0.0.1, ${seen}"`);
  });

  test("may use no TLS although the proxy does", async (t) => {
    const { key, cert } = await certificate();
    const live = await startServer(t, { ...telling, tls: { key, cert } });
    const headers = { ...FORWARDED, "X-Forwarded-Proto": "http" };
    const client = await RawClient.open(t, live, { headers });
    assert.equal(await client.next(), BEHIND.replaceAll("true", "false"));
  });

  test("is the same over HTTP/2, where each stream has a client of its own", async (t) => {
    const live = await startHttp2(t, telling);
    const session = await http2Session(t, live.url);
    for (const address of ["192.0.2.1", "192.0.2.2"]) {
      const headers = { "x-forwarded-for": address, "x-forwarded-proto": "https" };
      const { client } = await open(session, { ...headers, ":authority": "localhost" });
      assert.equal(await client.next(), BEHIND.replaceAll("192.0.2.1", address));
    }
  });

  test("is the same at HTTP servers of the application", async (t) => {
    const http = createHttp();
    const port = await startHttp(t, http);
    const server = new Server(telling).attach(http);
    t.after(() => server.close({ drainMs: 0 }));
    const client = await RawClient.open(t, { port }, { headers: FORWARDED });
    assert.equal(await client.next(), BEHIND);

    const http2 = createHttp2();
    server.attach(http2);
    http2.listen(0, "127.0.0.1");
    await once(http2, "listening");
    t.after(() => http2.close());
    const session = await http2Session(t, `http://127.0.0.1:${(http2.address() as AddressInfo).port}`);
    const lowerCase = Object.fromEntries(
      Object.entries(FORWARDED).map(([name, it]) => [name.toLowerCase(), it]),
    );
    const over2 = await open(session, { ...lowerCase, ":authority": "localhost" });
    assert.equal(await over2.client.next(), BEHIND);
  });

  test("comes from a Unix socket with the network unix", async () => {
    const path = join(tmpdir(), `wireproof-trust-${process.pid}-${Date.now()}.sock`);
    for (const [network, seen] of [
      ["unix", "192.0.2.1 true"],
      ["loopback", " false"],
    ] as const) {
      const server = new Server({ ...telling, trustProxy: { ...trustProxy, networks: [network] } });
      await server.listen({ path });
      const socket = connectTcp(path);
      let answer = "";
      socket.write(requestText({ headers: FORWARDED }));
      for await (const chunk of socket) {
        answer += String(chunk);
        if (answer.includes(`, ${seen}`)) break;
      }
      await server.close({ drainMs: 0 });
      assert.ok(answer.includes(`${seen} localhost behind undefined, ${seen}`), answer);
    }
  });
});

describe("limits for each address", () => {
  const limits = { perAddress: 2 };

  test("hold for the clients behind a proxy, and not for the proxy", async (t) => {
    const refused = new Happenings<string>();
    const onRefused = (message: unknown): void => {
      const { problem, remoteAddress } = message as { problem: string; remoteAddress: string };
      refused.add(`${problem} ${remoteAddress}`);
    };
    CHANNELS.refused.subscribe(onRefused);
    t.after(() => CHANNELS.refused.unsubscribe(onRefused));
    const live = await startServer(t, { trustProxy, limits, path: "/" });
    const ask = async (address: string, target = "/"): Promise<[RawClient, number]> => {
      const client = await RawClient.connect(t, live);
      const { status } = await client.ask({ target, headers: { "X-Forwarded-For": address } });
      return [client, status];
    };
    const [first, status] = await ask("192.0.2.1");
    assert.equal(status, 101);
    // More clients than one address may have, and than the sockets that are taken only to be refused.
    for (let octet = 2; octet < 40; octet++) assert.equal((await ask(`192.0.2.${octet}`))[1], 101);
    assert.equal((await ask("192.0.2.1"))[1], 101);
    assert.equal((await ask("6.6.6.6, 192.0.2.1"))[1], 429);
    assert.equal(await refused.next(), "too-many-from-address 192.0.2.1");
    // As IPv6, it is the same address; and a network of IPv6 is one client.
    assert.equal((await ask("::ffff:192.0.2.1"))[1], 429);
    assert.equal(await refused.next(), "too-many-from-address 192.0.2.1");
    for (const [address, expected] of [
      ["2001:db8::1", 101],
      ["2001:DB8:0:0:1::1", 101],
      ["[2001:db8::2]:4711", 429],
    ] as const)
      assert.equal((await ask(address))[1], expected);
    assert.equal(await refused.next(), "too-many-from-address 2001:db8::2");
    assert.equal((await ask("192.0.2.77", "/elsewhere"))[1], 404);
    assert.equal(await refused.next(), "path-not-served 192.0.2.77");

    first.close();
    assert.equal(await first.end(), "FIN");
    first.socket.destroy();
    while (live.server.connections.size > 41) await new Promise(setImmediate);
    assert.equal((await ask("192.0.2.1"))[1], 101);
  });

  test("hold for everybody else, whatever they claim", async (t) => {
    const live = await startServer(t, { trustProxy, limits });
    const stranger = { ...live, localAddress: STRANGER };
    const statuses: number[] = [];
    for (let octet = 1; octet <= 3; octet++) {
      const client = await RawClient.connect(t, stranger);
      const { status } = await client.ask({ headers: { "X-Forwarded-For": `192.0.2.${octet}` } });
      statuses.push(status);
    }
    assert.deepEqual(statuses, [101, 101, 429]);
  });

  test("hold for a proxy that names nobody", async (t) => {
    const live = await startServer(t, { trustProxy, limits });
    const statuses: number[] = [];
    for (const value of ["unknown", "192.0.2.1, _hidden", "<script>"]) {
      const client = await RawClient.connect(t, live);
      statuses.push((await client.ask({ headers: { "X-Forwarded-For": value } })).status);
    }
    assert.deepEqual(statuses, [101, 101, 429]);
  });
});

test("a page of plain HTTP is not the same origin for a client that uses TLS", async (t) => {
  const live = await startServer(t, { trustProxy });
  const statusOf = async (origin: string, proto: string, localAddress = "127.0.0.1"): Promise<number> => {
    const client = await RawClient.connect(t, { ...live, localAddress });
    const headers = { Origin: origin, "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": proto };
    return (await client.ask({ headers })).status;
  };
  assert.equal(await statusOf("http://localhost", "https"), 403);
  assert.equal(await statusOf("https://localhost", "https"), 101);
  assert.equal(await statusOf("http://localhost", "http"), 101);
  assert.equal(await statusOf("http://localhost", "https", STRANGER), 101);
});
