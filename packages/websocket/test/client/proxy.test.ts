import assert from "node:assert/strict";
import { suite, test } from "node:test";

import { ErrorCode, connect } from "../../src/index.js";
import { Opcode } from "../../src/protocol/opcode.js";
import { closeOctets, fromServer } from "../support/frames.js";
import { startProxy } from "./proxy.js";
import { certificate, fieldOf, gone, goodAnswer, startRawServer } from "./raw-server.js";
import type { OnRequest } from "./raw-server.js";
import { refuses } from "./refusing.js";

const HELLO: OnRequest = (socket, head) =>
  socket.end(
    Buffer.concat([
      Buffer.from(goodAnswer(head)),
      fromServer({ opcode: Opcode.Text, payload: "hello" }),
      fromServer({ opcode: Opcode.Close, payload: closeOctets(1000) }),
    ]),
  );

/** The messages of a connection until it is closed. */
async function listen(...args: Parameters<typeof connect>): Promise<unknown[]> {
  const messages: unknown[] = [];
  for await (const message of await connect(...args)) messages.push(message);
  return messages;
}

suite("connect through a proxy (RFC 9110 §9.3.6)", () => {
  for (const isProxySecure of [false, true]) {
    for (const isSecure of [false, true]) {
      const how = `${isSecure ? "wss" : "ws"} through ${isProxySecure ? "https" : "http"}`;
      test(how, async (context) => {
        const tls = await certificate();
        const server = await startRawServer(context, HELLO, isSecure ? tls : undefined);
        const proxy = await startProxy(context, { to: server.port, ...(isProxySecure ? { tls } : {}) });
        const trust = { ca: tls.cert };
        const url = server.url.replace("127.0.0.1", "localhost");
        const messages = await listen(url, { proxy: proxy.url, tls: trust, proxyTls: trust });
        assert.deepEqual(messages, ["hello"]);
        const [asked = ""] = proxy.requests;
        assert.ok(
          asked.startsWith(`CONNECT localhost:${server.port} HTTP/1.1\r\nHost: localhost:${server.port}\r\n`),
        );
        assert.equal(fieldOf(asked, "proxy-authorization"), undefined);
        assert.equal(fieldOf(asked, "sec-websocket-key"), undefined);
      });
    }
  }

  test("names the default port, and an IPv6 address in brackets", async (context) => {
    const server = await startRawServer(context, HELLO);
    const proxy = await startProxy(context, { to: server.port });
    await listen("ws://[::1]/", { proxy: proxy.url });
    await listen("ws://nowhere.invalid/", { proxy: proxy.url });
    assert.deepEqual(
      proxy.requests.map((head) => head.split("\r\n")[0]),
      ["CONNECT [::1]:80 HTTP/1.1", "CONNECT nowhere.invalid:80 HTTP/1.1"],
    );
    assert.equal(fieldOf(server.requests[1]!, "host"), "nowhere.invalid", "the proxy looks the name up");
  });

  test("keeps the credentials for the proxy and those for the server apart", async (context) => {
    const server = await startRawServer(context, HELLO);
    const proxy = await startProxy(context, { to: server.port });
    const credentialed = proxy.url.replace("//", "//us%C3%A9r:p%40ss@");
    await listen(server.url, { proxy: credentialed, headers: { Authorization: "Own", Cookie: "a=1" } });
    const [asked = ""] = proxy.requests;
    const expected = `Basic ${Buffer.from("usér:p@ss").toString("base64")}`;
    assert.equal(fieldOf(asked, "proxy-authorization"), expected);
    assert.equal(fieldOf(asked, "authorization"), undefined);
    assert.equal(fieldOf(asked, "cookie"), undefined);
    assert.equal(fieldOf(server.requests[0]!, "proxy-authorization"), undefined);
    assert.equal(fieldOf(server.requests[0]!, "authorization"), "Own");
  });

  test("takes any answer of 2xx, interim ones before it, and octets behind it", async (context) => {
    // No server speaks first, but whatever comes through the tunnel has to be read as its answer.
    const early =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 204 Fine\r\nX-A: b\r\n\r\nHTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n";
    const server = await startRawServer(context, () => {});
    const proxy = await startProxy(context, { to: server.port, established: early });
    const error = await refuses(server.url, { proxy: proxy.url }, ErrorCode.UnexpectedResponse);
    assert.equal(error.status, 418);
  });
});

