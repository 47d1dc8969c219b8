/** An application of Express as middleware, and Passport. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { suite, test } from "node:test";

import { connect, createServer } from "@wireproof/websocket";

import { behind } from "../src/middleware.js";
import type { Middleware } from "../src/middleware.js";
import { ask, refused } from "./support/client.js";
import { EXAMPLES, skipWithoutFrameworks } from "./support/example.js";
import { serve } from "./support/servers.js";

interface Request extends IncomingMessage {
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  user?: { readonly name: string };
  logIn(user: object, done: (error?: unknown) => void): void;
}
interface Response {
  locals: { name?: string };
  status(code: number): this;
  json(value: unknown): this;
  redirect(url: string): void;
  sendFile(path: string): void;
  cookie(name: string, value: string): this;
  end(): void;
}
type Handler = (request: Request, response: Response, next: (error?: unknown) => void) => unknown;
type Express = RequestListener & {
  use(...handlers: Middleware[]): Express;
  get(path: string, handler: Handler): Express;
  post(path: string, handler: Handler): Express;
};
interface Passport {
  session(): Middleware;
  serializeUser(serialize: (user: object, done: (error: unknown, id: unknown) => void) => void): void;
  deserializeUser(deserialize: (id: string, done: (error: unknown, user: object) => void) => void): void;
}

const load = createRequire(join(EXAMPLES, "package.json"));

suite("Express", { skip: skipWithoutFrameworks(), timeout: 600_000 }, () => {
  test("an application is middleware: with its routes, and the methods of its responses", async (context) => {
    const express = load("express") as () => Express;
    const app = express().get("/chat/:room", (request, response, next) => {
      if (request.params["room"] === "closed") return response.status(403).json({ closed: true });
      if (request.params["room"] === "file")
        return response.status(402).sendFile(join(EXAMPLES, "package.json"));
      if (request.params["room"] === "moved") return response.redirect("/elsewhere");
      if (request.params["room"] === "broken") throw Object.assign(new Error("Gone."), { status: 410 });
      response.cookie("room", "1");
      response.locals.name = request.path;
      return next();
    });
    const hook = behind<string, Request>([app], (request) => {
      const { locals } = (request as unknown as { res: Response }).res;
      return { data: locals.name ?? "no route" };
    });
    const url = await serve(context, hook);
    const closed = await refused(`${url}/closed`, 403);
    assert.equal(closed.body, '{"closed":true}');
    assert.equal(closed.headers?.get("content-type"), "application/json; charset=utf-8");
    assert.equal((await refused(`${url}/moved`, 302)).headers?.get("location"), "/elsewhere");
    await refused(`${url}/broken`, 410);
    // As a stream.
    assert.match((await refused(`${url}/file`, 402)).body ?? "", /wireproof-example-frameworks/);
    const ws = await connect(`${url}/open`);
    assert.equal(ws.handshake.headers.get("set-cookie"), "room=1; Path=/");
    assert.equal(await ask(ws, "hello"), '"/chat/open": hello');
    assert.equal(await ask(await connect(url), "hello"), '"no route": hello');
  });

  test("Passport finds the user of the session", async (context) => {
    const express = load("express") as () => Express;
    const session = load("express-session") as (options: object) => Middleware;
    const passport = load("passport") as Passport;
    passport.serializeUser((user, done) => done(null, (user as { name: string }).name));
    passport.deserializeUser((name, done) => done(null, { name }));
    const middleware = [
      session({ secret: "change me", resave: false, saveUninitialized: false, rolling: true }),
      passport.session(),
    ];
    const app = express()
      .use(...middleware)
      .post("/login/:user", (request, response, next) =>
        request.logIn({ name: request.params["user"] }, (error) => (error ? next(error) : response.end())),
      );
    const http = createHttpServer(app);
    const server = createServer<string>({
      upgrade: behind<string, Request>(middleware, ({ user }) =>
        user === undefined ? { status: 401 } : { data: user.name },
      ),
      message: (ws, data) => ws.send(`${ws.data}: ${String(data)}`),
    }).attach(http);
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    context.after(async () => {
      await server.close({ drainMs: 0 });
      http.close();
    });
    const { port } = http.address() as AddressInfo;
    const url = `ws://127.0.0.1:${port}/chat`;
    await refused(url, 401);
    const answer = await fetch(`http://127.0.0.1:${port}/login/ada`, { method: "POST" });
    const [cookie = ""] = answer.headers.getSetCookie().map((each) => each.replace(/;.*/, ""));
    const ws = await connect(url, { headers: { cookie } });
    assert.equal(await ask(ws, "hello"), "ada: hello");
    // A rolling session sets its cookie again with each answer.
    assert.match(String(ws.handshake.headers.get("set-cookie")), /^connect\.sid=/);
  });
});
