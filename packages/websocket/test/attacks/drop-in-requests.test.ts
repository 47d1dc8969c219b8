/** The opening handshakes of handshake.test.ts, against a server of the drop-in; and what an application gives it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { EventEmitter } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { createServer as createWebSocketServer } from "../../src/index.js";
import { WebSocket, WebSocketServer, extension, subprotocol } from "../../src/ws/index.js";
import type { ServerOptions } from "../../src/ws/index.js";
import { countWork } from "../handshake/count-work.js";
import { readModeSettled } from "../support/live-server.js";
import { RawClient, requestText } from "../support/raw-client.js";

/** A server that sends everything back. */
async function startEcho(context: TestContext, options: ServerOptions = {}): Promise<{ port: number }> {
  await readModeSettled();
  const wss = new WebSocketServer({ host: "127.0.0.1", port: 0, ...options });
  wss.on("connection", (there: WebSocket) => {
    there.on("error", () => {});
    there.on("message", (data, isBinary) => there.send(data as Buffer, { binary: isBinary }));
  });
  await once(wss as EventEmitter, "listening");
  context.after(() => {
    for (const there of wss.clients) there.terminate();
    wss.close();
  });
  return { port: (wss.address() as AddressInfo).port };
}

async function echoes(client: RawClient): Promise<void> {
  client.text("x");
  assert.equal(await client.next(), 'TEXT "x"');
}

test("extensions and parameters with the names of every object's properties", async (t) => {
  const live = await startEcho(t, { perMessageDeflate: true });
  for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
    for (const value of [name, `${name}; ${name}=1`, `permessage-deflate; ${name}`, `x; ${name}; ${name}`]) {
      const client = await RawClient.connect(t, live);
      const { status, headers } = await client.ask({ headers: { "Sec-WebSocket-Extensions": value } });
      // ws refuses a parameter that there is not; no extension is agreed on in any case.
      assert.equal(headers.get("sec-websocket-extensions"), undefined, value);
      if (status === 101) await echoes(client);
      else assert.equal(status, 400, value);
    }
  }
});

test("list fields cost work in proportion to their length", () => {
  const protocols = (header: string): unknown => subprotocol.parse(header);
  const extensions = (header: string): unknown => extension.parse(header);
  for (const [parse, hostile] of [
    [protocols, (length: number) => `b${" ".repeat(length)}x`],
    [protocols, (length: number) => "a,".repeat(length / 2)],
    [protocols, (length: number) => `a${"\t ".repeat(length / 2)},b`],
    [extensions, (length: number) => `a; b="${"\\a".repeat(length / 2)}`],
    [extensions, (length: number) => `a; b="${'\\"'.repeat(length / 2)}"`],
    [extensions, (length: number) => `a${" ;b".repeat(length / 3)}`],
    [extensions, (length: number) => `a${" ".repeat(length)}`],
    [extensions, (length: number) => "permessage-deflate; x, ".repeat(length / 23)],
  ] as const) {
    const work = (length: number): number =>
      countWork(() => {
        try {
          parse(hostile(length));
        } catch (error) {
          assert.ok(error instanceof SyntaxError, String(error));
        }
      });
    const [short, long] = [work(3_000), work(30_000)];
    assert.ok(long <= 20 * 30_000, `${long} steps for ${hostile(12)}`);
    assert.ok(long <= 11 * short + 1_000, `${short} and ${long} steps for ${hostile(12)}`);
  }
});

for (const [name, serve] of Object.entries({
  "the drop-in": (http: ReturnType<typeof createServer>) => new WebSocketServer({ server: http }),
  "a server attached": (http: ReturnType<typeof createServer>) => createWebSocketServer({}).attach(http),
})) {
  test(`headers that Node drops because there are too many, Upgrade among them: ${name}`, async (t) => {
    await readModeSettled();
    const http = createServer({}, (_request, response) => response.writeHead(404).end("no page"));
    http.maxHeadersCount = 50;
    serve(http);
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    t.after(() => {
      http.closeAllConnections();
      http.close();
    });
    const { port } = http.address() as AddressInfo;
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`x${at}`, ""]));
    const fields = { Host: null, Upgrade: null, Connection: null };
    const last = { HOST: "localhost", UPGRADE: "websocket", CONNECTION: "Upgrade" };
    const client = await RawClient.connect(t, { port });
    const { status } = await client.ask({ headers: { ...fields, ...many, ...last } });
    assert.ok(status === 101 || (status >= 400 && status < 500), `${status}`);
    // And who comes next is served.
    assert.equal((await (await RawClient.connect(t, { port })).ask()).status, 101);
  });
}

