import assert from "node:assert/strict";
import type { TestContext } from "node:test";

import type { ServerOptions, WebSocket, WebSocketServer } from "../../../src/ws/index.js";
import { loadConsumer } from "./consumer.js";
import { Inbox } from "./until.js";

interface Request {
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly ws: boolean;
}
type Handler = (this: Fastify, socket: WebSocket, request: Request) => void | Promise<void>;
interface Reply {
  code(status: number): { send(body: string): unknown };
}
interface Fastify {
  readonly websocketServer: WebSocketServer;
  register(plugin: unknown, options?: object): Fastify;
  addHook(name: "preValidation", hook: (request: Request, reply: Reply) => Promise<unknown>): Fastify;
  get(path: string, options: { websocket: true }, handler: Handler): Fastify;
  listen(options: { port: number; host: string }): Promise<string>;
  ready(): Promise<unknown>;
  close(): Promise<void>;
  injectWS(
    path?: string,
    upgradeContext?: object,
    options?: { onInit?(ws: WebSocket): void; onOpen?(ws: WebSocket): void },
  ): Promise<WebSocket>;
}
export interface Application {
  readonly fastify: Fastify;
  /** What was reported to the plugin about connections that failed. */
  readonly errors: Inbox<Error>;
}

/** An application with a few WebSocket routes, not listening yet. */
export async function makeApplication(
  context: TestContext,
  options: ServerOptions = {},
): Promise<Application> {
  const { fastify: make } = loadConsumer("fastify") as { fastify: () => Fastify };
  const fastify = make();
  const errors = new Inbox<Error>();
  const errorHandler = (error: Error, socket: WebSocket): void => {
    errors.put(error);
    socket.terminate();
  };
  fastify.register(loadConsumer("@fastify/websocket"), { options, errorHandler });
  context.after(() => fastify.close());
  // Routes come behind the plugin: it has to see them.
  fastify.register((routes: Fastify, _options: object, done: () => void) => {
    routes.addHook("preValidation", async (request, reply) => {
      if (request.headers["x-token"] === "wrong") await reply.code(401).send("who are you");
    });
    routes.get("/echo/:name", { websocket: true }, (socket, request) => {
      assert.equal(request.ws, true);
      socket.send(`hello ${request.params["name"]}`);
      socket.on("message", (data, binary) => socket.send(data, { binary }));
    });
    routes.get("/news", { websocket: true }, function (socket) {
      socket.on("message", (data, binary) => {
        for (const client of this.websocketServer.clients) client.send(data, { binary });
      });
    });
    routes.get("/leave", { websocket: true }, (socket) => socket.close(4000, "left ä"));
    routes.get("/fail", { websocket: true }, () => Promise.reject(new Error("the handler failed")));
    done();
  });
  await fastify.ready();
  return { fastify, errors };
}

/** Lets it listen on a free port; resolves with its address. */
export async function listen({ fastify }: Application): Promise<string> {
  return (await fastify.listen({ port: 0, host: "127.0.0.1" })).replace("http", "ws");
}
