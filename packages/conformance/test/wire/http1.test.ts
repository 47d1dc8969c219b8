import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  acceptFor,
  encodeRequest,
  headerValues,
  HeadReader,
  parseResponse,
  type HandshakeRequest,
} from "../../src/wire/http1.js";

const REQUEST: HandshakeRequest = {
  url: new URL("ws://127.0.0.1:9001/echo?a=b#not-sent"),
  key: "dGhlIHNhbXBsZSBub25jZQ==",
  userAgent: "wireproof/1",
};

describe("encodeRequest", () => {
  test("the plain request", () => {
    assert.equal(
      encodeRequest(REQUEST),
      [
        "GET /echo?a=b HTTP/1.1",
        "User-Agent: wireproof/1",
        "Host: 127.0.0.1:9001",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Pragma: no-cache",
        "Cache-Control: no-cache",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        "",
        "",
      ].join("\r\n"),
    );
  });
  test("with an origin, subprotocols and headers of the user's own", () => {
    const text = encodeRequest({
      ...REQUEST,
      origin: "https://example.org",
      subprotocols: ["chat", "superchat"],
      headers: ["Cookie: a=1", "X-Two: 2"],
    });
    assert.deepEqual(text.split("\r\n").slice(7), [
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Origin: https://example.org",
      "Sec-WebSocket-Protocol: chat,superchat",
      "Sec-WebSocket-Version: 13",
      "Cookie: a=1",
      "X-Two: 2",
      "",
      "",
    ]);
  });
  test("with extension offers in one header, in order", () => {
    const lines = encodeRequest({ ...REQUEST, subprotocols: ["chat"], extensions: ["a; b=1", "a"] }).split(
      "\r\n",
    );
    assert.deepEqual(lines.slice(8, 11), [
      "Sec-WebSocket-Protocol: chat",
      "Sec-WebSocket-Extensions: a; b=1, a",
      "Sec-WebSocket-Version: 13",
    ]);
  });
  for (const own of ["Host: elsewhere.example", "host:elsewhere.example"]) {
    test(`${own} takes the place of our own Host`, () => {
      const lines = encodeRequest({ ...REQUEST, headers: [own] }).split("\r\n");
      assert.deepEqual(
        lines.filter((line) => /^host/i.test(line)),
        [own],
      );
    });
  }
  test("a default port and an empty path", () => {
    const [first, , host] = encodeRequest({ ...REQUEST, url: new URL("wss://example.org:443") }).split(
      "\r\n",
    );
    assert.deepEqual([first, host], ["GET / HTTP/1.1", "Host: example.org"]);
  });
  test("an IPv6 address keeps its brackets", () => {
    const [, , host] = encodeRequest({ ...REQUEST, url: new URL("ws://[::1]:9001/") }).split("\r\n");
    assert.equal(host, "Host: [::1]:9001");
  });
});

