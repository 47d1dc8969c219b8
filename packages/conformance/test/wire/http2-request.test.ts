import assert from "node:assert/strict";
import { test } from "node:test";
import { connectFields } from "../../src/case/http2-script.js";
import { requestFields } from "../../src/wire/http2-request.js";

const USUAL = { url: new URL("wss://peer.example:8443/chat?room=1"), key: "", userAgent: "wireproof/0" };

test("the usual extended CONNECT has what RFC 8441 asks for, and nothing of HTTP/1.1", () => {
  assert.deepEqual(requestFields(connectFields(), USUAL), [
    [":method", "CONNECT"],
    [":protocol", "websocket"],
    [":scheme", "https"],
    [":path", "/chat?room=1"],
    [":authority", "peer.example:8443"],
    ["user-agent", "wireproof/0"],
    ["sec-websocket-version", "13"],
  ]);
});

test("the user's fields stand behind it in small letters, and the host in :authority", () => {
  const fields = requestFields(connectFields(), {
    ...USUAL,
    origin: "https://a.example",
    subprotocols: ["chat", "superchat"],
    extensions: ["permessage-deflate"],
    headers: ["Host: other.example", "X-Token: a:b"],
  });
  assert.deepEqual(fields.slice(-4), [
    ["origin", "https://a.example"],
    ["sec-websocket-protocol", "chat, superchat"],
    ["sec-websocket-extensions", "permessage-deflate"],
    ["x-token", "a:b"],
  ]);
  assert.deepEqual(
    fields.find(([name]) => name === ":authority"),
    [":authority", "other.example"],
  );
});

test("a case takes fields away, doubles them, or adds its own", () => {
  const fields = connectFields(
    {
      ":path": [],
      ":protocol": "foo",
      ":scheme": [
        [":scheme", "a"],
        [":scheme", "b"],
      ],
    },
    ["X", "1"],
  );
  assert.equal(
    fields.some(([name]) => name === ":path"),
    false,
  );
  assert.deepEqual(
    requestFields(fields, USUAL).filter(([name]) => [":protocol", ":scheme", "X"].includes(name)),
    [
      [":protocol", "foo"],
      [":scheme", "a"],
      [":scheme", "b"],
      ["X", "1"],
    ],
  );
  assert.throws(() => connectFields({ ":nothing": "x" }), RangeError);
});
