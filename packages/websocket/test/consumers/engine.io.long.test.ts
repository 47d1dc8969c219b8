import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { IncomingMessage, Server as HttpServer } from "node:http";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";

import { startHttp } from "../support/live-server.js";
import { importConsumer, loadConsumer, loadDropIn, skipWithout } from "./support/consumer.js";
import { Inbox, next } from "./support/until.js";
import type { Emitter } from "./support/until.js";

interface Socket extends Emitter {
  readonly remoteAddress?: string;
  /** `socket` is the WebSocket of a server's transport. */
  readonly transport: { readonly name: string; readonly socket?: { readonly extensions: string } };
  on(event: "message", listener: (data: string | Buffer) => void): this;
  send(data: string | Buffer, options?: object, callback?: () => void): this;
  close(): void;
}
interface Server extends Emitter {
  readonly clientsCount: number;
  on(event: "headers", listener: (headers: Record<string, string>, request: IncomingMessage) => void): this;
  close(): void;
}
type Connect = new (url: string, options: object) => Socket;

const PACKAGES = ["engine.io", "engine.io-client"];
const LARGE = "ä large message ".repeat(10_000);

interface Pair {
  readonly server: Server;
  readonly here: Socket;
  readonly there: Socket;
  readonly url: string;
}

async function startServer(context: TestContext, options: object): Promise<{ server: Server; url: string }> {
  const { attach } = loadConsumer("engine.io") as { attach: (http: HttpServer, options: object) => Server };
  const http = createServer();
  const server = attach(http, { pingInterval: 20_000, ...options });
  context.after(() => server.close());
  return { server, url: `http://127.0.0.1:${await startHttp(context, http)}` };
}

async function connect(
  context: TestContext,
  { server, url }: { server: Server; url: string },
  options: object = {},
  Connect: Connect = (loadConsumer("engine.io-client") as { Socket: Connect }).Socket,
): Promise<Pair> {
  const connected = next<[Socket]>(server, "connection");
  const here = new Connect(url, { transports: ["websocket"], ...options });
  context.after(() => here.close());
  await next(here, "open");
  return { server, url, here, there: (await connected)[0] };
}

/** Everything that is sent comes out at the other side, in order and of its kind. */
async function exchange({ here, there }: Pair): Promise<void> {
  for (const [from, to] of [
    [here, there],
    [there, here],
  ] as const) {
    const inbox = new Inbox<string | Buffer>();
    to.on("message", inbox.put);
    for (const data of ["hello", Buffer.from([0, 1, 254, 255]), LARGE]) {
      from.send(data);
      assert.deepEqual(await inbox.take(), data);
    }
  }
}

suite("engine.io", { skip: skipWithout(...PACKAGES), timeout: 600_000 }, () => {
  for (const perMessageDeflate of [false, true, { threshold: 0 }]) {
    test(`exchange with perMessageDeflate ${JSON.stringify(perMessageDeflate)}`, async (context) => {
      const server = await startServer(context, { perMessageDeflate });
      const pair = await connect(context, server, { perMessageDeflate });
      assert.equal(pair.there.remoteAddress, "127.0.0.1");
      assert.equal(pair.there.transport.socket?.extensions, perMessageDeflate ? "permessage-deflate" : "");
      await exchange(pair);
      const ended = next(pair.there, "close");
      pair.here.close();
      assert.equal((await ended)[0], "transport close");
      assert.equal(server.server.clientsCount, 0);
    });

    test(`upgrade from polling with perMessageDeflate ${JSON.stringify(perMessageDeflate)}`, async (context) => {
      const server = await startServer(context, { perMessageDeflate });
      const pair = await connect(context, server, {
        transports: ["polling", "websocket"],
        perMessageDeflate,
      });
      assert.equal(pair.here.transport.name, "polling");
      const both = [next(pair.here, "upgrade"), next(pair.there, "upgrade")];
      await Promise.all(both);
      assert.equal(pair.there.transport.socket?.extensions, perMessageDeflate ? "permessage-deflate" : "");
      await exchange(pair);
    });
  }

  test("the client as an ES module", async (context) => {
    const { Socket } = (await importConsumer("engine.io-client", "build/esm/index.js")) as {
      Socket: Connect;
    };
    await exchange(await connect(context, await startServer(context, {}), {}, Socket));
  });

  test("a message framed once, for many", async (context) => {
    const { Sender } = loadDropIn();
    const server = await startServer(context, {});
    const pairs = [
      await connect(context, server),
      await connect(context, server),
      await connect(context, server),
    ];
    const inboxes = pairs.map(({ here }) => {
      const inbox = new Inbox<string | Buffer>();
      here.on("message", inbox.put);
      return inbox;
    });
    // What stands in the frame differs from the message, so that it shows which of the two was sent.
    const wsPreEncodedFrame = Sender.frame(Buffer.from("4framed"), {
      readOnly: false,
      mask: false,
      rsv1: false,
      opcode: 1,
      fin: true,
    });
    const written = pairs.map(
      ({ there }) =>
        new Promise<void>((resolve) => there.send("framed here", { wsPreEncodedFrame }, resolve)),
    );
    for (const { there } of pairs) there.send("after it");
    await Promise.all(written);
    for (const inbox of inboxes)
      assert.deepEqual([await inbox.take(), await inbox.take()], ["framed", "after it"]);
  });

  test("headers of the answer", async (context) => {
    const server = await startServer(context, {});
    server.server.on("headers", (headers, request) => {
      headers["x-path"] = request.url!.replace(/\?.*/, "");
    });
    const { WebSocket } = loadDropIn();
    const websocket = new WebSocket(`${server.url}/engine.io/?EIO=4&transport=websocket`);
    const [response] = await next<[IncomingMessage]>(websocket, "upgrade");
    assert.equal(response.headers["x-path"], "/engine.io/");
    websocket.terminate();
  });

  test("closed by the server, and opened again", async (context) => {
    const server = await startServer(context, {});
    for (let time = 0; time < 3; time++) {
      const pair = await connect(context, server);
      const ended = next(pair.here, "close");
      pair.there.close();
      await ended;
      assert.equal(server.server.clientsCount, 0);
    }
    const pair = await connect(context, server);
    const ended = next(pair.here, "close");
    server.server.close();
    await ended;
  });

  test("a message over maxHttpBufferSize ends the connection", async (context) => {
    const server = await startServer(context, { maxHttpBufferSize: 1000 });
    const { here, there } = await connect(context, server);
    const ended = [next(here, "close"), next(there, "close")];
    here.send("x".repeat(1001));
    const reasons = (await Promise.all(ended)).map(([reason]) => reason);
    assert.deepEqual(reasons, ["transport close", "transport error"]);
  });
});
