import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refusalHint } from "../../src/judge/hints.js";

function hintOf(head: string, banner = ""): string | undefined {
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? NaN);
  const response = head === "" ? null : `${head}\r\n\r\n`;
  return refusalHint(
    { opened: false, request: "", response, ...(Number.isNaN(status) ? {} : { status }) },
    banner,
  );
}

describe("what helps when an opening handshake was refused", () => {
  const table: readonly (readonly [string, RegExp | undefined])[] = [
    ["HTTP/1.1 301 Moved Permanently\r\nLocation: https://example.com/ws", /https:\/\/example\.com\/ws/],
    ["HTTP/1.1 302 Found", undefined],
    ["HTTP/1.1 401 Unauthorized", /--header 'Authorization: …'/],
    ["HTTP/1.1 403 Forbidden", /--origin/],
    ["HTTP/1.1 404 Not Found", /path/],
    ["HTTP/1.1 426 Upgrade Required", /version/],
    ["HTTP/1.1 400 Bad Request", /body/],
    ["HTTP/1.1 200 OK\r\nServer: nginx/1.24", /proxy_set_header Upgrade/],
    ["HTTP/1.1 400 Bad Request\r\nVia: 1.1 varnish", /proxy_set_header Upgrade/],
    ["HTTP/1.1 418 I'm a teapot", undefined],
  ];
  for (const [head, expected] of table) {
    test(head.replace("\r\n", ", "), () => {
      const hint = hintOf(head);
      if (expected === undefined) assert.equal(hint, undefined);
      else assert.match(hint ?? "", expected);
    });
  }

  test("what is no HTTP", () => {
    assert.match(hintOf("", "SSH-2.0-OpenSSH_9.6\r\n") ?? "", /SSH/);
    assert.match(hintOf("", "\u0015\u0003\u0001\u0000\u0002\u0002F") ?? "", /wss:/);
    assert.equal(hintOf("", "hello"), undefined);
  });
});
