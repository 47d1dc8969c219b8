import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { createServer as createHttps } from "node:https";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";
import type { Duplex } from "node:stream";

import type { ServerOptions, WebSocket, WebSocketServer } from "../../src/ws/index.js";
import { certificate, startHttp } from "../support/live-server.js";
import { loadConsumer, loadDropIn, skipWithout } from "./support/consumer.js";
import { Inbox, next } from "./support/until.js";
import type { Emitter } from "./support/until.js";

interface Client extends Emitter {
  readonly connected: boolean;
  readonly stream: Emitter;
  on(event: "message", listener: (topic: string, payload: Buffer) => void): this;
  subscribeAsync(topic: string, options?: object): Promise<unknown>;
  publishAsync(topic: string, payload: string | Buffer, options?: object): Promise<unknown>;
  endAsync(force?: boolean): Promise<void>;
}
interface Broker extends Emitter {
  handle(stream: Duplex, request: IncomingMessage): void;
  close(done: () => void): void;
}
interface Running {
  readonly url: string;
  readonly ca: string | undefined;
  readonly broker: Broker;
  readonly wss: WebSocketServer;
}

const PACKAGES = ["mqtt", "aedes"];
/** aedes 1.2 takes one chunk where Node 26 has several of them to read, over the original ws, too. */
const NO_BROKER =
  Number.parseInt(process.versions.node, 10) >= 26
    ? "aedes does not work over streams of ws on Node 26"
    : false;
/** MQTT 3.1 has another name and subprotocol. */
const OLD = { protocolId: "MQIsdp", protocolVersion: 3 } as const;
const WAYS = [
  ["plain", {}, {}],
  ["as MQTT 3.1", {}, OLD],
  ["compressed", { perMessageDeflate: { threshold: 0 } }, {}],
  ["over TLS", { isSecure: true }, {}],
] as const;
const OCTETS = Buffer.from([0, 1, 128, 255]);
const LARGE = Buffer.alloc(400_000, "large");

/** A broker over streams that are WebSockets. */
async function startBroker(
  context: TestContext,
  { isSecure = false, ...options }: ServerOptions & { isSecure?: boolean } = {},
): Promise<Running> {
  const { Aedes } = loadConsumer("aedes") as { Aedes: { createBroker(): Promise<Broker> } };
  const { WebSocketServer, createWebSocketStream } = loadDropIn();
  const broker = await Aedes.createBroker();
  const secrets = isSecure ? await certificate() : undefined;
  const http = secrets === undefined ? createServer() : createHttps(secrets);
  const wss = new WebSocketServer({ server: http, path: "/mqtt", ...options });
  wss.on("connection", (ws: WebSocket, request: IncomingMessage) => {
    const stream = createWebSocketStream(ws);
    stream.on("error", () => {});
    broker.handle(stream, request);
  });
  context.after(() => new Promise<void>((resolve) => broker.close(resolve)));
  const port = await startHttp(context, http);
  return { url: `${isSecure ? "wss" : "ws"}://localhost:${port}/mqtt`, ca: secrets?.cert, broker, wss };
}

async function connect(context: TestContext, { url, ca }: Running, options: object = {}): Promise<Client> {
  const { connectAsync } = loadConsumer("mqtt") as {
    connectAsync: (url: string, options: object) => Promise<Client>;
  };
  const client = await connectAsync(url, {
    reconnectPeriod: 1,
    ...(ca === undefined ? {} : { ca }),
    ...options,
  });
  context.after(() => client.endAsync(true));
  return client;
}

async function listen(client: Client, topic: string): Promise<Inbox<[topic: string, payload: Buffer]>> {
  const inbox = new Inbox<[string, Buffer]>();
  client.on("message", (topic, payload) => inbox.put([topic, payload]));
  await client.subscribeAsync(topic, { qos: 1 });
  return inbox;
}

suite("mqtt.js over WebSocket", { skip: skipWithout(...PACKAGES) || NO_BROKER, timeout: 600_000 }, () => {
  for (const [name, options, version] of WAYS) {
    test(`publish and subscribe, ${name}`, async (context) => {
      const running = await startBroker(context, options);
      const clients = [
        await connect(context, running, version),
        await connect(context, running, version),
        await connect(context, running, version),
      ] as const;
      for (const { extensions, protocol } of running.wss.clients) {
        assert.equal(extensions, "perMessageDeflate" in options ? "permessage-deflate" : "");
        assert.equal(protocol, version === OLD ? "mqttv3.1" : "mqtt");
      }
      const inboxes = [await listen(clients[0], "news/#"), await listen(clients[1], "news/+")];
      for (const [at, payload] of ["ä text", OCTETS, LARGE].entries()) {
        await clients[2].publishAsync(`news/${at}`, payload, { qos: at as 0 | 1 | 2 });
        for (const inbox of inboxes)
          assert.deepEqual(await inbox.take(), [`news/${at}`, Buffer.from(payload)]);
      }
      const ended = [...running.wss.clients].map((ws) => next(ws, "close"));
      await Promise.all(clients.map((client) => client.endAsync()));
      await Promise.all(ended);
      assert.equal(running.wss.clients.size, 0);
    });
  }

  test("many small messages in order", async (context) => {
    const running = await startBroker(context);
    const [from, to] = [await connect(context, running), await connect(context, running)];
    const inbox = await listen(to, "count");
    const published = Array.from({ length: 500 }, (_, at) =>
      from.publishAsync("count", String(at), { qos: 1 }),
    );
    for (let at = 0; at < 500; at++) assert.equal(String((await inbox.take())[1]), String(at));
    await Promise.all(published);
  });

  test("connects again, with its subscriptions, when the connection was lost", async (context) => {
    const running = await startBroker(context);
    const client = await connect(context, running, { clientId: "returning", clean: false });
    const inbox = await listen(client, "news");
    const [there] = [...running.wss.clients];
    const [closed, back] = [next(client, "close"), next(client, "connect")];
    there!.terminate();
    await closed;
    await back;
    const other = await connect(context, running);
    await other.publishAsync("news", "again", { qos: 1 });
    assert.equal(String((await inbox.take())[1]), "again");
  });

  test("options of ws and the certificate are handed on", async (context) => {
    const running = await startBroker(context, {
      isSecure: true,
      verifyClient: ({ req }: { req: IncomingMessage }) => req.headers["x-token"] === "right",
    });
    const headers = { "X-Token": "right" };
    const client = await connect(context, running, { wsOptions: { headers } });
    assert.equal(client.connected, true);
    const fails = async (options: object): Promise<string> => {
      const { connect: begin } = loadConsumer("mqtt") as {
        connect: (url: string, options: object) => Client;
      };
      const failing = begin(running.url, { reconnectPeriod: 0, ...options });
      const [error] = await next<[Error]>(failing.stream, "error");
      await failing.endAsync(true);
      return error.message;
    };
    assert.equal(await fails({ ca: running.ca }), "Unexpected server response: 401");
    assert.match(await fails({ wsOptions: { headers } }), /self-signed certificate/);
  });
});
