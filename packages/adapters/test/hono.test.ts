import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";

import { connect } from "@wireproof/websocket";
import { Hono } from "hono";

import { honoWebSocket } from "../src/hono.js";
import type { HonoEvents } from "../src/hono.js";
import { ask, closedWith, read, refused } from "./support/client.js";
import { beside } from "./support/servers.js";

interface Session {
  readonly user: string;
}

/** An application with one route, behind a middleware that wants a user. */
async function start(
  context: TestContext,
  events: HonoEvents<Session> = { data: { user: "ada" } },
): Promise<{ port: number; url: string }> {
  const app = new Hono();
  const { server, upgradeWebSocket } = honoWebSocket<Session>(app);
  app.use("/chat", async (c, next) => {
    if (c.req.query("user") === undefined) return c.text("who?", 401, { "X-Why": "user" });
    await next();
    c.header("Set-Cookie", "seen=1");
  });
  app.get(
    "/chat",
    upgradeWebSocket(() => events),
  );
  app.get("/page", (c) => c.text("a page"));
  app.get("/broken", () => {
    throw new Error("broken");
  });
  app.onError((_error, c) => c.text("failed", 500));
  const port = await beside(context, server);
  return { port, url: `ws://127.0.0.1:${port}/chat?user=ada` };
}

suite("a route of Hono", () => {
  test("has events with the connection and its data", async (context) => {
    let left: (how: unknown) => void = () => {};
    const closed = new Promise((resolve) => (left = resolve));
    const { url } = await start(context, {
      data: { user: "ada" },
      onOpen: (event, ws) =>
        ws.send(`${event.type} ${ws.raw?.data.user} ${ws.readyState} ${ws.url?.pathname}`),
      onMessage: ({ data }, ws) =>
        typeof data === "string"
          ? ws.send(`text ${data}`)
          : ws.send(new Uint8Array(data as ArrayBuffer).reverse()),
      onClose: ({ code, reason, wasClean }) => left([code, reason, wasClean]),
    });
    const ws = await connect(url);
    assert.equal(ws.handshake.headers.get("set-cookie"), "seen=1");
    assert.equal(ws.handshake.headers.get("content-type"), null);
    assert.equal(await read(ws), "open ada 1 /chat");
    assert.equal(await ask(ws, "hello"), "text hello");
    assert.deepEqual(await ask(ws, Buffer.from([1, 2, 3])), Buffer.from([3, 2, 1]));
    ws.close(4000, "bye");
    assert.deepEqual(await closed, [4000, "bye", true]);
  });

  test("refuses with what middleware or another route answers", async (context) => {
    const { port } = await start(context);
    const at = (path: string): string => `ws://127.0.0.1:${port}${path}`;
    const { body, headers } = await refused(at("/chat"), 401);
    assert.deepEqual([body, headers?.get("x-why")], ["who?", "user"]);
    await refused(at("/elsewhere"), 404);
    assert.equal((await refused(at("/page"), 200)).body, "a page");
    assert.equal((await refused(at("/broken"), 500)).body, "failed");
  });

  test("a request that is no opening handshake stays with the application", async (context) => {
    const { port } = await start(context);
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "a page");
    const app = new Hono();
    const { upgradeWebSocket } = honoWebSocket(app);
    app.get(
      "/chat",
      upgradeWebSocket(() => ({})),
      (c) => c.text("no WebSocket"),
    );
    assert.equal(await (await app.request("/chat")).text(), "no WebSocket");
  });

  test("events that fail end the connection, and onError says why", async (context) => {
    const errors: unknown[] = [];
    const { url } = await start(context, {
      data: { user: "ada" },
      onMessage: () => {
        throw new Error("broken");
      },
      onError: (event) => errors.push((event as unknown as { error: { cause: Error } }).error.cause.message),
    });
    const ws = await connect(url);
    ws.send("hello");
    // The error comes before the Close frame.
    assert.equal(await closedWith(ws), 1011);
    assert.deepEqual(errors, ["broken"]);
  });

  test("over HTTP/2, too", async (context) => {
    const app = new Hono();
    const { server, upgradeWebSocket } = honoWebSocket(app);
    app.get(
      "/chat",
      upgradeWebSocket((c) => ({ onMessage: (_event, ws) => ws.send(`${c.req.method} ${c.req.path}`) })),
    );
    context.after(() => server.close({ drainMs: 0 }));
    const { port } = await server.listen({ port: 0, host: "127.0.0.1", http2: true });
    const ws = await connect(`ws://127.0.0.1:${port}/chat`, { http2: true });
    assert.equal(await ask(ws, "hello"), "GET /chat");
    await ws[Symbol.asyncDispose]();
  });
});
