import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildRequest, type RequestPlan } from "../../src/handshake/index.js";
import { KEY } from "./sample.js";

const PLAN: RequestPlan = { host: "example.com", target: "/chat?x=1", key: KEY };

describe("a client's opening handshake", () => {
  test("the least there is", () => {
    const expected = [
      "GET /chat?x=1 HTTP/1.1",
      "Host: example.com",
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Key: ${KEY}`,
      "Sec-WebSocket-Version: 13",
      "",
      "",
    ].join("\r\n");
    assert.equal(buildRequest(PLAN), expected);
    assert.equal(buildRequest({ ...PLAN, protocols: [], headers: [] }), expected);
  });

  test("with everything", () => {
    const text = buildRequest({
      ...PLAN,
      protocols: ["b", "a"],
      extensions: "permessage-deflate; client_max_window_bits",
      origin: "https://example.com",
      headers: [["Authorization", "Basic eDp5"]],
    });
    assert.deepEqual(text.split("\r\n").slice(6), [
      "Origin: https://example.com",
      "Sec-WebSocket-Protocol: b, a",
      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
      "Authorization: Basic eDp5",
      "",
      "",
    ]);
  });

  const wrong: Readonly<Record<string, Partial<RequestPlan>>> = {
    "a host with a line break": { host: "a\r\nX: y" },
    "an empty host": { host: "" },
    "a host with user information": { host: "u:p@h" },
    "a target without a slash": { target: "chat" },
    "a whole URI as target": { target: "ws://h/" },
    "an empty target": { target: "" },
    "a fragment": { target: "/#a" },
    "a space in the target": { target: "/a HTTP/1.1\r\nX: y" },
    "characters beyond ASCII in the target": { target: "/\u00e9" },
    "a short key": { key: "AAAA" },
    "an empty subprotocol": { protocols: [""] },
    "a subprotocol that is no token": { protocols: ["a,b"] },
    "a subprotocol with a line break": { protocols: ["a\r\nX: y"] },
    "a subprotocol twice": { protocols: ["a", "b", "a"] },
    "malformed extensions": { extensions: "" },
    "extensions with a line break": { extensions: "a\r\nX: y" },
    "an origin with a line break": { origin: "a\r\nX: y" },
    "Host among the headers": { headers: [["host", "h"]] },
    "Origin among the headers": { headers: [["Origin", "http://h"]] },
    "Upgrade among the headers": { headers: [["Upgrade", "h2c"]] },
    "Sec-WebSocket-Key among the headers": { headers: [["SEC-WebSocket-Key", KEY]] },
    "Content-Length among the headers": { headers: [["Content-Length", "1"]] },
    "a header with a line break": { headers: [["X", "a\r\nY: b"]] },
  };
  for (const [what, change] of Object.entries(wrong)) {
    test(`cannot be written with ${what}`, () =>
      assert.throws(() => buildRequest({ ...PLAN, ...change }), TypeError));
  }
});
