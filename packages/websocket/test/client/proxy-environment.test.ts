import assert from "node:assert/strict";
import { suite, test } from "node:test";

import { ErrorCode, connect } from "../../src/index.js";
import { proxyFromEnvironment } from "../../src/client/proxy-environment.js";
import { startProxy } from "./proxy.js";
import { goodAnswer, startRawServer } from "./raw-server.js";

const PLAIN = new URL("ws://www.example.com/chat");
const SECURE = new URL("wss://www.example.com/chat");
const hrefOf = (url: URL, environment: Record<string, string>): string | undefined =>
  proxyFromEnvironment(url, environment)?.href;

suite("the proxy of the environment", () => {
  const both = { HTTP_PROXY: "http://plain:1", HTTPS_PROXY: "http://secure:2" };

  test("is HTTP_PROXY for ws and HTTPS_PROXY for wss, in lower case first", () => {
    assert.equal(hrefOf(PLAIN, both), "http://plain:1/");
    assert.equal(hrefOf(SECURE, both), "http://secure:2/");
    assert.equal(hrefOf(PLAIN, { ...both, http_proxy: "http://lower:3" }), "http://lower:3/");
    assert.equal(hrefOf(SECURE, { ...both, https_proxy: "http://lower:3" }), "http://lower:3/");
    assert.equal(hrefOf(PLAIN, { ...both, http_proxy: "" }), undefined);
    assert.equal(hrefOf(PLAIN, {}), undefined);
    assert.equal(hrefOf(SECURE, { HTTP_PROXY: "http://plain:1" }), undefined);
  });

  test("may leave its scheme out, and may have credentials", () => {
    assert.equal(hrefOf(PLAIN, { HTTP_PROXY: " proxy:3128 " }), "http://proxy:3128/");
    assert.equal(hrefOf(PLAIN, { HTTP_PROXY: "https://u:p@proxy" }), "https://u:p@proxy/");
  });

  test("is not taken from a field of a CGI request", () => {
    assert.equal(hrefOf(PLAIN, { HTTP_PROXY: "http://evil", REQUEST_METHOD: "GET" }), undefined);
    assert.equal(hrefOf(PLAIN, { http_proxy: "http://ok", REQUEST_METHOD: "GET" }), "http://ok/");
  });

  test("that is none is refused with the name of the variable, and without the password", () => {
    for (const value of ["socks5://u:secret@proxy", "http://u:secret@", "http://u:secret%ff@proxy"]) {
      assert.throws(
        () => proxyFromEnvironment(PLAIN, { HTTP_PROXY: value }),
        ({ code, message }: { code?: string; message?: string }) =>
          code === ErrorCode.InvalidArgument &&
          message!.startsWith("HTTP_PROXY in") &&
          !/secret/.test(message!),
      );
    }
  });
});

suite("NO_PROXY", () => {
  const rows: readonly (readonly [list: string, url: string, isExempt: boolean])[] = [
    ["*", "ws://any.example/", true],
    ["a.example, *", "ws://any.example/", true],
    ["example.com", "ws://example.com/", true],
    ["example.com", "ws://www.example.com/", true],
    ["example.com", "ws://notexample.com/", false],
    ["example.com", "ws://example.com.evil.example/", false],
    [".example.com", "ws://example.com/", true],
    ["*.example.com", "ws://www.example.com/", true],
    ["EXAMPLE.com.", "ws://www.example.com/", true],
    ["example.com", "ws://example.com./", true],
    ["a.example b.example\tc.example", "ws://b.example/", true],
    [" , ,", "ws://example.com/", false],
    ["example.com:8080", "ws://example.com:8080/", true],
    ["example.com:8080", "ws://example.com/", false],
    ["example.com:443", "wss://example.com/", true],
    ["example.com:80", "wss://example.com/", false],
    ["example.com:x", "ws://example.com/", false],
    ["b\u00fccher.example", "ws://b\u00fccher.example/", true],
    ["localhost", "ws://localhost:1/", true],
    ["example.com", "ws://localhost/", false],
    ["127.0.0.1", "ws://127.0.0.1:9/", true],
    ["0.0.1", "ws://127.0.0.1/", false],
    ["127.0.0.1:8", "ws://127.0.0.1:9/", false],
    ["10.0.0.0/8", "ws://10.200.3.4/", true],
    ["10.0.0.0/8", "ws://11.0.0.1/", false],
    ["10.0.0.0/33", "ws://10.0.0.0/", false],
    ["10.0.0.0/", "ws://10.0.0.0/", false],
    ["0.0.0.0/0", "ws://1.2.3.4/", true],
    ["::1", "ws://[::1]/", true],
    ["::1", "ws://[::2]/", false],
    ["[::1]", "ws://[::1]/", true],
    ["[0:0:0:0:0:0:0:1]:81", "ws://[::1]:81/", true],
    ["[::1]:81", "ws://[::1]/", false],
    ["fd00::/8", "ws://[fd12::1]/", true],
    ["fd00::/8", "ws://[fe80::1]/", false],
    ["10.0.0.0/8", "ws://[::1]/", false],
  ];
  for (const [list, url, isExempt] of rows) {
    test(`${JSON.stringify(list)} ${isExempt ? "exempts" : "does not exempt"} ${url}`, () => {
      const environment = { HTTP_PROXY: "http://p", HTTPS_PROXY: "http://p", NO_PROXY: list };
      assert.equal(hrefOf(new URL(url), environment), isExempt ? undefined : "http://p/");
    });
  }

  test("in lower case comes first", () => {
    assert.equal(hrefOf(PLAIN, { HTTP_PROXY: "http://p", NO_PROXY: "*", no_proxy: "" }), "http://p/");
  });
});

test("connect asks the environment with proxy: env, for each hop", async (context) => {
  const server = await startRawServer(context, (socket, head) => {
    const location = `ws://near.example:${server.port}/end`;
    if (head.startsWith("GET /start ")) socket.end(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\n\r\n`);
    else socket.write(goodAnswer(head));
  });
  const proxy = await startProxy(context, { to: server.port });
  const before = { ...process.env };
  context.after(() => {
    for (const name of ["http_proxy", "no_proxy"]) delete process.env[name];
    Object.assign(process.env, before);
  });
  process.env["http_proxy"] = proxy.url;
  process.env["no_proxy"] = "127.0.0.1";
  (await connect(server.url, { proxy: "env" })).terminate();
  assert.deepEqual(proxy.requests, []);
  const ws = await connect(`${server.url}/start`, { proxy: "env", redirects: { max: 1, crossOrigin: true } });
  assert.equal(ws.handshake.target, "/end");
  ws.terminate();
  assert.equal(proxy.requests.length, 1);
  assert.match(proxy.requests[0]!, /^CONNECT near\.example:/);
  process.env["no_proxy"] = "";
  (await connect(server.url)).terminate();
  assert.equal(proxy.requests.length, 1);
});
