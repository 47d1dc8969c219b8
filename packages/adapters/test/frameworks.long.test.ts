/** The recipes of docs/frameworks.md with the real frameworks. */
import assert from "node:assert/strict";
import { before, suite, test } from "node:test";

import { connect } from "@wireproof/websocket";
import type { ClientConnection } from "@wireproof/websocket";

import { ask, closedWith, read, refused } from "./support/client.js";
import { compileExamples, skipWithoutFrameworks, startExample } from "./support/example.js";
import type { Example } from "./support/example.js";

/** Those with a session: who posts to /login/NAME gets a cookie. */
const SESSIONS = ["express", "koa", "fastify", "hono"];
/** Those whose hook looks at a cookie or at the field Authorization. */
const FIELDS = [
  ["vite", { cookie: "session=s3cret" }],
  ["next", { cookie: "session=s3cret" }],
  ["crossws", { authorization: "Bearer s3cret" }],
] as const;

/** Where the development servers have a WebSocket of their own, and its subprotocol. */
const OWN: Readonly<Record<string, readonly [path: string, protocols?: readonly string[]]>> = {
  vite: ["/", ["vite-ping"]],
  next: ["/_next/hmr?id=1"],
};

/** Posts to /login/NAME, and returns the cookies for the next request. */
async function logIn({ port }: Example, name: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/login/${name}`, { method: "POST" });
  assert.ok(response.ok, `${response.status} ${await response.text()}`);
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.replace(/;.*/, ""));
  assert.notDeepEqual(cookies, []);
  return cookies.join("; ");
}

/** The process ends, and its client is told before. */
async function stops(example: Example, ws: ClientConnection, how: unknown = 0): Promise<void> {
  assert.deepEqual(await Promise.all([closedWith(ws), example.stop()]), [1001, how]);
}

suite("frameworks", { skip: skipWithoutFrameworks(), timeout: 600_000, concurrency: 2 }, () => {
  // The types of the adapters fit those of the frameworks, and `ws.data` is typed.
  before(compileExamples);

  for (const name of SESSIONS) {
    test(`${name}: the session decides who may connect`, async (context) => {
      const example = await startExample(context, name);
      const url = `ws://127.0.0.1:${example.port}/chat`;
      await refused(url, 401);
      const cookie = await logIn(example, "ada");
      const ws = await connect(url, { headers: { cookie } });
      assert.equal(await ask(ws, "hello"), "ada: hello");
      await refused(url, 401, { headers: { cookie: cookie.replaceAll(/=../g, "=xx") } });
      await refused(`ws://127.0.0.1:${example.port}/elsewhere`, 404, { headers: { cookie } });
      await stops(example, ws);
    });
  }

  for (const [name, headers] of FIELDS) {
    test(`${name}: the hook decides who may connect, and pages still come`, async (context) => {
      const example = await startExample(context, name);
      const page = await fetch(`http://127.0.0.1:${example.port}/`);
      const html = await page.text();
      if (name === "vite") assert.equal(page.status, 404);
      else assert.match(html, /a page/);
      const url = `ws://127.0.0.1:${example.port}/chat`;
      await refused(url, 401);
      const ws = await connect(url, { headers });
      assert.equal(await ask(ws, "hello"), "ada: hello");
      // The framework's own WebSocket is still there.
      const [path, protocols] = OWN[name] ?? [];
      if (path !== undefined) {
        const host = `localhost:${example.port}`;
        const own = await connect(`ws://${host}${path}`, {
          origin: `http://${host}`,
          protocols: protocols ?? [],
        });
        own.terminate();
      }
      if (name === "next") await refused(`ws://127.0.0.1:${example.port}/elsewhere`, 404, { headers });
      // The development server of Vite ends with all its sockets, before anything else can.
      if (name === "vite") assert.equal(await example.stop(), 143);
      else await stops(example, ws);
    });
  }

  test("nestjs: gateways get the user of the session", async (context) => {
    const example = await startExample(context, "nestjs");
    const url = `ws://127.0.0.1:${example.port}/chat`;
    await refused(url, 401);
    const ws = await connect(url, { headers: { cookie: await logIn(example, "ada") } });
    const answer = await ask(ws, JSON.stringify({ event: "say", data: "hello" }));
    assert.deepEqual(JSON.parse(String(answer)), { event: "said", data: "ada: hello" });
    await refused(`ws://127.0.0.1:${example.port}/elsewhere`, 404);
    // When everything is closed, NestJS sends the signal again.
    await stops(example, ws, "SIGTERM");
  });

  test("graphql-ws: the context of operations is ws.data", async (context) => {
    const example = await startExample(context, "graphql-ws");
    const url = `ws://127.0.0.1:${example.port}/graphql`;
    const headers = { authorization: "Bearer s3cret" };
    await refused(url, 401, { protocols: ["graphql-transport-ws"] });
    const ws = await connect(url, { headers, protocols: ["graphql-transport-ws"] });
    assert.equal(await ask(ws, '{"type":"connection_init"}'), '{"type":"connection_ack"}');
    const query = { id: "1", type: "subscribe", payload: { query: "{ whoami }" } };
    const next = JSON.parse(String(await ask(ws, JSON.stringify(query)))) as { payload: unknown };
    assert.deepEqual(next.payload, { data: { whoami: "ada" } });
    assert.deepEqual(JSON.parse(String(await read(ws))), { id: "1", type: "complete" });
    const other = await connect(url, { headers });
    assert.equal(await closedWith(other), 4406);
    await stops(example, ws);
  });

  test("trpc: the context of procedures is ws.data", async (context) => {
    const example = await startExample(context, "trpc");
    const url = `ws://127.0.0.1:${example.port}/trpc`;
    await refused(url, 401);
    const ws = await connect(url, { headers: { authorization: "Bearer s3cret" } });
    const query = { id: 1, jsonrpc: "2.0", method: "query", params: { path: "whoami" } };
    const { result } = JSON.parse(String(await ask(ws, JSON.stringify(query)))) as { result: unknown };
    assert.deepEqual(result, { type: "data", data: "ada" });
    await stops(example, ws);
  });
});