test("the accept key of the example in RFC 6455 §1.3", () => {
  assert.equal(acceptFor("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
});

describe("encodeRequest in the words of the original", () => {
  const original = (url: string): readonly string[] =>
    encodeRequest({ ...REQUEST, url: new URL(url), original: true }).split("\r\n");
  for (const [url, host] of [
    ["ws://example.org/", "example.org:80"],
    ["wss://example.org/", "example.org:443"],
    ["wss://example.org:9001/", "example.org:9001"],
    ["ws://[::1]:9001/", "[::1]:9001"],
  ] as const) {
    test(`the port is always there: ${url}`, () => assert.equal(original(url)[2], `Host: ${host}`));
  }
  test("the user's own headers stand in front of the key", () => {
    const request = encodeRequest({ ...REQUEST, original: true, headers: ["Host: a", "X-B: 2"] });
    assert.deepEqual(request.split("\r\n").slice(2), [
      "Upgrade: WebSocket",
      "Connection: Upgrade",
      "Pragma: no-cache",
      "Cache-Control: no-cache",
      "Host: a",
      "X-B: 2",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Version: 13",
      "",
      "",
    ]);
  });
});

describe("parseResponse", () => {
  test("status line and headers", () => {
    const head = parseResponse(
      "HTTP/1.1 101 Switching Protocols\r\nServer: a\r\nX-A:  1 \r\nx-a: b:c\r\n\r\n",
    );
    assert.deepEqual(head, {
      version: "HTTP/1.1",
      status: 101,
      reason: "Switching Protocols",
      firstLine: "HTTP/1.1 101 Switching Protocols",
      headers: [
        ["server", "a"],
        ["x-a", "1"],
        ["x-a", "b:c"],
      ],
    });
    assert.deepEqual(headerValues(head, "x-a"), ["1", "b:c"]);
    assert.deepEqual(headerValues(head, "upgrade"), []);
  });
  const lines: readonly (readonly [line: string, version: string, status: number, reason: string])[] = [
    ["HTTP/1.1 204", "HTTP/1.1", 204, ""],
    ["HTTP/1.0 400 Bad: Request", "HTTP/1.0", 400, "Bad: Request"],
    ["HTTP/2 200", "", 0, ""],
    ["HTTP/1.1 20 OK", "", 0, ""],
    ["SSH-2.0-OpenSSH_9", "", 0, ""],
    ["", "", 0, ""],
  ];
  for (const [line, version, status, reason] of lines) {
    test(JSON.stringify(line), () => {
      const head = parseResponse(`${line}\r\n\r\n`);
      assert.deepEqual(
        [head.version, head.status, head.reason, head.firstLine],
        [version, status, reason, line],
      );
    });
  }
  test("a line without a colon is no header", () => {
    assert.deepEqual(parseResponse("HTTP/1.1 101\r\nnonsense\r\nA: b\r\n\r\n").headers, [["a", "b"]]);
  });
});

describe("HeadReader", () => {
  const HEAD = "HTTP/1.1 101 Switching Protocols\r\nA: \xe9\r\n\r\n";
  const REST = Uint8Array.of(0x81, 0x00, 0x0d, 0x0a, 0x0d, 0x0a);
  const OCTETS = Buffer.concat([Buffer.from(HEAD, "latin1"), REST]);

  test("cut at every offset: the same head, and nothing of what is behind it is lost", () => {
    for (let at = 0; at <= OCTETS.length; at++) {
      const reader = new HeadReader();
      const chunks = [OCTETS.subarray(0, at), OCTETS.subarray(at)];
      const reads = chunks.map((chunk) => reader.push(chunk));
      const done = reads.findIndex((read) => read !== "more");
      const read = reads[done];
      assert.ok(typeof read === "object", `cut at ${at}`);
      assert.equal(read.head, HEAD);
      const behind = Buffer.concat([read.rest, ...chunks.slice(done + 1)]);
      assert.deepEqual(behind, Buffer.from(REST), `cut at ${at}`);
    }
  });
  test("octet by octet", () => {
    const reader = new HeadReader();
    const reads = Array.from(Buffer.from(HEAD, "latin1"), (octet) => reader.push(Uint8Array.of(octet)));
    assert.ok(reads.slice(0, -1).every((read) => read === "more"));
    assert.deepEqual(reads.at(-1), { head: HEAD, rest: Buffer.alloc(0) });
  });
  test("keeps what came, for the record", () => {
    const reader = new HeadReader();
    reader.push(Buffer.from("HTTP/1.1 1\xff", "latin1"));
    reader.push(Buffer.from("01"));
    assert.equal(reader.soFar, "HTTP/1.1 1\xff01");
  });
  test("a bare LF ends a line where any end does, and nothing elsewhere", () => {
    for (const head of ["HTTP/1.1 101 X\nA: 1\n\n", "HTTP/1.1 101 X\nA: 1\r\n\n", "HTTP/1.1 101 X\n\r\n"]) {
      const octets = Buffer.from(`${head}\x81`, "latin1");
      for (let at = 0; at < octets.length; at++) {
        const reader = new HeadReader({ anyLineEnd: true });
        const first = reader.push(octets.subarray(0, at));
        const read = first === "more" ? reader.push(octets.subarray(at)) : first;
        assert.equal(typeof read === "object" ? read.head : read, head, `cut at ${at}`);
      }
      assert.equal(new HeadReader().push(octets), "more");
    }
  });
  test("gives up above its limit, not at it", () => {
    const reader = new HeadReader({ limit: 10 });
    assert.equal(reader.push(Buffer.alloc(10, "a")), "more");
    assert.equal(reader.push(Buffer.from("a")), "too-long");
  });
  test("the limit is 65,536 octets if none is given", () => {
    const reader = new HeadReader();
    assert.equal(reader.push(Buffer.alloc(65_536, "a")), "more");
    assert.equal(reader.push(Buffer.from("a")), "too-long");
  });
});
