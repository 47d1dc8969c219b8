import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";

import { ErrorCode, connect } from "../../src/index.js";
import type { ConnectOptions } from "../../src/index.js";
import { fieldOf, gone, goodAnswer, startRawServer } from "./raw-server.js";
import { refuses } from "./refusing.js";

suite("connect asks (RFC 6455 §4.1)", () => {
  /** The head of the request that a call sends. */
  async function requestOf(
    context: TestContext,
    suffix: string,
    options: ConnectOptions,
    extra: readonly string[] = [],
  ): Promise<{ head: string; protocol: string; target: string; port: number }> {
    const server = await startRawServer(context, (socket, head) => socket.write(goodAnswer(head, extra)));
    const ws = await connect(server.url + suffix, options);
    const { protocol, target } = ws.handshake;
    ws.terminate();
    await gone(server);
    return { head: server.requests[0]!, protocol, target, port: server.port };
  }

  test("a request as the RFC wants it", async (context) => {
    const { head, target, port } = await requestOf(context, "/chat?room=ä", {});
    const lines = head.split("\r\n");
    assert.equal(lines[0], "GET /chat?room=%C3%A4 HTTP/1.1");
    assert.equal(target, "/chat?room=%C3%A4");
    assert.equal(fieldOf(head, "host"), `127.0.0.1:${port}`);
    assert.equal(fieldOf(head, "upgrade"), "websocket");
    assert.equal(fieldOf(head, "connection"), "Upgrade");
    assert.equal(fieldOf(head, "sec-websocket-version"), "13");
    assert.match(fieldOf(head, "sec-websocket-key") ?? "", /^[A-Za-z0-9+/]{21}[AQgw]==$/);
    assert.equal(fieldOf(head, "sec-websocket-extensions"), "permessage-deflate; client_max_window_bits");
    for (const name of ["origin", "authorization", "sec-websocket-protocol"]) {
      assert.equal(fieldOf(head, name), undefined, name);
    }
  });

  test("each time with another key", async (context) => {
    const server = await startRawServer(context, (socket, head) => socket.write(goodAnswer(head)));
    for (let round = 0; round < 3; round++) (await connect(server.url)).terminate();
    const keys = server.requests.map((head) => fieldOf(head, "sec-websocket-key"));
    assert.equal(new Set(keys).size, 3);
  });

  test("with what the application adds", async (context) => {
    const { head, protocol } = await requestOf(
      context,
      "/",
      {
        protocols: ["chat.v2", "chat.v1"],
        origin: "https://example.com",
        headers: { Authorization: "Bearer x", "X-Latin": "é" },
        compression: {
          peerNoContextTakeover: true,
          contextTakeover: false,
          peerWindowBits: 12,
          windowBits: 10,
        },
      },
      ["Sec-WebSocket-Protocol: chat.v1"],
    );
    assert.equal(fieldOf(head, "sec-websocket-protocol"), "chat.v2, chat.v1");
    assert.equal(fieldOf(head, "origin"), "https://example.com");
    assert.equal(fieldOf(head, "authorization"), "Bearer x");
    assert.equal(fieldOf(head, "x-latin"), "é");
    assert.equal(
      fieldOf(head, "sec-websocket-extensions"),
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12; client_max_window_bits=10",
    );
    assert.equal(protocol, "chat.v1");
  });

  test("with headers in pairs, some of them of one name", async (context) => {
    const { head } = await requestOf(context, "/", {
      headers: new Headers([
        ["a", "1"],
        ["b", "2"],
      ]),
    });
    assert.equal(fieldOf(head, "b"), "2");
    const { head: twice } = await requestOf(context, "/", {
      headers: [
        ["Cookie", "a=1"],
        ["Cookie", "b=2"],
      ],
    });
    assert.ok(twice.includes("Cookie: a=1\r\nCookie: b=2\r\n"));
  });

  test("with Basic authentication for the user of the URL, unless the application has its own", async (context) => {
    const server = await startRawServer(context, (socket, head) => socket.write(goodAnswer(head)));
    const url = server.url.replace("//", "//us%C3%A9r:p%3Aw@");
    (await connect(url)).terminate();
    (await connect(url, { headers: { authorization: "Own" } })).terminate();
    const expected = `Basic ${Buffer.from("usér:p:w").toString("base64")}`;
    assert.deepEqual(
      server.requests.map((head) => fieldOf(head, "authorization")),
      [expected, "Own"],
    );
  });

  test("http: and https: stand for ws: and wss:", async (context) => {
    const server = await startRawServer(context, (socket, head) => socket.write(goodAnswer(head)));
    (await connect(server.url.replace("ws:", "http:"))).terminate();
    assert.equal(server.requests.length, 1);
  });
});

