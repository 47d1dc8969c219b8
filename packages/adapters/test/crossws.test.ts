import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";

import { connect } from "@wireproof/websocket";

import { crossws } from "../src/crossws.js";
import type { CrosswsAdapter, CrosswsOptions } from "../src/crossws.js";
import { ask, closedWith, read, refused } from "./support/client.js";

async function start(
  context: TestContext,
  options: CrosswsOptions,
): Promise<{ adapter: CrosswsAdapter; url: string }> {
  const adapter = crossws(options);
  const http = createHttpServer();
  http.on("upgrade", (request, socket, head) => void adapter.handleUpgrade(request, socket, head));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  context.after(async () => {
    await adapter.server.close({ drainMs: 0 });
    http.close();
  });
  return { adapter, url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/room` };
}

suite("the adapter for crossws", () => {
  test("hooks, context, namespace, header fields and the subprotocol", async (context) => {
    let left: (details: unknown) => void = () => {};
    const closed = new Promise((resolve) => (left = resolve));
    const { url, adapter } = await start(context, {
      hooks: {
        upgrade: ({ url }) => ({
          context: { query: new URL(url).search },
          headers: { "x-room": "1", "sec-websocket-protocol": "chat" },
        }),
        open: (peer) =>
          void peer.send(`${peer.namespace} ${String(peer.context["query"])} ${peer.remoteAddress}`),
        message: (peer, message) =>
          void peer.send(message.rawData instanceof Buffer ? message.uint8Array() : message.text()),
        close: (_peer, details) => left(details),
      },
    });
    const ws = await connect(`${url}?a=1`, { protocols: ["other", "chat"] });
    assert.equal(ws.protocol, "chat");
    assert.equal(ws.handshake.headers.get("x-room"), "1");
    assert.equal(await read(ws), "/room ?a=1 127.0.0.1");
    assert.equal(await ask(ws, "ä text"), "ä text");
    assert.deepEqual(await ask(ws, Buffer.from([0, 255])), Buffer.from([0, 255]));
    assert.equal([...(adapter.peers.get("/room") ?? [])].length, 1);
    ws.close(4001, "bye");
    assert.deepEqual(await closed, { code: 4001, reason: "bye" });
    assert.equal(adapter.peers.get("/room")?.size, 0);
    // A subprotocol that was not offered is not chosen.
    assert.equal((await connect(url)).protocol, "");
  });

  test("topics reach all subscribers but the sender", async (context) => {
    const { url, adapter } = await start(context, {
      hooks: {
        open: (peer) => peer.subscribe("news"),
        message: (peer, message) => peer.publish("news", message.text()),
      },
    });
    const [first, second] = [await connect(url), await connect(url)];
    first.send("from the first");
    assert.equal(await read(second), "from the first");
    adapter.publish("news", { to: "all" });
    assert.equal(await read(first), '{"to":"all"}');
    assert.equal(await read(second), '{"to":"all"}');
  });

  test("a hook refuses with a Response, returned or thrown; one that fails is answered with 500", async (context) => {
    const { url } = await start(context, {
      hooks: {
        upgrade({ url }) {
          const refusal = new Response("who?", { status: 401, headers: { "x-why": "user" } });
          if (url.endsWith("?thrown")) throw refusal;
          if (url.endsWith("?broken")) throw new Error("broken");
          return url.endsWith("?handled") ? { handled: true } : refusal;
        },
      },
    });
    for (const query of ["", "?thrown"]) {
      const { body, headers } = await refused(url + query, 401);
      assert.deepEqual([body, headers?.get("x-why")], ["who?", "user"]);
    }
    await refused(`${url}?broken`, 500);
    const warned = once(process, "warning");
    await refused(`${url}?handled`, 500);
    assert.match(String(((await warned) as Error[])[0]?.message), /took the socket over/);
  });

  test("the request is checked before the hooks are called", async (context) => {
    const { url } = await start(context, { hooks: { upgrade: () => assert.fail("called") } });
    await refused(url, 403, { origin: "https://elsewhere.example" });
  });

  test("over HTTP/2, too", async (context) => {
    const { server } = crossws({
      hooks: {
        upgrade: ({ url, headers }) => ({ context: { seen: `${url} ${headers.get("x-user")}` } }),
        message: (peer) => void peer.send(`${String(peer.context["seen"])} ${peer.namespace}`),
      },
    });
    context.after(() => server.close({ drainMs: 0 }));
    const { port } = await server.listen({ port: 0, host: "127.0.0.1", http2: true });
    const ws = await connect(`ws://127.0.0.1:${port}/room`, { http2: true, headers: { "X-User": "ada" } });
    assert.equal(await ask(ws, "hello"), `http://127.0.0.1:${port}/room ada /room`);
    await ws[Symbol.asyncDispose]();
  });

  test("close, terminate, and limits of the server", async (context) => {
    const { url, adapter } = await start(context, {
      server: { limits: { messageOctets: 10 } },
      hooks: {
        message: (peer, message) => (message.text() === "drop" ? peer.terminate() : peer.close(4002, "left")),
        error: () => {},
      },
    });
    const ends: unknown[] = [];
    for (const message of ["drop", "close", "a message that is too long"]) {
      const ws = await connect(url);
      ws.send(message);
      ends.push(await closedWith(ws));
    }
    assert.deepEqual(ends, [1006, 4002, 1009]);
    const ws = await connect(url);
    await adapter.close(1001, "over");
    await closedWith(ws);
    assert.deepEqual(ws.closed, { code: 1001, reason: "over", wasClean: true });
  });
});
