import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import type { OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { suite, test } from "node:test";

import { ErrorCode, connect } from "../../src/index.js";
import type { ConnectOptions } from "../../src/index.js";
import { accept, echo, startHttp2Server } from "./http2-server.js";
import { certificate, fieldOf, goodAnswer, startRawServer } from "./raw-server.js";
import { refuses } from "./refusing.js";

const HTTP2 = { http2: true } as const;

suite("connect asks over HTTP/2 (RFC 8441 §5)", () => {
  test("a request as the RFC wants it", async (context) => {
    const server = await startHttp2Server(context, echo);
    const ws = await connect(`${server.url}/chat?room=1`, HTTP2);
    assert.equal(ws.handshake.httpVersion, "2.0");
    assert.equal(ws.handshake.target, "/chat?room=1");
    assert.equal(ws.handshake.remoteAddress, "127.0.0.1");
    assert.equal(ws.handshake.isSecure, false);
    ws.terminate();
    assert.deepEqual(
      { ...server.requests[0] },
      {
        ":method": "CONNECT",
        ":protocol": "websocket",
        ":scheme": "http",
        ":authority": `127.0.0.1:${server.port}`,
        ":path": "/chat?room=1",
        "sec-websocket-version": "13",
        "sec-websocket-extensions": "permessage-deflate; client_max_window_bits",
        [Object.getOwnPropertySymbols(server.requests[0])[0]!]: [],
      },
    );
  });

  test("with https for wss", async (context) => {
    const { cert, key } = await certificate();
    const server = await startHttp2Server(context, echo, { cert, key });
    const ws = await connect(server.url, { ...HTTP2, tls: { ca: cert } });
    assert.equal(ws.handshake.isSecure, true);
    assert.equal(ws.handshake.httpVersion, "2.0");
    assert.equal(ws.handshake.remoteAddress, "127.0.0.1");
    ws.terminate();
    assert.equal(server.requests[0]![":scheme"], "https");
  });

  test("with what the application adds", async (context) => {
    const server = await startHttp2Server(context, (stream) =>
      stream.respond({ ":status": 200, "sec-websocket-protocol": "b", "set-cookie": ["c=1", "d=2"] }),
    );
    const ws = await connect(server.url.replace("//", "//user:pass@"), {
      ...HTTP2,
      protocols: ["a", "b"],
      origin: "https://example.com",
      headers: [
        ["Cookie", "a=1"],
        ["Cookie", "b=2"],
        ["X-Latin", "é"],
      ],
    });
    assert.equal(ws.protocol, "b");
    assert.deepEqual(ws.handshake.headers.getSetCookie(), ["c=1", "d=2"]);
    ws.terminate();
    const headers = server.requests[0]!;
    assert.equal(headers["sec-websocket-protocol"], "a, b");
    assert.equal(headers.origin, "https://example.com");
    assert.equal(headers.cookie, "a=1; b=2");
    assert.equal(headers["x-latin"], "é");
    assert.equal(headers.authorization, `Basic ${Buffer.from("user:pass").toString("base64")}`);
  });

  test("and compresses when the server agrees", async (context) => {
    const server = await startHttp2Server(context, (stream) => {
      stream.respond({ ":status": 200, "sec-websocket-extensions": "permessage-deflate" });
      // "Hello", compressed, from RFC 7692 §7.2.3.1.
      stream.write(Buffer.from("c107f248cdc9c90700", "hex"));
    });
    const ws = await connect(server.url, HTTP2);
    assert.equal(ws.handshake.extensions, "permessage-deflate");
    assert.equal((await ws[Symbol.asyncIterator]().next()).value, "Hello");
    ws.terminate();
  });

  test("and echoes messages of any size, through windows of any size", async (context) => {
    const server = await startHttp2Server(context, echo, {
      settings: { enableConnectProtocol: true, initialWindowSize: 1000 },
    });
    const ws = await connect(server.url, {
      ...HTTP2,
      compression: false,
      limits: { messageOctets: 2 ** 21 },
    });
    const messages = ws[Symbol.asyncIterator]();
    for (const length of [0, 1, 125, 126, 65_535, 65_536, 300_000]) {
      const sent = Buffer.alloc(length, `${length} `);
      ws.send(sent);
      assert.deepEqual((await messages.next()).value, sent);
    }
    ws.close(1000, "done");
    assert.equal((await messages.next()).done, true);
    assert.deepEqual(ws.closed, { code: 1000, reason: "done", wasClean: true });
  });
});

suite("connect over HTTP/2 rejects what cannot be asked", () => {
  const CASES: readonly (readonly [what: string, options: ConnectOptions])[] = [
    ["a field of HTTP/1.1", { headers: { "Keep-Alive": "timeout=5" } }],
    ["Upgrade", { headers: { Upgrade: "websocket" } }],
    ["a pseudo-header field", { headers: { ":path": "/x" } }],
    ["a session that is none", { http2: {} as never }],
    ["null", { http2: null as never }],
    ["a transport of one's own", { createTransport: () => assert.fail("was made") }],
  ];
  for (const [what, options] of CASES) {
    test(what, async () => {
      await refuses("ws://127.0.0.1:1/", { ...HTTP2, ...options }, ErrorCode.InvalidArgument);
    });
  }

  test("a field that node:http2 sends only once", async (context) => {
    const server = await startHttp2Server(context, echo);
    const headers: [string, string][] = [
      ["Authorization", "a"],
      ["Authorization", "b"],
    ];
    await refuses(server.url, { ...HTTP2, headers }, ErrorCode.InvalidArgument);
    assert.equal(server.requests.length, 0);
  });
});

suite("connect over HTTP/2 refuses an answer", () => {
  const CASES: readonly (readonly [what: string, OutgoingHttpHeaders, problem: string, ConnectOptions?])[] = [
    ["a subprotocol unasked", { "sec-websocket-protocol": "a" }, "protocol-not-offered"],
    [
      "another subprotocol",
      { "sec-websocket-protocol": "c" },
      "protocol-not-offered",
      { protocols: ["a", "b"] },
    ],
    ["no subprotocol", {}, "protocol-missing", { protocols: ["a"] }],
    ["an unknown extension", { "sec-websocket-extensions": "x" }, "extension-not-offered"],
    [
      "an extension unasked",
      { "sec-websocket-extensions": "permessage-deflate" },
      "extension-not-offered",
      { compression: false },
    ],
    [
      "a parameter with a wrong value",
      { "sec-websocket-extensions": "permessage-deflate; server_max_window_bits=7" },
      "deflate-parameter-invalid",
    ],
    ["a head that is too large", { "x-large": "x".repeat(20_000) }, "head-too-large"],
    ["a head over a small limit", { "x-large": "x".repeat(200) }, "head-too-large", { handshakeOctets: 200 }],
  ];
  for (const [what, fields, problem, options] of CASES) {
    test(`${what}: ${problem}`, async (context) => {
      const closed = closing();
      const server = await startHttp2Server(context, (stream) => {
        closed.watch(stream);
        stream.respond({ ":status": 200, ...fields });
      });
      const error = await refuses(server.url, { ...HTTP2, ...options }, ErrorCode.InvalidResponse);
      assert.equal(error.problem, problem);
      assert.equal(await closed.code, 8, "CANCEL");
    });
  }

  for (const status of [301, 400, 401, 403, 404, 407, 426, 500, 501, 503]) {
    test(`${status}, with fields and body`, async (context) => {
      const server = await startHttp2Server(context, (stream) => {
        stream.respond({ ":status": status, "x-why": "because" });
        stream.end("no".repeat(3000));
      });
      const error = await refuses(server.url, HTTP2, ErrorCode.UnexpectedResponse);
      assert.equal(error.status, status);
      assert.equal(error.headers?.get("x-why"), "because");
      assert.equal(error.body, "no".repeat(2048));
      assert.equal(error.section, "RFC 8441 §5");
      assert.equal(error.message, `The server answered ${status} instead of 200 (OK).`);
    });
  }

  // undici#5751: such an answer left a client waiting for ever.
  test("one that is no success and never ends", async (context) => {
    const closed = closing();
    const server = await startHttp2Server(context, (stream) => {
      closed.watch(stream);
      stream.respond({ ":status": 403 });
      stream.write("wait");
    });
    const error = await refuses(server.url, { ...HTTP2, handshakeMs: 300 }, ErrorCode.UnexpectedResponse);
    assert.equal(error.status, 403);
    assert.equal(error.body, "wait");
    assert.equal(await closed.code, 8);
  });

  test("interim answers without end", async (context) => {
    const server = await startHttp2Server(context, (stream) => {
      for (let at = 0; at < 20; at++) stream.additionalHeaders({ ":status": 103, "x-at": String(at) });
    });
    const error = await refuses(server.url, HTTP2, ErrorCode.InvalidResponse);
    assert.equal(error.problem, "too-many-interim-responses");
  });

  test("but a few interim answers do no harm", async (context) => {
    const server = await startHttp2Server(context, (stream) => {
      for (let at = 0; at < 5; at++) stream.additionalHeaders({ ":status": 103 });
      accept(stream);
    });
    (await connect(server.url, HTTP2)).terminate();
  });

  for (const [name, code, problem] of [
    ["PROTOCOL_ERROR", 1, "stream-reset"],
    ["CANCEL", 8, "stream-reset"],
    ["NO_ERROR", 0, "stream-reset"],
  ] as const) {
    test(`none, but RST_STREAM with ${name}`, async (context) => {
      const server = await startHttp2Server(context, (stream) => stream.close(code));
      const error = await refuses(server.url, HTTP2, ErrorCode.InvalidResponse);
      assert.equal(error.problem, problem);
      assert.equal(error.message, `The stream was reset in place of an answer. The error code is ${code}.`);
    });
  }

  test("none, but the end of the session", async (context) => {
    const server = await startHttp2Server(context, (stream) => stream.session!.destroy());
    const error = await refuses(server.url, HTTP2, ErrorCode.Unreachable);
    assert.match(error.message, /^The HTTP\/2 connection broke: /);
  });

  test("none at all, in time", async (context) => {
    const closed = closing();
    const server = await startHttp2Server(context, (stream) => closed.watch(stream));
    await refuses(server.url, { ...HTTP2, handshakeMs: 300 }, ErrorCode.HandshakeTimeout);
    assert.equal(await closed.code, 8);
  });

  test("none, and the application gives up", async (context) => {
    const controller = new AbortController();
    const closed = closing();
    const server = await startHttp2Server(context, (stream) => {
      closed.watch(stream);
      controller.abort(new Error("enough"));
    });
    await assert.rejects(connect(server.url, { ...HTTP2, signal: controller.signal }), /enough/);
    assert.equal(await closed.code, 8);
  });
});

suite("redirects over HTTP/2", () => {
  test("are followed to the same origin, on the same session", async (context) => {
    const server = await startHttp2Server(context, (stream, headers) => {
      if (headers[":path"] === "/end") echo(stream);
      else stream.respond({ ":status": 307, location: "/end" }, { endStream: true });
    });
    const ws = await connect(`${server.url}/a`, { ...HTTP2, redirects: { max: 2 } });
    assert.equal(ws.handshake.target, "/end");
    assert.equal(server.sessions.length, 1);
    ws.terminate();
  });

  test("are refused where they are not followed", async (context) => {
    const server = await startHttp2Server(context, (stream) =>
      stream.respond({ ":status": 307, location: "ws://other.example/" }, { endStream: true }),
    );
    const error = await refuses(server.url, { ...HTTP2, redirects: { max: 2 } }, ErrorCode.RedirectRefused);
    assert.equal(error.problem, "redirect-to-other-origin");
  });

  test("lead away from the application's session", async (context) => {
    const http1 = await startRawServer(context, (socket, head) => {
      if (head.startsWith("GET")) socket.write(goodAnswer(head));
      else socket.destroy();
    });
    const server = await startHttp2Server(context, (stream) =>
      stream.respond({ ":status": 307, location: `${http1.url}/there` }, { endStream: true }),
    );
    const session = connectHttp2(server.url.replace("ws", "http"));
    context.after(() => session.destroy());
    const ws = await connect(server.url, {
      http2: session,
      headers: { authorization: "secret" },
      redirects: { max: 2, crossOrigin: true },
    });
    assert.equal(ws.handshake.httpVersion, "1.1");
    assert.equal(ws.handshake.target, "/there");
    assert.equal(fieldOf(http1.requests.at(-1)!, "authorization"), undefined);
    ws.terminate();
  });
});

suite("connect over a session of the application", () => {
  test("that is new, and later in use", async (context) => {
    const server = await startHttp2Server(context, echo);
    const session = connectHttp2(server.url.replace("ws", "http"));
    context.after(() => session.destroy());
    const first = await connect(server.url, { http2: session });
    const second = await connect(server.url, { http2: session });
    assert.equal(server.sessions.length, 1);
    for (const ws of [first, second]) {
      ws.close(1000);
      for await (const _ of ws);
      assert.equal(ws.closed?.wasClean, true);
    }
    assert.equal(session.closed, false);
  });

  for (const isSettled of [false, true]) {
    test(`that takes no WebSocket, ${isSettled ? "as is known already" : "as it is about to say"}`, async (context) => {
      const server = await startHttp2Server(context, () => assert.fail("was asked"), { settings: {} });
      const session = connectHttp2(server.url.replace("ws", "http"));
      context.after(() => session.destroy());
      if (isSettled) await once(session, "localSettings");
      const error = await refuses(server.url, { http2: session }, ErrorCode.InvalidResponse);
      assert.equal(error.problem, "connect-not-announced");
      assert.equal(session.destroyed, false);
    });
  }

  test("that never says what it takes: nothing is left on it", async (context) => {
    const server = await startRawServer(context, () => {});
    const session = connectHttp2(server.url.replace("ws", "http"));
    session.on("error", () => {});
    context.after(() => session.destroy());
    await refuses(server.url, { http2: session, handshakeMs: 100 }, ErrorCode.HandshakeTimeout);
    for (const event of ["remoteSettings", "localSettings", "close"])
      assert.equal(session.listenerCount(event), 0, event);
    assert.equal(session.listenerCount("error"), 1);
    assert.equal(session.destroyed, false);
  });

  test("that is closed", async (context) => {
    const server = await startHttp2Server(context, echo);
    const session = connectHttp2(server.url.replace("ws", "http"));
    session.destroy();
    await refuses(server.url, { http2: session }, ErrorCode.Unreachable);
  });

  test("waits for a stream when the server allows no more", async (context) => {
    const settings = { enableConnectProtocol: true, maxConcurrentStreams: 1 };
    const server = await startHttp2Server(context, echo, { settings });
    const session = connectHttp2(server.url.replace("ws", "http"));
    context.after(() => session.destroy());
    const first = await connect(server.url, { http2: session });
    const opening = connect(server.url, { http2: session });
    first.close(1000);
    const second = await opening;
    assert.equal(server.sessions.length, 1);
    second.terminate();
  });
});

/** The code with which a stream ends. */
function closing(): {
  watch(stream: ServerHttp2Stream): void;
  readonly code: Promise<number>;
} {
  let resolve: (code: number) => void;
  const code = new Promise<number>((it) => (resolve = it));
  return { watch: (stream) => void stream.once("close", () => resolve(stream.rstCode)), code };
}