test("legacy drafts are not spoken", async (t) => {
  const live = await startEcho(t);
  const legacy = { "Sec-WebSocket-Key": null, "Sec-WebSocket-Version": null };
  for (const headers of [
    { ...legacy, Upgrade: "WebSocket", Origin: "http://localhost" },
    { ...legacy, "Sec-WebSocket-Key1": "4 @1  46546xW%0l 1 5", "Sec-WebSocket-Key2": "12998 5 Y3 1  .P00" },
    { "Sec-WebSocket-Version": "0" },
    { "Sec-WebSocket-Version": "7" },
  ]) {
    const client = await RawClient.connect(t, live);
    const { status } = await client.ask({ headers });
    assert.ok(status === 400 || status === 426, `${status} for ${JSON.stringify(headers)}`);
  }
});

test("targets that are whole URIs, malformed hosts and origins reach the application as they are, and end nothing", async (t) => {
  const seen: string[] = [];
  const live = await startEcho(t, {
    path: "/chat",
    verifyClient: ({ origin, req }: { origin: string; req: IncomingMessage }) => {
      seen.push(`${req.headers.host} ${origin}`);
      return origin === undefined || origin === "http://localhost";
    },
  });
  for (const target of [
    "http://internal.example/chat",
    "//internal.example/chat",
    "/chat/../x",
    "file:///chat",
    "*",
  ]) {
    const client = await RawClient.connect(t, live);
    assert.equal((await client.ask({ target })).status, 400, target);
  }
  assert.deepEqual(seen, []);
  for (const origin of [
    "null",
    "",
    "http://[",
    "http://localhost:80a",
    "%",
    "http://xn--\u00fc",
    "http://localhost/",
  ]) {
    const client = await RawClient.connect(t, live);
    const status = (
      await client.ask({ target: "/chat", headers: { Origin: Buffer.from(origin).toString("latin1") } })
    ).status;
    assert.equal(status, 401, origin);
  }
  for (const host of ["[", "a b", "http://x", "%00", "x:99999999"]) {
    const client = await RawClient.connect(t, live);
    const { status } = await client.ask({ target: "/chat", headers: { Host: host } });
    assert.ok(status === 101 || status === 400, `${status} for ${host}`);
  }
  const good = await RawClient.open(t, live, { target: "/chat", headers: { Origin: "http://localhost" } });
  await echoes(good);
});

test("requests that are two things at once are answered once, and closed", async (t) => {
  const live = await startEcho(t);
  const second = requestText({ target: "/second" });
  for (const [what, request] of [
    ["a body", requestText({ headers: { "Content-Length": String(second.length) } }) + second],
    ["chunks", requestText({ headers: { "Transfer-Encoding": "chunked" } }) + "0\r\n\r\n" + second],
    [
      "both",
      requestText({ headers: { "Transfer-Encoding": "chunked", "Content-Length": "5" } }) + "0\r\n\r\n",
    ],
    ["a folded line", requestText({ headers: { "X-Fold": "a\r\n b" } })],
    ["a space before the colon", requestText().replace("Upgrade:", "Upgrade :")],
  ] as const) {
    const client = await RawClient.connect(t, live);
    client.write(request);
    assert.equal((await client.answer()).status, 400, what);
    assert.deepEqual(await client.rest().catch(() => [client.ending]), ["FIN"], what);
  }
  // Frames in the same segment as the request are read as what they are.
  const client = await RawClient.connect(t, live);
  client.write(requestText() + second);
  assert.equal((await client.answer()).status, 101);
  assert.match(await client.next(), /^CLOSE 1002/);
});

test("requests octet by octet are read once, and 431 ends those without end", async (t) => {
  const live = await startEcho(t);
  const client = await RawClient.connect(t, live);
  client.socket.setNoDelay(true);
  for (const character of requestText()) {
    client.write(character);
    await new Promise(setImmediate);
  }
  assert.equal((await client.answer()).status, 101);
  const endless = await RawClient.connect(t, live);
  endless.write(`GET / HTTP/1.1\r\nX: ${"x".repeat(100_000)}`);
  assert.equal((await endless.answer()).status, 431);
});

test("line breaks in what an application hands to a client are refused before anything is sent", () => {
  for (const protocol of ["a\r\nX-Injected: yes", "a\n", "a\0", "a, b", "\u010d\u010a"])
    assert.throws(() => new WebSocket("ws://127.0.0.1:1", [protocol]), SyntaxError, protocol);
  for (const value of ["a\r\nX-Injected: yes", "a\nb", "a\0"])
    assert.throws(() => new WebSocket("ws://127.0.0.1:1", { headers: { "X-Own": value } }), TypeError, value);
  assert.throws(() => new WebSocket("ws://127.0.0.1:1", { origin: "a\r\nX-Injected: yes" }), TypeError);
});
