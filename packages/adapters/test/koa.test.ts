import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { suite, test } from "node:test";

import { connect } from "@wireproof/websocket";

import { behindKoa } from "../src/koa.js";
import type { KoaApplication } from "../src/koa.js";
import { ask, refused } from "./support/client.js";
import { serve } from "./support/servers.js";

interface Context {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  user?: string;
  body?: unknown;
}
type Middleware = (ctx: Context, next: () => Promise<unknown>) => unknown;

/** What is needed of Koa; the real one is tried in frameworks.long.test. */
function application(...middleware: Middleware[]): KoaApplication<Context> {
  return { middleware, createContext: (request, response) => ({ request, response }) };
}

suite("the middleware of Koa before the upgrade hook", () => {
  test("surrounds the hook, and its cookies go with the answer", async (context) => {
    const seen: string[] = [];
    const app = application(
      async ({ response }, next) => {
        seen.push("in");
        await next();
        seen.push("out");
        response.setHeader("Set-Cookie", "session=1");
      },
      (ctx, next) => {
        ctx.user = "ada";
        return next();
      },
    );
    const hook = behindKoa(app, ({ user }, { request }) => {
      seen.push(`hook ${request.path}`);
      return { data: { user } };
    });
    const ws = await connect(await serve(context, hook));
    assert.deepEqual(seen, ["in", "hook /chat", "out"]);
    assert.equal(ws.handshake.headers.get("set-cookie"), "session=1");
    assert.equal(await ask(ws, "hello"), '{"user":"ada"}: hello');
  });

  const refusals: [string, Middleware, number, string][] = [
    ["nobody answers", () => {}, 404, "Not Found"],
    ["text", (ctx) => ((ctx.response.statusCode = 403), (ctx.body = "no")), 403, "no"],
    ["JSON", (ctx) => ((ctx.response.statusCode = 403), (ctx.body = { no: 1 })), 403, '{"no":1}'],
    ["octets", (ctx) => ((ctx.response.statusCode = 403), (ctx.body = Buffer.from("no"))), 403, "no"],
    ["the response itself", ({ response }) => response.writeHead(401).end("who?"), 401, "who?"],
    [
      "an error",
      () => Promise.reject(Object.assign(new Error("no"), { status: 401, expose: true })),
      401,
      "no",
    ],
    ["the hook", (_ctx, next) => next(), 418, "tea"],
  ];
  for (const [what, middleware, status, body] of refusals) {
    test(`refuses: ${what}`, async (context) => {
      const hook = behindKoa(application(middleware), () => ({ status: 418, body: "tea" }));
      assert.equal((await refused(await serve(context, hook), status)).body, body);
    });
  }
});
