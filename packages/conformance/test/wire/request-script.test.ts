import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { requestLines, type RequestScript } from "../../src/case/handshake.js";
import { hex } from "../../src/case/payload.js";
import { encodeRequest, type HandshakeRequest } from "../../src/wire/http1.js";
import { encodeScript } from "../../src/wire/request-script.js";

const USUAL: HandshakeRequest = {
  url: new URL("ws://127.0.0.1:9001/a?b"),
  key: "dGhlIHNhbXBsZSBub25jZQ==",
  userAgent: "tester",
};

function written(script: RequestScript, usual: Partial<HandshakeRequest> = {}): readonly string[] {
  const { writes } = encodeScript(script, { ...USUAL, ...usual });
  return writes.map((octets) => Buffer.from(octets).toString("latin1"));
}

describe("the lines of the usual request", () => {
  test("say what the usual request says, except for what keeps caches away", () => {
    const asked = {
      origin: "http://x",
      subprotocols: ["a", "b"],
      extensions: ["permessage-deflate"],
      headers: ["X: 1"],
    };
    const sorted = (head: string): readonly string[] =>
      head
        .split("\r\n")
        .filter((line) => !/^(Pragma|Cache-Control):/.test(line))
        .toSorted();
    const [head = ""] = written({ lines: requestLines() }, asked);
    assert.deepEqual(sorted(head), sorted(encodeRequest({ ...USUAL, ...asked })));
    assert.ok(head.endsWith("\r\n\r\n"));
  });
  test("with others in place of some", () => {
    const lines = requestLines({
      request: "POST / HTTP/1.1",
      Host: [],
      Upgrade: ["Upgrade: a", "Upgrade: b"],
    });
    assert.equal(lines[0], "POST / HTTP/1.1");
    assert.ok(!lines.some((line) => line.startsWith("Host")));
    assert.deepEqual(
      lines.filter((line) => line.startsWith("Upgrade")),
      ["Upgrade: a", "Upgrade: b"],
    );
    assert.throws(() => requestLines({ upgrade: [] }), /no line upgrade/);
  });
  test("have the user's Host header, once", () => {
    const [head = ""] = written({ lines: requestLines() }, { headers: ["Host: example.com", "X: 1"] });
    assert.deepEqual(head.match(/^Host.*$/gim), ["Host: example.com"]);
  });
});

describe("placeholders", () => {
  test("stand for parts of the usual request", () => {
    const lines = [
      "GET ws://{name}:{port}{path} HTTP/1.1",
      "Host: {host}",
      "Sec-WebSocket-Key: {key}",
      "A: {agent}",
    ];
    assert.deepEqual(written({ lines }), [
      "GET ws://127.0.0.1:9001/a?b HTTP/1.1\r\nHost: 127.0.0.1:9001\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nA: tester\r\n\r\n",
    ]);
    assert.match(written({ lines: ["{port}"] }, { url: new URL("wss://x/") }).join(""), /^443/);
    assert.match(written({ lines: ["{port}"] }, { url: new URL("ws://x/") }).join(""), /^80/);
  });
  test("others are sent as they are", () => {
    assert.deepEqual(written({ lines: ["{constructor}{x}"] }), ["{constructor}{x}\r\n\r\n"]);
  });
});

test("the head of the record is without what comes behind it, and there may be none", () => {
  const behind = hex("80ff");
  assert.deepEqual(encodeScript({ lines: ["G"], behind }, USUAL).head, "G\r\n\r\n");
  assert.deepEqual(written({ lines: ["G"], behind }), ["G\r\n\r\n\x80\xff"]);
  assert.deepEqual(
    [encodeScript({ lines: [], behind }, USUAL).head, ...written({ lines: [], behind })],
    ["", "\x80\xff"],
  );
});

test("any line end", () => assert.deepEqual(written({ lines: ["G", "H"], lineEnd: "\n" }), ["G\nH\n\n"]));

describe("writes", () => {
  test("of so many octets", () => {
    assert.deepEqual(written({ lines: ["abc"], chop: 3 }), ["abc", "\r\n\r", "\n"]);
    assert.deepEqual(written({ lines: ["ab"], chop: 3 }), ["ab\r", "\n\r\n"]);
  });
  test("cut at offsets, from the start and from the end of the head", () => {
    assert.deepEqual(written({ lines: ["abc"], behind: hex("41"), cuts: [1, -1] }), ["a", "bc\r\n\r", "\nA"]);
  });
});
