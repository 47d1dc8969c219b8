import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";

import { connect, createServer } from "../../src/index.js";
import type { Server, ServerOptions } from "../../src/index.js";
import { certificate } from "./raw-server.js";

const HTTP2 = { http2: true } as const;

async function start(
  context: TestContext,
  options: ServerOptions = {},
  tls?: { cert: string; key: string },
): Promise<{ server: Server; url: string }> {
  const secure = tls === undefined ? options : { ...options, tls };
  const server = createServer({ message: (ws, data) => void ws.send(data), ...secure });
  const { port } = await server.listen({ port: 0, host: "127.0.0.1", http2: true });
  context.after(() => server.close());
  return { server, url: `${tls === undefined ? "ws" : "wss"}://127.0.0.1:${port}` };
}

suite("the client and the server of this package over HTTP/2", () => {
  test("compress, choose a subprotocol, and end cleanly", async (context) => {
    const { url } = await start(context, { protocols: ["chat"] });
    const ws = await connect(url, { ...HTTP2, protocols: ["chat"], compression: { threshold: 0 } });
    assert.equal(ws.handshake.httpVersion, "2.0");
    assert.equal(ws.protocol, "chat");
    assert.match(ws.handshake.extensions, /^permessage-deflate/);
    const messages = ws[Symbol.asyncIterator]();
    for (const message of ["", "hello", "long ".repeat(50_000)]) {
      ws.send(message);
      assert.equal((await messages.next()).value, message);
    }
    ws.close(1000, "done");
    assert.equal((await messages.next()).done, true);
    assert.deepEqual(ws.closed, { code: 1000, reason: "", wasClean: true });
  });

  test("have more connections at once than one session may have, over TLS", async (context) => {
    const { cert, key } = await certificate();
    const { url } = await start(context, {}, { cert, key });
    const options = { ...HTTP2, tls: { ca: cert } };
    const all = await Promise.all(Array.from({ length: 120 }, () => connect(url, options)));
    assert.ok(all.every(({ handshake }) => handshake.httpVersion === "2.0" && handshake.isSecure));
    for (const [at, ws] of all.entries()) ws.send(String(at));
    for (const [at, ws] of all.entries()) {
      assert.equal((await ws[Symbol.asyncIterator]().next()).value, String(at));
      ws.terminate();
    }
  });

  test("part with 1001 when the server closes", async (context) => {
    const { server, url } = await start(context);
    const ws = await connect(url, HTTP2);
    const ended = (async () => {
      for await (const _ of ws);
    })();
    await server.close();
    await ended;
    assert.equal(ws.closed?.code, 1001);
    assert.equal(ws.closed.wasClean, true);
  });

  test("a refusal has its status, and the next connection opens", async (context) => {
    const { url } = await start(context, {
      upgrade: ({ target }) => (target === "/no" ? { status: 403, body: "not here" } : { data: undefined }),
    });
    await assert.rejects(connect(`${url}/no`, HTTP2), { status: 403, body: "not here" });
    (await connect(`${url}/yes`, HTTP2)).terminate();
  });
});
