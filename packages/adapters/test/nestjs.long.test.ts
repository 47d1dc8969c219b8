/** Gateways of the real NestJS: what they return, throw and publish. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";
import { pathToFileURL } from "node:url";

import { connect } from "@wireproof/websocket";
import type { Server, WebSocketConnection } from "@wireproof/websocket";

import { WireproofAdapter } from "../src/nestjs.js";
import { ask, closedWith, read } from "./support/client.js";
import { EXAMPLES, skipWithoutFrameworks } from "./support/example.js";

interface Application {
  getHttpServer(): { address(): AddressInfo };
  useWebSocketAdapter(adapter: object): void;
  listen(port: number, host: string): Promise<void>;
  close(): Promise<void>;
}
type Decorator = (target: object, name?: string, parameter?: unknown) => void;
type Client = WebSocketConnection<{ user: string }>;

const resolve = createRequire(join(EXAMPLES, "package.json")).resolve;

async function load<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(resolve(name)).href)) as T;
}

/** An application with one gateway, which is written without the syntax of decorators. */
async function start(
  context: TestContext,
): Promise<{ url: string; gateway: { seen: unknown[] }; app: Application }> {
  await load("reflect-metadata");
  const { Module } = await load<{ Module: (options: object) => Decorator }>("@nestjs/common");
  const { NestFactory } = await load<{
    NestFactory: { create(module: object, options: object): Promise<Application> };
  }>("@nestjs/core");
  const { of } = await load<{ of: (...values: unknown[]) => object }>("rxjs");
  const nest = await load<{
    ConnectedSocket: () => Decorator;
    MessageBody: () => Decorator;
    SubscribeMessage: (message: string) => Decorator;
    WebSocketGateway: (options: object) => Decorator;
    WebSocketServer: () => Decorator;
    WsException: new (message: string) => Error;
  }>("@nestjs/websockets");

  class Gateway {
    static readonly seen: unknown[] = [];
    readonly server?: Server<{ user: string }>;

    afterInit(server: object): void {
      Gateway.seen.push(["init", "publish" in server]);
    }

    handleConnection(client: Client): void {
      client.subscribe("news");
      Gateway.seen.push(["connection", client.data.user]);
    }

    handleDisconnect(client: Client, reason: string): void {
      Gateway.seen.push(["disconnect", client.state, reason]);
    }

    many(): object {
      return of({ event: "many", data: 1 }, { event: "many", data: 2 });
    }

    async later(client: Client, body: unknown): Promise<object> {
      return { event: "later", data: [client.data.user, body] };
    }

    fail(): never {
      throw new nest.WsException("no such room");
    }

    publish(): void {
      this.server?.publish("news", "for all");
    }
  }
  nest.WebSocketGateway({ path: "/chat" })(Gateway);
  nest.WebSocketServer()(Gateway.prototype, "server");
  nest.ConnectedSocket()(Gateway.prototype, "later", 0);
  nest.MessageBody()(Gateway.prototype, "later", 1);
  for (const method of ["many", "later", "fail", "publish"] as const)
    nest.SubscribeMessage(method)(
      Gateway.prototype,
      method,
      Object.getOwnPropertyDescriptor(Gateway.prototype, method),
    );
  // oxlint-disable-next-line typescript/no-extraneous-class -- a module of NestJS is one
  class Root {}
  Module({ providers: [Gateway] })(Root);

  const app = await NestFactory.create(Root, { logger: false });
  app.useWebSocketAdapter(
    new WireproofAdapter<{ user: string }>(app, { upgrade: () => ({ data: { user: "ada" } }) }),
  );
  await app.listen(0, "127.0.0.1");
  context.after(() => app.close());
  return { url: `ws://127.0.0.1:${app.getHttpServer().address().port}/chat`, gateway: Gateway, app };
}

suite("NestJS", { skip: skipWithoutFrameworks(), timeout: 600_000 }, () => {
  test("gateways answer, fail, publish, and are told of clients", async (context) => {
    const { url, gateway, app } = await start(context);
    const ws = await connect(url);
    const say = async (event: string, data?: unknown): Promise<unknown> =>
      JSON.parse(String(await ask(ws, JSON.stringify({ event, data }))));
    assert.deepEqual(await say("later", { a: 1 }), { event: "later", data: ["ada", { a: 1 }] });
    assert.deepEqual(await say("many"), { event: "many", data: 1 });
    assert.equal(await read(ws), '{"event":"many","data":2}');
    const failure = (await say("fail")) as { event: string; data: { message: string } };
    assert.deepEqual([failure.event, failure.data.message], ["exception", "no such room"]);
    assert.equal(await ask(ws, '{"event":"publish"}'), "for all");
    const [code] = await Promise.all([closedWith(ws), app.close()]);
    assert.equal(code, 1001);
    assert.deepEqual(gateway.seen, [
      ["init", true],
      ["connection", "ada"],
      ["disconnect", "closed", ""],
    ]);
  });
});
