import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { suite, test } from "node:test";

import type { WebSocket } from "../../src/ws/index.js";
import { loadDropIn, skipWithout } from "./support/consumer.js";
import { listen, makeApplication } from "./support/fastify.js";
import { Inbox, next } from "./support/until.js";

interface Client {
  readonly ws: WebSocket;
  readonly inbox: Inbox<[data: unknown, isBinary: unknown]>;
}

const PACKAGES = ["fastify", "@fastify/websocket"];
const MESSAGES = [
  ["hello", false],
  [Buffer.from([0, 255]), true],
  ["ä".repeat(100_000), false],
] as const;

function attend(ws: WebSocket): Client {
  const inbox = new Inbox<[unknown, unknown]>();
  ws.on("message", (data, isBinary) => inbox.put([isBinary ? data : (data as Buffer).toString(), isBinary]));
  return { ws, inbox };
}

async function connect(url: string, options: object = {}): Promise<Client> {
  const { WebSocket } = loadDropIn();
  const client = attend(new WebSocket(url, options));
  await next(client.ws, "open");
  return client;
}

async function exchange({ ws, inbox }: Client): Promise<void> {
  for (const [data, isBinary] of MESSAGES) {
    ws.send(data);
    assert.deepEqual(await inbox.take(), [data, isBinary]);
  }
}

suite("@fastify/websocket", { skip: skipWithout(...PACKAGES), timeout: 600_000 }, () => {
  for (const perMessageDeflate of [false, true]) {
    test(`exchange, ${perMessageDeflate ? "with" : "without"} compression`, async (context) => {
      const url = await listen(await makeApplication(context, { perMessageDeflate }));
      const client = await connect(`${url}/echo/you`);
      assert.equal(client.ws.extensions, perMessageDeflate ? "permessage-deflate" : "");
      assert.deepEqual(await client.inbox.take(), ["hello you", false]);
      await exchange(client);
      const ended = next(client.ws, "close");
      client.ws.close(4001, "bye");
      assert.deepEqual((await ended).map(String), ["4001", "bye"]);
    });
  }

  test("broadcast, and the end of the server", async (context) => {
    const application = await makeApplication(context);
    const url = await listen(application);
    const clients = await Promise.all([1, 2, 3].map(() => connect(`${url}/news`)));
    assert.equal(application.fastify.websocketServer.clients.size, 3);
    clients[1]!.ws.send("news");
    clients[1]!.ws.send(Buffer.from("more"));
    for (const { inbox } of clients) {
      assert.deepEqual(await inbox.take(), ["news", false]);
      assert.deepEqual(await inbox.take(), [Buffer.from("more"), true]);
    }
    const ends = clients.map(({ ws }) => next(ws, "close"));
    await application.fastify.close();
    assert.deepEqual(
      (await Promise.all(ends)).map(([code]) => code),
      [1005, 1005, 1005],
    );
  });

  test("routes that refuse, close, fail, or are not there", async (context) => {
    const application = await makeApplication(context);
    const url = await listen(application);
    const { WebSocket } = loadDropIn();
    const answer = async (path: string, options: object): Promise<unknown> => {
      const ws = new WebSocket(url + path, options);
      ws.on("error", () => {});
      const [request, response] = await next<[{ destroy(): void }, IncomingMessage]>(
        ws,
        "unexpected-response",
      );
      request.destroy();
      return response.statusCode;
    };
    assert.equal(await answer("/echo/you", { headers: { "X-Token": "wrong" } }), 401);
    const left = await connect(`${url}/leave`);
    assert.deepEqual((await next(left.ws, "close")).map(String), ["4000", "left ä"]);
    const failed = await connect(`${url}/fail`);
    assert.equal((await next(failed.ws, "close"))[0], 1006);
    assert.equal((await application.errors.take()).message, "the handler failed");
    assert.equal(await answer("/nowhere", {}), 404);
  });

  test("a message over maxPayload, and the next connection", async (context) => {
    const application = await makeApplication(context, { maxPayload: 300_000 });
    const url = await listen(application);
    const { ws } = await connect(`${url}/echo/you`);
    const ended = next(ws, "close");
    ws.send(Buffer.alloc(300_001));
    assert.equal((await ended)[0], 1009);
    assert.equal(
      ((await application.errors.take()) as NodeJS.ErrnoException).code,
      "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH",
    );
    const client = await connect(`${url}/echo/you`);
    await client.inbox.take();
    await exchange(client);
  });

  test("injectWS: without a network", async (context) => {
    const { fastify } = await makeApplication(context);
    let client: Client | undefined;
    const ws = await fastify.injectWS("/echo/me", {}, { onInit: (made) => (client = attend(made)) });
    assert.equal(client!.ws, ws);
    assert.deepEqual(await client!.inbox.take(), ["hello me", false]);
    await exchange(client!);
    const [there] = [...fastify.websocketServer.clients];
    const ended = [next(there!, "close"), next(ws, "close")];
    ws.close(4002, "bye");
    assert.deepEqual(
      (await Promise.all(ended)).map((args) => args.map(String)),
      [
        ["4002", "bye"],
        ["4002", "bye"],
      ],
    );
  });

  test("injectWS: refused, and terminated", async (context) => {
    const { fastify } = await makeApplication(context);
    await assert.rejects(
      fastify.injectWS("/echo/me", { headers: { "x-token": "wrong" } }),
      /^Error: Unexpected server response: 401$/,
    );
    const ws = await fastify.injectWS("/news");
    const [there] = [...fastify.websocketServer.clients];
    const ended = next(there!, "close");
    ws.terminate();
    assert.equal((await ended)[0], 1006);
  });
});
