import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { suite, test } from "node:test";

import { connect } from "@wireproof/websocket";
import type { UpgradeResult } from "@wireproof/websocket";

import { behindFastify } from "../src/fastify.js";
import type { FastifyApplication } from "../src/fastify.js";
import { ask, refused } from "./support/client.js";
import { serve } from "./support/servers.js";

interface Request {
  readonly raw: IncomingMessage;
}
interface Route {
  readonly method: string;
  readonly url: string;
  handler(request: Request, reply: Reply): Promise<unknown>;
}

/** What is needed of Fastify's reply. */
class Reply {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  code(status: number): this {
    this.#response.statusCode = status;
    return this;
  }

  headers(fields: Readonly<Record<string, string>>): this {
    for (const [name, value] of Object.entries(fields)) this.#response.setHeader(name, value);
    return this;
  }

  send(body?: string): this {
    this.#response.end(body);
    return this;
  }
}

/** What is needed of Fastify, with a hook before the end of a reply; the real one is tried in frameworks.long.test. */
class Application implements FastifyApplication {
  route_: Route | undefined;
  beforeEnd: (response: ServerResponse) => void = (response) =>
    void response.setHeader("Set-Cookie", "session=1");

  route(route: never): void {
    this.route_ = route;
  }

  async ready(): Promise<void> {}

  routing(raw: IncomingMessage, response: ServerResponse): void {
    const end = response.end.bind(response);
    response.end = ((...args: []) => {
      if (!response.headersSent) this.beforeEnd(response);
      return end(...args);
    }) as typeof end;
    if (raw.url !== this.route_?.url) return void response.writeHead(404).end("no such route");
    this.route_?.handler({ raw }, new Reply(response)).catch((error: unknown) => {
      response.writeHead(500).end((error as Error).message);
    });
  }
}

const hookOf = (
  app: Application,
  decide: () => UpgradeResult<string> | Promise<UpgradeResult<string>>,
): ReturnType<typeof behindFastify<string, Request>> =>
  behindFastify<string, Request>(app, { url: "/chat" }, decide);

suite("a route of Fastify before the upgrade hook", () => {
  test("accepts, and what its hooks set goes with the answer", async (context) => {
    const url = await serve(
      context,
      hookOf(new Application(), async () => ({ data: "ada" })),
    );
    const ws = await connect(url);
    assert.equal(ws.handshake.headers.get("set-cookie"), "session=1");
    assert.equal(await ask(ws, "hello"), '"ada": hello');
  });

  test("refuses as the decision says, and as Fastify answers", async (context) => {
    const app = new Application();
    const url = await serve(
      context,
      hookOf(app, () => ({ status: 401, body: "who?", headers: { "X-Why": "user" } })),
    );
    const { body, headers } = await refused(url, 401);
    assert.deepEqual(
      [body, headers?.get("x-why"), headers?.get("set-cookie")],
      ["who?", "user", "session=1"],
    );
    assert.equal((await refused(`${url}/elsewhere`, 404)).body, "no such route");
  });

  test("an error of the decision, or after it, is what Fastify makes of it", async (context) => {
    const failing = await serve(
      context,
      hookOf(new Application(), () => Promise.reject(new Error("broken"))),
    );
    assert.equal((await refused(failing, 500)).body, "broken");
    const app = new Application();
    app.beforeEnd = (response) => void (response.statusCode = 503);
    await refused(
      await serve(
        context,
        hookOf(app, () => ({ data: "ada" })),
      ),
      503,
    );
  });

  test("a request that is no opening handshake gets 426", async () => {
    const app = new Application();
    hookOf(app, () => ({ data: "ada" }));
    const said: unknown[] = [];
    const reply = {
      code: (status: number) => (said.push(status), reply),
      headers: (fields: object) => (said.push(fields), reply),
      send: () => reply,
    };
    await app.route_?.handler({ raw: {} as IncomingMessage }, reply as unknown as Reply);
    assert.deepEqual(said, [426, { connection: "Upgrade", upgrade: "websocket" }]);
  });
});
