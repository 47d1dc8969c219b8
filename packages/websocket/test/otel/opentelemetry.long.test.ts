/** Spans and metrics as the real SDK of OpenTelemetry exports them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { SpanKind, SpanStatusCode, context, propagation, trace } from "@opentelemetry/api";

import { connect } from "../../src/client/connect.js";
import { contextOf } from "../../src/otel/index.js";
import { Server } from "../../src/server/server.js";
import type { WebSocketConnection } from "../../src/session/connection.js";
import { skipWithout } from "../consumers/support/consumer.js";
import { Happenings, endings, startEcho, startServer } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";
import { PACKAGES, startObserved } from "./sdk.js";
import type { SeenSpan } from "./sdk.js";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = `00-${TRACE}-b7ad6b7169203331-01`;

describe("spans", { skip: skipWithout(...PACKAGES), timeout: 600_000 }, () => {
  test("of both sides belong to one trace, below the span that was active", async (t) => {
    const { spans } = startObserved(t, {
      route: (path) => (path === "/chat/7" ? "/chat/{room}" : undefined),
    });
    const live = await startEcho(t, { protocols: ["v1"] });
    const tracer = trace.getTracer("application");
    await tracer.startActiveSpan("outer", async (outer) => {
      await using ws = await connect(`${live.url}chat/7?token=secret`, { protocols: ["v1"] });
      assert.equal(ws.protocol, "v1");
      outer.end();
    });
    const [server, client, outer] = [
      of(spans(), "GET /chat/{room}"),
      of(spans(), "GET"),
      of(spans(), "outer"),
    ];
    assert.equal(client.parentSpanContext?.spanId, outer.spanContext().spanId);
    assert.equal(server.parentSpanContext?.spanId, client.spanContext().spanId);
    assert.equal(server.spanContext().traceId, outer.spanContext().traceId);
    assert.deepEqual([client.kind, server.kind], [SpanKind.CLIENT, SpanKind.SERVER]);
    assert.equal(server.instrumentationScope.name, "@wireproof/websocket/otel");
    assert.deepEqual(server.attributes, {
      "http.request.method": "GET",
      "http.route": "/chat/{room}",
      "http.response.status_code": 101,
      "network.protocol.name": "http",
      "network.protocol.version": "1.1",
      "network.peer.address": "127.0.0.1",
      "client.address": "127.0.0.1",
      "server.address": "localhost",
      "server.port": live.port,
      "url.path": "/chat/7",
      "url.scheme": "http",
      "websocket.subprotocol": "v1",
    });
    assert.deepEqual(client.attributes, {
      "http.request.method": "GET",
      "http.response.status_code": 101,
      "network.protocol.name": "http",
      "network.protocol.version": "1.1",
      "network.peer.address": "127.0.0.1",
      "server.address": "localhost",
      "server.port": live.port,
      "url.full": `ws://localhost:${live.port}/chat/7`,
      "websocket.subprotocol": "v1",
    });
  });

  test("over HTTP/2 are those of a CONNECT", async (t) => {
    const { spans } = startObserved(t);
    const server = new Server({});
    t.after(() => server.close({ drainMs: 0 }));
    const { port } = await server.listen({ port: 0, host: "127.0.0.1", http2: true });
    await using ws = await connect(`ws://127.0.0.1:${port}/x`, { http2: true });
    assert.equal(ws.handshake.httpVersion, "2.0");
    const { attributes, parentSpanContext } = of(spans(), "CONNECT");
    assert.equal(parentSpanContext?.spanId, of(spans(), "GET").spanContext().spanId);
    assert.deepEqual(
      [
        attributes["http.response.status_code"],
        attributes["network.protocol.version"],
        attributes["url.path"],
      ],
      [200, "2", "/x"],
    );
    assert.deepEqual([attributes["server.address"], attributes["server.port"]], ["127.0.0.1", port]);
  });

  test("the hook and the open handler run inside the context of the request, baggage included", async (t) => {
    startObserved(t);
    const seen: unknown[] = [];
    const look = (): unknown =>
      seen.push(
        trace.getSpanContext(context.active())?.traceId,
        propagation.getActiveBaggage()?.getEntry("user")?.value,
      );
    const opened = new Happenings<WebSocketConnection>();
    const live = await startServer(t, {
      async upgrade() {
        await new Promise(setImmediate);
        look();
        return { data: undefined };
      },
      open(ws) {
        look();
        opened.add(ws);
      },
    });
    await RawClient.open(t, live, { headers: { traceparent: PARENT, baggage: "user=ada" } });
    const ws = await opened.next();
    assert.deepEqual(seen, [TRACE, "ada", TRACE, "ada"]);
    assert.equal(trace.getSpanContext(contextOf(ws))?.traceId, TRACE);
    assert.equal(trace.getSpanContext(contextOf({})), undefined);
  });

  test("a context that makes no sense is ignored, and a refusal is told", async (t) => {
    const { spans } = startObserved(t);
    let status = 401;
    const live = await startServer(t, {
      upgrade: () => {
        if (status === 500) throw new Error("the hook failed");
        return { status };
      },
    });
    const ask = async (headers: Record<string, string>): Promise<SeenSpan> => {
      const client = await RawClient.connect(t, live);
      await client.ask({ headers });
      return spans().at(-1)!;
    };
    const wrong = await ask({
      traceparent: `00-${"0".repeat(32)}-zz`,
      baggage: "=".repeat(4000),
      Host: "a:b@c",
    });
    assert.equal(wrong.parentSpanContext, undefined);
    assert.equal(wrong.attributes["server.address"], undefined);
    const refused = await ask({ traceparent: PARENT });
    assert.equal(refused.spanContext().traceId, TRACE);
    assert.equal(refused.attributes["http.response.status_code"], 401);
    assert.equal(refused.attributes["error.type"], "refused-by-application");
    assert.equal(refused.status.code, SpanStatusCode.UNSET);
    status = 500;
    process.once("warning", () => {});
    const failed = await ask({ traceparent: PARENT });
    assert.equal(failed.attributes["error.type"], "hook-failed");
    assert.equal(failed.status.code, SpanStatusCode.ERROR);
    const other = await RawClient.connect(t, live);
    await other.ask({ method: "PURGE" });
    const { name, attributes } = spans().at(-1)!;
    assert.deepEqual(
      [name, attributes["http.request.method"], attributes["http.request.method_original"]],
      ["HTTP", "_OTHER", "PURGE"],
    );
  });

  test("a path that is not served is told, over both versions of HTTP", async (t) => {
    const { spans } = startObserved(t);
    const server = new Server({ path: "/here" });
    t.after(() => server.close({ drainMs: 0 }));
    const { port } = await server.listen({ port: 0, host: "127.0.0.1", http2: true });
    for (const http2 of [false, true]) {
      await assert.rejects(connect(`ws://127.0.0.1:${port}/there`, { http2 }), { status: 404 });
      const { attributes } = spans().findLast(({ kind }) => kind === SpanKind.SERVER)!;
      assert.deepEqual(
        [attributes["http.request.method"], attributes["url.path"], attributes["error.type"]],
        [http2 ? "CONNECT" : "GET", "/there", "path-not-served"],
      );
    }
  });

  test("a route that cannot be found is no reason to fail", async (t) => {
    const { spans } = startObserved(t, { route: (path) => decodeURIComponent(path) });
    const live = await startEcho(t);
    await RawClient.open(t, live, { target: "/%ff" });
    assert.equal(of(spans(), "GET").attributes["http.route"], undefined);
  });

  test("a client says why it failed", async (t) => {
    const { spans } = startObserved(t);
    const live = await startServer(t, { upgrade: () => ({ status: 429 }) });
    const last = (): unknown[] => {
      const { status, attributes } = spans().findLast(({ kind }) => kind === SpanKind.CLIENT)!;
      return [status.code, attributes["error.type"], attributes["http.response.status_code"]];
    };
    await assert.rejects(connect(live.url), { status: 429 });
    assert.deepEqual(last(), [SpanStatusCode.ERROR, "WIREPROOF_UNEXPECTED_RESPONSE", 429]);
    await live.server.close();
    await assert.rejects(connect(live.url));
    assert.deepEqual(last(), [SpanStatusCode.ERROR, "WIREPROOF_UNREACHABLE", undefined]);
    await assert.rejects(connect(live.url, { signal: AbortSignal.abort() }), { name: "AbortError" });
    assert.deepEqual(last(), [SpanStatusCode.ERROR, "AbortError", undefined]);
  });

  test("of connections are in a trace of their own, linked to their handshake", async (t) => {
    const { spans } = startObserved(t, { connectionSpans: true });
    const { closes, close } = endings();
    const live = await startEcho(t, { close });
    const client = await RawClient.open(t, live, { headers: { traceparent: PARENT } });
    client.text("hello");
    await client.next();
    assert.deepEqual(
      spans().map(({ name }) => name),
      ["GET"],
    );
    client.send({ opcode: 3 });
    await client.next();
    client.socket.end();
    await closes.next();
    const [handshake, connection] = [of(spans(), "GET"), of(spans(), "websocket connection")];
    assert.equal(connection.parentSpanContext, undefined);
    assert.notEqual(connection.spanContext().traceId, TRACE);
    assert.deepEqual(
      connection.links.map((link) => link.context.spanId),
      [handshake.spanContext().spanId],
    );
    assert.deepEqual(connection.status, {
      code: SpanStatusCode.ERROR,
      message: "The opcode is reserved: 3.",
    });
    assert.deepEqual(connection.attributes, {
      "error.type": "reserved-opcode",
      "network.peer.address": "127.0.0.1",
      "network.protocol.version": "1.1",
      "websocket.close.clean": false,
      "websocket.close.code": 1006,
      "websocket.messages.received": 1,
      "websocket.messages.sent": 1,
    });
  });
});

describe("metrics", { skip: skipWithout(...PACKAGES), timeout: 600_000 }, () => {
  test("count connections, handshakes, messages, octets, endings and round trips", async (t) => {
    const observed = startObserved(t);
    const { closes, close } = endings();
    const pongs = new Happenings<unknown>();
    const live = await startEcho(t, {
      path: "/ok",
      heartbeat: false,
      close,
      open: (ws) => ws.ping("now"),
      pong: () => pongs.add(undefined),
    });
    const one = await connect(`${live.url}ok`, { message: () => {} });
    await pongs.next();
    const two = await RawClient.open(t, live, { target: "/ok" });
    assert.match(await two.next(), /^PING/);
    two.text("abc");
    await two.next();
    const refused = await RawClient.connect(t, live);
    await refused.ask({ target: "/elsewhere" });
    const during = await observed.metrics();
    assert.equal(during.get("websocket.server.active_connections")?.get(""), 2);
    assert.equal(during.get("websocket.client.active_connections")?.get(""), 1);
    const messages = during.get("websocket.server.messages");
    assert.equal(messages?.get("network.io.direction=receive"), 1);
    assert.equal(messages?.get("network.io.direction=transmit"), 1);
    // 9 of the text, 9 of the pong; 5 of the echo, 5 of each ping.
    const io = during.get("websocket.server.io");
    assert.equal(io?.get("network.io.direction=receive"), 18);
    assert.equal(io?.get("network.io.direction=transmit"), 15);
    assert.equal(during.get("websocket.server.ping.duration")?.get(""), 1);
    assert.deepEqual(
      [...during.get("websocket.server.handshake.duration")!],
      [
        ["http.response.status_code=101", 2],
        ["error.type=path-not-served,http.response.status_code=404", 1],
      ],
    );
    assert.deepEqual(
      [...during.get("websocket.server.handshake.failures")!],
      [["error.type=path-not-served,http.response.status_code=404", 1]],
    );
    one.close(4001);
    await closes.next();
    two.reset();
    await closes.next();
    const after = await observed.metrics();
    assert.equal(after.get("websocket.server.active_connections")?.get(""), 0);
    assert.equal(after.get("websocket.server.messages")?.get("network.io.direction=receive"), 1);
    assert.deepEqual(
      [...after.get("websocket.server.connection.duration")!],
      [
        ["websocket.close.clean=true,websocket.close.code=4001", 1],
        ["websocket.close.clean=false,websocket.close.code=1006", 1],
      ],
    );
  });

  test("a peer cannot make time series without end", async (t) => {
    const observed = startObserved(t);
    const { closes, close } = endings();
    const live = await startEcho(t, { close });
    for (let code = 3000; code < 3070; code++) {
      const client = await RawClient.open(t, live);
      client.close(code);
      await client.next();
      client.socket.end();
      await closes.next();
    }
    const durations = (await observed.metrics()).get("websocket.server.connection.duration")!;
    assert.equal(durations.size, 65);
    assert.equal(durations.get("websocket.close.clean=true"), 6);
  });
});

describe("as an instrumentation", { skip: skipWithout(...PACKAGES), timeout: 600_000 }, () => {
  test("it can be registered, and ends with what it is registered with", async (t) => {
    const { sdk, spans, metrics, instrumentation } = startObserved(t, { enabled: false });
    const live = await startEcho(t);
    await RawClient.open(t, live);
    assert.equal(spans().length, 0);
    const unregister = sdk.registerInstrumentations({ instrumentations: [instrumentation] });
    await RawClient.open(t, live);
    assert.equal(spans().length, 1);
    // The one that was open before is not counted, and does not count when it ends.
    assert.equal((await metrics()).get("websocket.server.active_connections")?.get(""), 1);
    unregister();
    await RawClient.open(t, live);
    assert.equal(spans().length, 1);
    assert.equal((await metrics()).get("websocket.server.active_connections")?.get(""), 0);
  });

  test("what has not ended ends when it is disabled", async (t) => {
    const { spans, instrumentation } = startObserved(t, { connectionSpans: true });
    const asked = new Happenings<undefined>();
    const live = await startServer(t, {
      upgrade: ({ path }) => {
        asked.add(undefined);
        return path === "/" ? { data: undefined } : new Promise<never>(() => {});
      },
    });
    await RawClient.open(t, live);
    const waiting = await RawClient.connect(t, live);
    void waiting.ask({ target: "/waits" }).catch(() => {});
    await asked.next();
    await asked.next();
    assert.deepEqual(
      spans().map(({ name }) => name),
      ["GET"],
    );
    instrumentation.disable();
    assert.deepEqual(
      spans()
        .map(({ name }) => name)
        .toSorted(),
      ["GET", "GET", "websocket connection"],
    );
  });
});

function of(spans: readonly SeenSpan[], name: string): SeenSpan {
  const found = spans.filter((span) => span.name === name);
  assert.equal(found.length, 1, `${name} among ${spans.map((span) => span.name).join()}`);
  return found[0]!;
}