suite("a proxy that does not connect", () => {
  for (const [what, answer, status] of [
    [
      "asks for credentials",
      "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n",
      407,
    ],
    ["fails", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", 502],
    ["redirects", "HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1/\r\n\r\n", 302],
    ["switches protocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", 101],
  ] as const) {
    test(what, async (context) => {
      const proxy = await startProxy(context, { answer });
      const options = {
        proxy: proxy.url.replace("//", "//me:secret@"),
        redirects: { max: 5, crossOrigin: true },
      };
      const error = await refuses("ws://host.example/", options, ErrorCode.ProxyRefused);
      assert.equal(error.status, status);
      assert.ok(!error.message.includes("secret"), "the credentials are never shown");
      await gone(proxy);
    });
  }

  test("speaks something else", async (context) => {
    const proxy = await startProxy(context, { answer: "what?" });
    const error = await refuses("ws://host.example/", { proxy: proxy.url }, ErrorCode.ProxyRefused);
    assert.equal(error.problem, "not-http");
    await gone(proxy);
  });

  test("answers without end", async (context) => {
    const proxy = await startProxy(context, { answer: `HTTP/1.1 200 OK\r\nX-A: ${"a".repeat(20_000)}` });
    const error = await refuses("ws://host.example/", { proxy: proxy.url }, ErrorCode.ProxyRefused);
    assert.equal(error.problem, "head-too-large");
    await gone(proxy);
  });

  test("never answers", async (context) => {
    const proxy = await startProxy(context, { answer: "" });
    const options = { proxy: proxy.url, handshakeMs: 50 };
    await refuses("ws://host.example/", options, ErrorCode.HandshakeTimeout);
    await gone(proxy);
  });

  test("never answers, and the application has had enough", async (context) => {
    const proxy = await startProxy(context, { answer: "" });
    const controller = new AbortController();
    const connecting = connect("ws://host.example/", { proxy: proxy.url, signal: controller.signal });
    while (proxy.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error("enough"));
    await assert.rejects(connecting, /enough/);
    await gone(proxy);
  });

  test("is not there", async () => {
    const error = await refuses("ws://host.example/", { proxy: "http://127.0.0.1:1" }, ErrorCode.Unreachable);
    assert.ok(error.message.includes("127.0.0.1:1"), error.message);
  });

  test("connects to a server that is gone", async (context) => {
    const proxy = await startProxy(context, { to: 1 });
    await refuses("ws://host.example/", { proxy: proxy.url }, ErrorCode.ProxyRefused);
  });
});

suite("TLS through a proxy", () => {
  test("refuses a certificate that is not trusted", async (context) => {
    const server = await startRawServer(context, HELLO, await certificate());
    const proxy = await startProxy(context, { to: server.port });
    const error = await refuses("wss://localhost/", { proxy: proxy.url }, ErrorCode.Unreachable);
    assert.equal((error.cause as NodeJS.ErrnoException).code, "DEPTH_ZERO_SELF_SIGNED_CERT");
    assert.deepEqual(server.requests, []);
    await gone(proxy);
  });

  test("refuses a good certificate of another host", async (context) => {
    const { cert, key } = await certificate();
    const server = await startRawServer(context, HELLO, { cert, key });
    // Both the proxy's own host and the port are right for the certificate: only the server's name counts.
    const proxy = await startProxy(context, { to: server.port });
    for (const url of ["wss://other.example/", "wss://127.0.0.2/"]) {
      const error = await refuses(url, { proxy: proxy.url, tls: { ca: cert } }, ErrorCode.Unreachable);
      assert.equal((error.cause as NodeJS.ErrnoException).code, "ERR_TLS_CERT_ALTNAME_INVALID");
    }
    assert.deepEqual(server.requests, []);
    await gone(proxy);
  });

  test("does not take the trust in the server for trust in the proxy", async (context) => {
    const tls = await certificate();
    const proxy = await startProxy(context, { tls, to: 1 });
    const options = { proxy: proxy.url, tls: { ca: tls.cert, rejectUnauthorized: false } };
    const error = await refuses("wss://localhost/", options, ErrorCode.Unreachable);
    assert.equal((error.cause as NodeJS.ErrnoException).code, "DEPTH_ZERO_SELF_SIGNED_CERT");
    assert.deepEqual(proxy.requests, []);
  });
});
