/** Clients that claim another address, in header fields and in headers of the PROXY protocol. */
import assert from "node:assert/strict";
import { createServer as createHttp } from "node:http";
import { test } from "node:test";

import type { ServerOptions, TrustProxyOptions } from "../../src/server/options.js";
import { Server } from "../../src/server/server.js";
import { startHttp, startServer } from "../support/live-server.js";
import { version2 } from "../support/proxy-header.js";
import { RawClient, requestText } from "../support/raw-client.js";
import type { HeaderChanges, RawTarget } from "../support/raw-client.js";

/** The tests connect from 127.0.0.1 as the proxy, and from 127.0.0.2 as a client that leaves the proxy out. */
function naming(trustProxy: TrustProxyOptions): ServerOptions {
  return { trustProxy, origin: "any", open: (ws) => ws.send(ws.handshake.remoteAddress) };
}

const FORWARDED: TrustProxyOptions = { networks: ["127.0.0.1", "10.0.0.0/8"], headers: "forwarded" };
const FORWARDED_FOR: TrustProxyOptions = { ...FORWARDED, headers: "x-forwarded-for" };

test("whatever a client claims, the proxy adds the address that counts", async (t) => {
  const claims = [
    "6.6.6.6",
    "10.0.0.1",
    "6.6.6.6, 10.0.0.1, 127.0.0.1",
    'for="6.6.6.6',
    'for=6.6.6.6;x="\\',
    'for="6.6.6.6", for="',
    '"',
    "\\",
    ",",
    "for=10.0.0.1, for=unknown, for=127.0.0.1",
    "constructor=1;__proto__=1;for=6.6.6.6",
    "for=6.6.6.6;for=6.6.6.6",
    "for=10.0.0.1,".repeat(300),
    "10.0.0.1,".repeat(300),
  ];
  for (const [trustProxy, name, own] of [
    [FORWARDED, "Forwarded", "for=192.0.2.1;proto=https"],
    [FORWARDED_FOR, "X-Forwarded-For", "192.0.2.1"],
  ] as const) {
    const live = await startServer(t, naming(trustProxy));
    for (const claim of claims)
      for (const value of [`${claim}, ${own}`, [claim, own]]) {
        const other = name === "Forwarded" ? "X-Forwarded-For" : "Forwarded";
        // Hop by hop, as RFC 9110 §7.6.1 has it: here nothing is left out because of it.
        const headers = { [name]: value, [other]: claim, "X-Real-IP": claim, Connection: `Upgrade, ${name}` };
        const client = await RawClient.open(t, live, { headers });
        assert.equal(await client.next(), 'TEXT "192.0.2.1"', `${name}: ${String(value).slice(0, 60)}`);
        client.socket.destroy();
      }
    const direct = { ...live, localAddress: "127.0.0.2" };
    const client = await RawClient.open(t, direct, { headers: { [name]: own } });
    assert.equal(await client.next(), 'TEXT "127.0.0.2"');
  }
});

test("behind so many fields that Node drops that of the proxy, none is believed", async (t) => {
  const http = createHttp({ maxHeaderSize: 256 * 1024 });
  const port = await startHttp(t, http);
  const server = new Server(naming(FORWARDED_FOR)).attach(http);
  t.after(() => server.close({ drainMs: 0 }));
  const own = await startServer(t, { ...naming(FORWARDED_FOR), limits: { handshakeOctets: 256 * 1024 } });
  const seen = async (target: RawTarget, count: number): Promise<string> => {
    const many = Object.fromEntries(Array.from({ length: count }, (_, at) => [`x${at}`, ""]));
    const claim: HeaderChanges = { "X-Forwarded-For": "6.6.6.6" };
    const added: HeaderChanges = { "x-forwarded-for": "192.0.2.1" };
    const client = await RawClient.connect(t, target);
    const { status } = await client.ask({ headers: { ...claim, ...many, ...added } });
    return status === 101 ? client.next() : String(status);
  };
  assert.equal(await seen({ port }, 500), 'TEXT "192.0.2.1"');
  // Node 20 drops the rest, and later versions refuse the request.
  const harmless = ['TEXT "127.0.0.1"', "431"];
  assert.ok(harmless.includes(await seen({ port }, 3_000)));
  http.maxHeadersCount = 50;
  assert.ok(harmless.includes(await seen({ port }, 100)));
  http.maxHeadersCount = 0;
  assert.equal(await seen({ port }, 3_000), 'TEXT "192.0.2.1"');
  assert.equal(await seen(own, 3_000), 'TEXT "192.0.2.1"');
});

test("a PROXY header counts once, from a trusted network, and nowhere else", async (t) => {
  const live = await startServer(t, naming({ networks: ["127.0.0.1"], proxyProtocol: true }));
  const header = "PROXY TCP4 192.0.2.1 198.51.100.1 1 2\r\n";
  const claim = "PROXY TCP4 6.6.6.6 198.51.100.1 1 2\r\n";
  const fields = requestText({ headers: { "X-Forwarded-For": "6.6.6.6", Forwarded: "for=6.6.6.6" } });
  const client = await RawClient.connect(t, live);
  client.write(header + fields);
  assert.equal((await client.answer()).status, 101);
  assert.equal(await client.next(), 'TEXT "192.0.2.1"');
  for (const [octets, localAddress] of [
    [header + claim + fields, "127.0.0.1"],
    [claim + fields, "127.0.0.2"],
  ] as const) {
    const liar = await RawClient.connect(t, { ...live, localAddress });
    liar.write(octets);
    assert.equal((await liar.answer()).status, 400);
  }
});

test("a PROXY header that is broken or never ends drops its connection", async (t) => {
  const trustProxy: TrustProxyOptions = { networks: ["127.0.0.1"], proxyProtocol: "required" };
  const live = await startServer(t, { ...naming(trustProxy), limits: { handshakeMs: 200 } });
  const huge = version2({ body: [192, 0, 2, 1, 1, 1, 1, 1, 0, 1, 0, 1] });
  huge.writeUInt16BE(0xffff, 14);
  for (const octets of [
    huge,
    Buffer.from("PROXY TCP4 ".padEnd(200, "1")),
    Buffer.from(`PROXY TCP4 192.0.2.1 192.0.2.1 1 2 \r\n${requestText()}`),
    Buffer.from(requestText()),
    Buffer.from("\u0016\u0003\u0001"),
  ]) {
    const client = await RawClient.connect(t, live);
    client.write(octets);
    assert.match(await client.end(), /^(FIN|ECONNRESET)$/);
  }
  // Octet by octet, and never to its end.
  const dripping = await RawClient.connect(t, live);
  const octets = version2({ body: [], extensions: [{ type: 4, value: Buffer.alloc(4_000) }] });
  let at = 0;
  const drip = setInterval(() => dripping.write(octets.subarray(at, ++at)), 5);
  t.after(() => clearInterval(drip));
  assert.match(await dripping.end(), /^(FIN|ECONNRESET|EPIPE)$/);
  clearInterval(drip);
  assert.ok(at < octets.length);
  assert.equal(live.server.counters.opened, 0);
});
