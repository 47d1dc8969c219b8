import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { suite, test } from "node:test";

import { connect } from "@wireproof/websocket";

import { behind } from "../src/middleware.js";
import { ask, refused } from "./support/client.js";
import { serve } from "./support/servers.js";

interface Request extends IncomingMessage {
  user?: string;
}
type Next = (error?: unknown) => void;

const accept = { data: "ok" };

/** Sets what stands in the query. */
const user = (request: Request, _response: ServerResponse, next: Next): void => {
  const name = new URL(request.url ?? "", "http://localhost").searchParams.get("user");
  if (name !== null) request.user = name;
  next();
};

suite("middleware before the upgrade hook", () => {
  test("runs in order, and the hook sees what it has made of the request", async (context) => {
    const seen: string[] = [];
    const note =
      (name: string) =>
      (request: Request, _response: ServerResponse, next: Next): void => {
        seen.push(`${name} ${request.method} ${request.user}`);
        setImmediate(next);
      };
    const hook = behind(
      [note("first"), user, note("second")],
      (request: Request, { request: opening, signal }) => {
        seen.push(`hook ${opening.path} ${signal.aborted}`);
        return request.user === undefined ? { status: 401, body: "who?" } : { data: { user: request.user } };
      },
    );
    const url = await serve(context, hook);
    const ws = await connect(`${url}?user=ada`);
    assert.equal(await ask(ws, "hello"), '{"user":"ada"}: hello');
    assert.deepEqual(seen, ["first GET undefined", "second GET ada", "hook /chat false"]);
    assert.equal((await refused(url, 401)).body, "who?");
  });

  test("header fields and cookies go with the answer, whatever it is", async (context) => {
    const fields = (_request: Request, response: ServerResponse, next: Next): void => {
      response.setHeader("X-One", 1);
      response.setHeader("Set-Cookie", ["a=1", "b=2"]);
      response.setHeader("Content-Length", "5");
      response.setHeader("Sec-WebSocket-Accept", "nothing");
      response.setHeader("X-Both", "middleware");
      next();
    };
    const hook = behind([user, fields], (request: Request) => {
      const headers = { "X-Both": "hook", "Set-Cookie": "c=3" };
      return request.user === undefined ? { status: 403, headers } : { ...accept, headers };
    });
    const url = await serve(context, hook);
    const accepted = await connect(`${url}?user=ada`);
    const refusal = await refused(url, 403);
    for (const headers of [accepted.handshake.headers, refusal.headers!]) {
      assert.equal(headers.get("x-one"), "1");
      assert.equal(headers.get("x-both"), "hook");
      assert.equal(headers.get("set-cookie"), "a=1, b=2, c=3");
    }
    assert.equal(await ask(accepted, "hello"), '"ok": hello');
  });

  test("what hooks into writeHead and end is done before the answer", async (context) => {
    const done: string[] = [];
    // As express-session does it: the cookie is set when the head is written, and the session saved at the end.
    const session = (_request: Request, response: ServerResponse, next: Next): void => {
      const writeHead: (status: number) => ServerResponse = response.writeHead.bind(response);
      const end: () => ServerResponse = response.end.bind(response);
      response.writeHead = (status: number) => {
        response.setHeader("Set-Cookie", "session=1");
        return writeHead(status);
      };
      response.end = () => {
        setImmediate(() => {
          done.push(`saved ${response.statusCode}`);
          end();
        });
        return response;
      };
      response.on("finish", () => done.push("finish"));
      next();
    };
    const url = await serve(
      context,
      behind([user, session], (request: Request) => (request.user ? accept : { status: 401 })),
    );
    const ws = await connect(`${url}?user=ada`);
    assert.deepEqual(ws.handshake.headers.getSetCookie(), ["session=1"]);
    assert.deepEqual(done.splice(0), ["saved 101", "finish"]);
    const { headers } = await refused(url, 401);
    assert.equal(headers?.get("set-cookie"), "session=1");
    assert.deepEqual(done, ["saved 401", "finish"]);
  });

  const answers: [string, (response: ServerResponse) => unknown, number, string][] = [
    ["end", (response) => response.writeHead(302, { Location: "/login" }).end(), 302, ""],
    [
      "a body",
      (response) => response.writeHead(403, "No", [["X-A", "1"]] as never).end("no entry"),
      403,
      "no entry",
    ],
    [
      "parts",
      (response) => (response.write("one, "), response.write(Buffer.from("two")), response.end()),
      200,
      "one, two",
    ],
    ["base64", (response) => ((response.statusCode = 401), response.end("aGVsbG8=", "base64")), 401, "hello"],
    ["a callback", (response) => ((response.statusCode = 429), response.end(() => {})), 429, ""],
    ["destroy", (response) => response.destroy(), 500, ""],
    ["two ends", (response) => (response.writeHead(401).end("first"), response.end("second")), 401, "first"],
  ];
  for (const [what, respond, status, body] of answers) {
    test(`middleware that answers by itself refuses the client: ${what}`, async (context) => {
      const hook = behind(
        (_request: Request, response: ServerResponse) => void respond(response),
        () => assert.fail("the hook was called"),
      );
      const error = await refused(await serve(context, hook), status);
      assert.equal(error.body, body);
      if (status === 302) assert.equal(error.headers?.get("location"), "/login");
      if (status === 403) assert.equal(error.headers?.get("x-a"), "1");
    });
  }

  const failures: [string, (next: Next) => unknown, number, string][] = [
    ["401", (next) => next(Object.assign(new Error("Log in."), { status: 401 })), 401, "Log in."],
    ["statusCode", (next) => next(Object.assign(new Error("Wait."), { statusCode: 429 })), 429, "Wait."],
    [
      "not exposed",
      (next) => next(Object.assign(new Error("secret"), { status: 403, expose: false })),
      403,
      "Forbidden",
    ],
    ["rejected", () => Promise.reject(Object.assign(new Error("Late."), { status: 400 })), 400, "Late."],
    ["route", (next) => next("route"), 418, "the hook"],
  ];
  for (const [what, fail, status, body] of failures) {
    test(`an error of middleware refuses the client: ${what}`, async (context) => {
      const hook = behind(
        (_request: Request, _response: ServerResponse, next: Next) => fail(next),
        () => ({ status: 418, body: "the hook" }),
      );
      assert.equal((await refused(await serve(context, hook), status)).body, body);
    });
  }

  test("the hook may return or throw a Response", async (context) => {
    const respond = (): Response => new Response("no", { status: 409, headers: { "X-Why": "full" } });
    const hooks = [behind([], respond), behind([], () => Promise.reject(respond() as never))];
    for (const hook of hooks) {
      const { body, headers } = await refused(await serve(context, hook), 409);
      assert.deepEqual([body, headers?.get("x-why")], ["no", "full"]);
    }
  });

  test("any other error is one of the application: 500, and a process warning", async (context) => {
    const faults = [
      behind(
        () => {
          throw new Error("broken");
        },
        () => accept,
      ),
      behind([], () => Promise.reject(new Error("broken"))),
    ];
    for (const hook of faults) {
      const url = await serve(context, hook);
      const warned = once(process, "warning");
      const { body } = await refused(url, 500);
      assert.doesNotMatch(body ?? "", /broken/);
      assert.match(String(((await warned) as Error[])[0]?.message), /broken/);
    }
  });

  test("middleware with four parameters gets errors, and only those", async (context) => {
    const hook = behind(
      [
        user,
        (_error: unknown, _request: Request, _response: ServerResponse, _next: Next) =>
          assert.fail("no error yet"),
        (request: Request, _response: ServerResponse, next: Next) =>
          next(request.user ? undefined : new Error("nobody")),
        (error: Error, _request: Request, response: ServerResponse, _next: Next) =>
          response.writeHead(403).end(error.message),
      ],
      () => accept,
    );
    const url = await serve(context, hook);
    await connect(`${url}?user=ada`);
    assert.equal((await refused(url, 403)).body, "nobody");
  });

  test("the hook runs inside the AsyncLocalStorage of middleware", async (context) => {
    const storage = new AsyncLocalStorage<string>();
    const hook = behind(
      (_request: Request, _response: ServerResponse, next: Next) => storage.run("inside", next),
      async () => ({ data: storage.getStore() }),
    );
    const ws = await connect(await serve(context, hook));
    assert.equal(await ask(ws, ""), '"inside": ');
  });

  test("middleware that never goes on is not waited for", async (context) => {
    const hook = behind(
      () => {},
      () => accept,
    );
    await refused(await serve(context, hook, { limits: { handshakeMs: 20 } }), 503);
  });

  test("over HTTP/2, too: the method is GET", async (context) => {
    const hook = behind(user, ({ method, user }: Request) =>
      user === undefined ? { status: 401 } : { data: { method, user } },
    );
    const url = await serve(context, hook, { http2: true });
    const ws = await connect(`${url}?user=ada`, { http2: true });
    assert.equal(ws.handshake.httpVersion, "2.0");
    assert.equal(await ask(ws, "hello"), '{"method":"GET","user":"ada"}: hello');
    await refused(url, 401, { http2: true });
    await ws[Symbol.asyncDispose]();
  });
});
