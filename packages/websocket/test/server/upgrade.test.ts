import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import type { UpgradeRequest } from "../../src/server/options.js";
import { Happenings, deferred, startServer } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";
import type { Answer } from "../support/raw-client.js";

/** What the process has been warned of during a test. */
function warningsOf(context: TestContext): string[] {
  const warnings: string[] = [];
  const onWarning = ({ message }: Error): void => void warnings.push(message);
  process.on("warning", onWarning);
  context.after(() => process.off("warning", onWarning));
  return warnings;
}

async function refused(t: TestContext, port: number): Promise<Answer> {
  const client = await RawClient.connect(t, { port });
  const answer = await client.ask();
  assert.equal(await client.end(), "FIN");
  return answer;
}

describe("the upgrade hook", () => {
  test("sees the request, and chooses data, subprotocol and headers", async (t) => {
    const seen: UpgradeRequest[] = [];
    const live = await startServer<{ user: string }>(t, {
      upgrade: (request) => {
        seen.push(request);
        return {
          data: { user: request.query.get("user") ?? "" },
          protocol: "b",
          headers: [
            ["Set-Cookie", "one=1"],
            ["Set-Cookie", "two=2"],
          ],
        };
      },
      open: (ws) => ws.send(`${ws.data.user} ${ws.protocol}`),
    });
    const client = await RawClient.connect(t, live);
    const { status, headers } = await client.ask({
      target: "/chat?user=ada",
      headers: { "Sec-WebSocket-Protocol": "a, b", Origin: "http://localhost", "X-More": "1" },
    });
    assert.equal(status, 101);
    assert.equal(headers.get("set-cookie"), "one=1, two=2");
    assert.equal(headers.get("sec-websocket-protocol"), "b");
    assert.equal(await client.next(), 'TEXT "ada b"');
    const [request] = seen;
    const { target, path, host, origin, protocols, isSecure, remoteAddress } = request!;
    assert.deepEqual(
      { target, path, host, origin, protocols, isSecure, remoteAddress },
      {
        target: "/chat?user=ada",
        path: "/chat",
        host: "localhost",
        origin: "http://localhost",
        protocols: ["a", "b"],
        isSecure: false,
        remoteAddress: "127.0.0.1",
      },
    );
    assert.equal(request!.headers["x-more"], "1");
  });

  test("may be asynchronous; what the client sends meanwhile waits", async (t) => {
    const asked = deferred<(data: string) => void>();
    const live = await startServer<string>(t, {
      upgrade: () => new Promise((resolve) => asked.resolve((data) => resolve({ data }))),
      message: (ws, data) => ws.send(`${ws.data} ${String(data)}`),
    });
    const client = await RawClient.connect(t, live);
    const answered = client.ask();
    client.text("early");
    (await asked.promise)("late");
    assert.equal((await answered).status, 101);
    assert.equal(await client.next(), 'TEXT "late early"');
  });

  test("refuses with a status, header fields and a body", async (t) => {
    const live = await startServer(t, {
      upgrade: () => ({
        status: 401,
        headers: { "WWW-Authenticate": "Basic" },
        body: "Who are you? ¿Quién?",
      }),
    });
    const { status, headers, body } = await refused(t, live.port);
    assert.deepEqual([status, headers.get("www-authenticate"), body], [401, "Basic", "Who are you? ¿Quién?"]);
    assert.equal(headers.get("connection"), "close");
    assert.equal(live.server.counters.refused, 1);
    assert.equal(live.server.counters.opened, 0);
  });

  test("refuses with a Response, returned or thrown", async (t) => {
    let isThrown = false;
    const live = await startServer(t, {
      upgrade: () => {
        const response = Response.json(
          { error: "no" },
          { status: 403, headers: { "Content-Length": "14", "X-Why": "so" } },
        );
        if (isThrown) throw response;
        return response;
      },
    });
    for (isThrown of [false, true]) {
      const { status, headers, body } = await refused(t, live.port);
      assert.deepEqual([status, headers.get("x-why"), body], [403, "so", '{"error":"no"}']);
      assert.equal(headers.get("content-type"), "application/json");
    }
  });

  test("that throws, rejects or answers nonsense is answered with 500, and reported", async (t) => {
    const warnings = warningsOf(t);
    const answers: (() => unknown)[] = [
      () => {
        throw new Error("thrown");
      },
      () => Promise.reject(new Error("rejected")),
      () => undefined,
      () => ({ status: 99 }),
      () => ({ status: 403, headers: { "X-Bad": "a\r\nb: c" } }),
      () => ({ data: 1, protocol: "never offered" }),
      () => ({ data: 1, headers: { Upgrade: "h2c" } }),
      () => ({ data: 1, headers: [["X-Bad", "a\nb"]] }),
    ];
    const next = answers.values();
    const live = await startServer<unknown>(t, { upgrade: () => next.next().value!() as never });
    for (const answer of answers) {
      const { status, body } = await refused(t, live.port);
      assert.deepEqual([status, body], [500, "The server has failed."], String(answer));
    }
    assert.deepEqual(warnings.slice(0, 2), ["thrown", "rejected"]);
    assert.equal(warnings.length, answers.length);
  });

  test("that takes too long gets an aborted signal, and the client gets 503", async (t) => {
    const warnings = warningsOf(t);
    const reasons = new Happenings<{ code: string }>();
    const live = await startServer(t, {
      // Of which the request takes a part: on a busy machine more than a few milliseconds.
      limits: { handshakeMs: 1_000 },
      upgrade: (_request, { signal }) =>
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            reasons.add(signal.reason as { code: string });
            reject(signal.reason as Error);
          });
        }),
    });
    const { status } = await refused(t, live.port);
    assert.equal(status, 503);
    assert.equal((await reasons.next()).code, "WIREPROOF_HANDSHAKE_TIMEOUT");
    assert.deepEqual(warnings, []);
  });

  test("gets an aborted signal when the client goes away, by FIN or by a reset", async (t) => {
    const warnings = warningsOf(t);
    const [asked, reasons] = [new Happenings<void>(), new Happenings<{ problem: string }>()];
    const live = await startServer<string>(t, {
      limits: { perAddress: 1 },
      upgrade: (_request, { signal }) =>
        new Promise((resolve) => {
          asked.add();
          // It answers all the same, after the client has gone.
          signal.addEventListener("abort", () => {
            reasons.add(signal.reason as { problem: string });
            resolve({ data: "too late" });
          });
        }),
    });
    for (const leave of [(client: RawClient) => client.socket.end(), (client: RawClient) => client.reset()]) {
      const client = await RawClient.connect(t, live);
      void client.ask().catch(() => {});
      await asked.next();
      leave(client);
      assert.equal((await reasons.next()).problem, "client-gone");
    }
    // Both have given their place back: there is only one for this address.
    const third = await RawClient.connect(t, live);
    void third.ask().catch(() => {});
    await asked.next();
    assert.equal(live.server.counters.opened, 0);
    assert.deepEqual(warnings, []);
  });

  test("gets an aborted signal when the server closes", async (t) => {
    const asked = deferred();
    const live = await startServer(t, {
      upgrade: () => {
        asked.resolve();
        return new Promise<never>(() => {});
      },
    });
    const client = await RawClient.connect(t, live);
    const answered = client.ask();
    await asked.promise;
    const closed = live.server.close();
    assert.equal((await answered).status, 503);
    await closed;
  });
});

