import assert from "node:assert/strict";
import { suite, test } from "node:test";

import { loadDropIn, skipWithout } from "./support/consumer.js";
import { startClient, startServer, subscribe } from "./support/graphql.js";
import type { CloseEvent, Result } from "./support/graphql.js";
import { Inbox, next } from "./support/until.js";

const PACKAGES = ["graphql-ws", "graphql"];

suite("graphql-ws", { skip: skipWithout(...PACKAGES), timeout: 600_000 }, () => {
  test("a query, a mistake in one, and a subscription to its end", async (context) => {
    const { url } = await startServer(context);
    const client = startClient(context, url);
    const name = "ä".repeat(50_000);
    const hello = await client.iterate({ query: `{ hello(name: "${name}") }` }).next();
    assert.equal((hello.value as Result).data?.["hello"], `Hello ${name}`);
    const wrong = client.iterate({ query: "{ goodbye }" }).next();
    await assert.rejects(wrong, ([error]: { message: string }[]) => /goodbye/.test(error!.message));
    const counted: unknown[] = [];
    for await (const { data } of client.iterate({ query: "subscription { count(to: 100) }" }))
      counted.push(data?.["count"]);
    assert.deepEqual(
      counted,
      Array.from({ length: 100 }, (_, at) => at + 1),
    );
  });

  test("news for many, and the end of one of them", async (context) => {
    const running = await startServer(context);
    const clients = [startClient(context, running.url), startClient(context, running.url)];
    const readers = await Promise.all(clients.map((client) => subscribe(running, client)));
    for (const news of ["first", "second"]) {
      for (const inbox of running.news) inbox.put(news);
      assert.deepEqual(await Promise.all(readers.map((read) => read())), [news, news]);
    }
    assert.equal(running.wss.clients.size, 2);
    clients[0]!.dispose();
    assert.deepEqual(await running.closes.take(), [1000, "Normal Closure"]);
    const [left] = [...running.wss.clients];
    assert.equal(running.wss.clients.size, 1);
    assert.equal(left!.protocol, "graphql-transport-ws");
  });

  test("subscribes again when the connection was lost", async (context) => {
    const running = await startServer(context);
    const client = startClient(context, running.url);
    const closed = new Inbox<CloseEvent>();
    client.on("closed", closed.put);
    const read = await subscribe(running, client);
    const socket = await running.sockets.take();
    running.news.clear();
    socket.terminate();
    assert.equal((await closed.take()).code, 1006);
    assert.deepEqual(await running.closes.take(), [1006, ""]);
    await running.subscribed.take();
    for (const inbox of running.news) inbox.put("again");
    assert.equal(await read(), "again");
    assert.notEqual(await running.sockets.take(), socket);
  });

  test("the code and reason with which the server closes", async (context) => {
    const running = await startServer(context);
    const client = startClient(context, running.url, { shouldRetry: () => false });
    const closed = new Inbox<CloseEvent>();
    client.on("closed", closed.put);
    const read = await subscribe(running, client);
    (await running.sockets.take()).close(4400, "Enough ä");
    await assert.rejects(read(), ({ code, reason }: CloseEvent) => code === 4400 && reason === "Enough ä");
    const { code, reason, wasClean } = await closed.take();
    assert.deepEqual([code, reason, wasClean], [4400, "Enough ä", true]);
  });

  test("a client that speaks something else", async (context) => {
    const { url } = await startServer(context);
    const { WebSocket } = loadDropIn();
    const silent = new WebSocket(url);
    assert.deepEqual((await next(silent, "close")).map(String), ["4406", "Subprotocol not acceptable"]);
    const wrong = new WebSocket(url, ["other", "graphql-transport-ws"]);
    await next(wrong, "open");
    assert.equal(wrong.protocol, "graphql-transport-ws");
    wrong.send("no JSON");
    assert.deepEqual((await next(wrong, "close")).map(String), ["4400", "Invalid message received"]);
  });

  test("a client that answers no ping is dropped", async (context) => {
    const [patient, strict] = [await startServer(context, {}, 1000), await startServer(context, {}, 50)];
    await subscribe(patient, startClient(context, patient.url));
    const pong = next(await patient.sockets.take(), "pong");
    const { WebSocket } = loadDropIn();
    const dead = new WebSocket(strict.url, "graphql-transport-ws", { autoPong: false });
    assert.equal((await next(dead, "close"))[0], 1006);
    await pong;
  });

  test("a server that goes away", async (context) => {
    const running = await startServer(context);
    const client = startClient(context, running.url, { shouldRetry: () => false });
    const read = await subscribe(running, client);
    const ended = assert.rejects(read(), ({ code }: CloseEvent) => code === 1001);
    await running.dispose();
    await ended;
  });
});
