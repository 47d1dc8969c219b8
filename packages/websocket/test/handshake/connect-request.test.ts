import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildConnect, type ConnectPlan } from "../../src/handshake/index.js";

const PLAN: ConnectPlan = { scheme: "ws", host: "example.com", target: "/chat?x=1" };

describe("a client's opening handshake over HTTP/2 (RFC 8441 §5)", () => {
  test("the least there is", () => {
    assert.deepEqual(buildConnect(PLAN), [
      [":method", "CONNECT"],
      [":protocol", "websocket"],
      [":scheme", "http"],
      [":authority", "example.com"],
      [":path", "/chat?x=1"],
      ["sec-websocket-version", "13"],
    ]);
  });

  test("with everything, in lower case", () => {
    const fields = buildConnect({
      ...PLAN,
      scheme: "wss",
      protocols: ["b", "a"],
      extensions: "permessage-deflate; client_max_window_bits",
      origin: "https://example.com",
      headers: [
        ["Authorization", "Basic eDp5"],
        ["Cookie", "a=1"],
        ["Cookie", "b=2"],
      ],
    });
    assert.deepEqual(fields[2], [":scheme", "https"]);
    assert.deepEqual(fields.slice(5), [
      ["sec-websocket-version", "13"],
      ["origin", "https://example.com"],
      ["sec-websocket-protocol", "b, a"],
      ["sec-websocket-extensions", "permessage-deflate; client_max_window_bits"],
      ["authorization", "Basic eDp5"],
      ["cookie", "a=1"],
      ["cookie", "b=2"],
    ]);
  });

  const wrong: Readonly<Record<string, Partial<ConnectPlan>>> = {
    "an empty host": { host: "" },
    "a target without a slash": { target: "chat" },
    "a fragment": { target: "/#a" },
    "a subprotocol twice": { protocols: ["a", "a"] },
    "malformed extensions": { extensions: "" },
    "an origin with a line break": { origin: "a\r\nX: y" },
    "Host among the headers": { headers: [["host", "h"]] },
    "Upgrade among the headers": { headers: [["Upgrade", "websocket"]] },
    "Connection among the headers": { headers: [["Connection", "close"]] },
    "Keep-Alive among the headers": { headers: [["Keep-Alive", "timeout=5"]] },
    "Proxy-Connection among the headers": { headers: [["Proxy-Connection", "close"]] },
    "TE among the headers": { headers: [["TE", "gzip"]] },
    "HTTP2-Settings among the headers": { headers: [["HTTP2-Settings", "AAMAAABk"]] },
    "Sec-WebSocket-Key among the headers": { headers: [["Sec-WebSocket-Key", "x"]] },
    "a pseudo-header field among the headers": { headers: [[":path", "/"]] },
    "a header with a line break": { headers: [["X", "a\r\nY: b"]] },
  };
  for (const [what, change] of Object.entries(wrong)) {
    test(`cannot be written with ${what}`, () =>
      assert.throws(() => buildConnect({ ...PLAN, ...change }), TypeError));
  }
});