describe("subprotocols", () => {
  test("by a list: the first of the server's that was offered", async (t) => {
    const live = await startServer(t, { protocols: ["v2", "v1"] });
    for (const [offered, chosen] of [
      ["v1, v2", "v2"],
      ["v1", "v1"],
      ["v3", undefined],
      [null, undefined],
    ] as const) {
      const client = await RawClient.connect(t, live);
      const { headers } = await client.ask({ headers: { "Sec-WebSocket-Protocol": offered } });
      assert.equal(headers.get("sec-websocket-protocol"), chosen);
    }
  });

  test("by a function, which may choose among those offered only", async (t) => {
    const warnings = warningsOf(t);
    const live = await startServer(t, {
      protocols: (offered, { path }) => (path === "/wrong" ? "other" : offered.at(-1)),
    });
    const right = await RawClient.connect(t, live);
    const { headers } = await right.ask({ headers: { "Sec-WebSocket-Protocol": "a, b" } });
    assert.equal(headers.get("sec-websocket-protocol"), "b");
    const wrong = await RawClient.connect(t, live);
    const { status } = await wrong.ask({ target: "/wrong", headers: { "Sec-WebSocket-Protocol": "a" } });
    assert.equal(status, 500);
    assert.equal(warnings.length, 1);
  });

  test("by a promise, which is no choice: the client is refused, and the rejection is handled", async (t) => {
    const warnings = warningsOf(t);
    const late = (): never => Promise.reject(new Error("late")) as never;
    for (const options of [{ protocols: late }, { upgrade: () => ({ data: undefined, protocol: late() }) }]) {
      const live = await startServer(t, options);
      const client = await RawClient.connect(t, live);
      const { status } = await client.ask({ headers: { "Sec-WebSocket-Protocol": "a" } });
      assert.equal(status, 500);
    }
    await new Promise(setImmediate);
    assert.equal(warnings.length, 2);
    for (const warning of warnings) assert.match(warning, /must not return a promise/);
  });
});