suite("connect rejects invalid requests, and dials nothing", () => {
  const CASES: readonly (readonly [what: string, options: ConnectOptions, url?: string])[] = [
    ["no URL", {}, "nowhere"],
    ["another scheme", {}, "ftp://127.0.0.1/"],
    ["a fragment", {}, "ws://127.0.0.1/#a"],
    ["a user that is not UTF-8", {}, "ws://%ff@127.0.0.1/"],
    ["a subprotocol that is no token", { protocols: ["a b"] }],
    ["an empty subprotocol", { protocols: [""] }],
    ["a subprotocol twice", { protocols: ["a", "a"] }],
    ["a header with a line feed", { headers: { a: "b\r\nc: d" } }],
    ["a header with U+010A, which is cut down to one", { headers: { a: "b\u010a" } }],
    ["a header name with a colon", { headers: { "a:": "b" } }],
    ["a header that is not a string", { headers: { a: 1 as unknown as string } }],
    ["a header of the handshake", { headers: { "Sec-WebSocket-Key": "x" } }],
    ["Host", { headers: { Host: "x" } }],
    ["a header that says how long a body is", { headers: { "Content-Length": "1" } }],
    ["an origin with a line feed", { origin: "a\nb" }],
    ["no time at all", { handshakeMs: 0 }],
    ["a time that is not a number", { handshakeMs: Number.NaN }],
    ["no octets for the answer", { handshakeOctets: 0 }],
    ["octets that are not a number", { handshakeOctets: Number.NaN }],
    ["a proxy that is no URL", { proxy: "nowhere" }],
    ["a proxy of another kind", { proxy: "socks5://127.0.0.1:1080" }],
    ["a proxy whose password is not UTF-8", { proxy: "http://a:%ff@127.0.0.1" }],
    ["redirects without a number", { redirects: { max: Number.NaN } }],
    ["too many redirects", { redirects: { max: 21 } }],
    ["window bits that do not exist", { compression: { windowBits: 7 } }],
    ["an unknown limit", { limits: { octets: 1 } as object }],
    ["a heartbeat of nothing", { heartbeat: { intervalMs: 0 } }],
  ];

  for (const [what, options, url] of CASES) {
    test(what, async () => {
      let dialled = 0;
      const createTransport = (): never => {
        dialled++;
        throw new Error("dialled");
      };
      const error = await refuses(
        url ?? "ws://127.0.0.1/",
        { createTransport, ...options },
        ErrorCode.InvalidArgument,
      );
      assert.equal(dialled, 0);
      assert.ok(!error.message.includes("%ff"), "a password is never shown");
    });
  }
});

suite("connect says what cannot be reached", () => {
  test("a port without a listener", async (context) => {
    const server = await startRawServer(context, () => {});
    const free = new URL(server.url);
    free.port = "1";
    const error = await refuses(free.href, {}, ErrorCode.Unreachable);
    assert.equal((error.cause as NodeJS.ErrnoException).code, "ECONNREFUSED");
    assert.ok(error.message.includes("127.0.0.1:1"), error.message);
  });

  test("all addresses of a name", async () => {
    const error = await refuses("ws://localhost:1/", {}, ErrorCode.Unreachable);
    assert.match(error.message, /ECONNREFUSED|ENOTFOUND/);
  });

  test("a name that does not exist", async () => {
    const error = await refuses("ws://nowhere.invalid/", {}, ErrorCode.Unreachable);
    assert.match(String((error.cause as NodeJS.ErrnoException).code), /^(ENOTFOUND|EAI_AGAIN)$/);
  });
});
