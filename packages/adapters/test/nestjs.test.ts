import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";

import { connect } from "@wireproof/websocket";
import type { ClientConnection, WebSocketConnection } from "@wireproof/websocket";

import { WireproofAdapter } from "../src/nestjs.js";
import type { NestAdapterOptions, NestHandler, NestObservable } from "../src/nestjs.js";
import { ask, closedWith, read, refused } from "./support/client.js";

interface Session {
  readonly user: string;
}
type Client = WebSocketConnection<Session> & { emit(event: string, data: unknown): unknown };
type Observer = Parameters<NestObservable["subscribe"]>[0];

/** What NestJS makes of a result, without rxjs: values that are there already, or an Observable. The real one is tried in frameworks.long.test. */
function transform(result: unknown): NestObservable {
  if (typeof result === "object" && result !== null && "subscribe" in result) return result as NestObservable;
  return {
    subscribe({ next, complete }) {
      next(result);
      complete();
      return { closed: true, unsubscribe() {} };
    },
  };
}

/** An application with one gateway, of which NestJS has told the adapter. */
async function start(
  context: TestContext,
  methods: (client: Client) => NestHandler[],
  options: NestAdapterOptions<Session> = {},
): Promise<{
  adapter: WireproofAdapter<Session>;
  url: string;
  gone: Promise<string>;
  readonly close: () => Promise<void>;
}> {
  const http = createHttpServer();
  const adapter = new WireproofAdapter<Session>(
    { getHttpServer: () => http },
    { upgrade: () => ({ data: { user: "ada" } }), ...options },
  );
  const server = adapter.create(0, { path: "/chat" });
  let leave: (reason: string) => void = () => {};
  const gone = new Promise<string>((resolve) => (leave = resolve));
  adapter.bindClientConnect(server, (client: Client) => {
    adapter.bindMessageHandlers(client, methods(client), transform);
    adapter.bindClientDisconnect(client, leave);
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  context.after(async () => {
    await adapter.close(server);
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  return { adapter, url: `ws://127.0.0.1:${port}/chat`, gone, close: () => adapter.close(server) };
}

const say = (ws: ClientConnection, event: string, data?: unknown): Promise<unknown> =>
  ask(ws, JSON.stringify({ event, data }));

suite("the adapter for NestJS", () => {
  test("gives a method its message, and sends what it returns", async (context) => {
    const { url, gone } = await start(context, (client) => [
      {
        message: "say",
        callback: (data, event) => ({ event, data: `${client.data.user}: ${String(data)}` }),
      },
      { message: "nothing", callback: () => undefined },
      { message: "zero", callback: () => 0 },
    ]);
    const ws = await connect(url);
    assert.equal(await say(ws, "say", "hello"), '{"event":"say","data":"ada: hello"}');
    // None of these has an answer.
    for (const message of ["no JSON", "null", "{}", '{"event":"elsewhere"}', '{"event":"nothing"}'])
      ws.send(message);
    assert.equal(await say(ws, "zero"), "0");
    ws.close(4000, "bye");
    assert.equal(await gone, "bye");
  });

  test("subscribes to Observables until the client is gone", async (context) => {
    let [observer, stopped]: [Observer | undefined, () => void] = [undefined, () => {}];
    const unsubscribed = new Promise<void>((resolve) => (stopped = resolve));
    const source: NestObservable = {
      subscribe(given) {
        observer = given;
        return { unsubscribe: stopped };
      },
    };
    const { url } = await start(context, () => [
      { message: "watch", callback: () => source },
      { message: "ready", callback: () => "ready" },
    ]);
    const ws = await connect(url);
    ws.send('{"event":"watch"}');
    assert.equal(await say(ws, "ready"), '"ready"');
    for (const value of [1, null, 2]) observer!.next(value);
    assert.deepEqual([await read(ws), await read(ws)], ["1", "2"]);
    ws.close();
    await unsubscribed;
    // What comes afterwards goes nowhere.
    observer!.next(3);
  });

  test("sends exceptions as events", async (context) => {
    const { url } = await start(context, (client) => [
      // As BaseWsExceptionFilter does it.
      { message: "fail", callback: () => void client.emit("exception", { status: "error" }) },
    ]);
    const ws = await connect(url);
    assert.equal(await say(ws, "fail"), '{"event":"exception","data":{"status":"error"}}');
  });

  test("has the options of the server: the hook, limits, another format of messages", async (context) => {
    const options: NestAdapterOptions<Session> = {
      upgrade: ({ query }) => (query.get("user") === "ada" ? { data: { user: "ada" } } : { status: 401 }),
      limits: { messageOctets: 10 },
      parse: (data) => ({ event: "any", data }),
    };
    const { url } = await start(context, () => [{ message: "any", callback: (data) => data }], options);
    await refused(url, 401);
    const ws = await connect(`${url}?user=ada`);
    assert.equal(await ask(ws, "text"), '"text"');
    ws.send("more than ten octets");
    assert.equal(await closedWith(ws), 1009);
  });

  test("closes its clients with 1001, and late ones with 1013", async (context) => {
    const { url, close, adapter } = await start(context, (client) => {
      if (client.handshake.target.endsWith("?late")) adapter.closeClient(client);
      return [];
    });
    assert.equal(await closedWith(await connect(`${url}?late`)), 1013);
    const ws = await connect(url);
    const [code] = await Promise.all([closedWith(ws), close()]);
    assert.equal(code, 1001);
    await adapter.dispose();
  });

  test("listens on the port of a gateway, and refuses namespaces", async (context) => {
    const adapter = new WireproofAdapter({ getHttpServer: () => assert.fail("not of the application") });
    assert.throws(() => adapter.create(0, { namespace: "/news" }), /namespaces/);
    const free = createHttpServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, "close");
    const server = adapter.create(port);
    context.after(() => adapter.close(server));
    const opened = new Promise((resolve) => adapter.bindClientConnect(server, resolve));
    // It listens at once, but says so to nobody.
    const ws = await connect(`ws://127.0.0.1:${port}`);
    assert.equal(((await opened) as Client).data, undefined);
    ws.terminate();
  });
});
