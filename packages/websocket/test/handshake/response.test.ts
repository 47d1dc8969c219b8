import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  accept,
  acceptFor,
  type Acceptance,
  chooseProtocol,
  type UpgradeOpening,
} from "../../src/handshake/index.js";
import { ACCEPT, KEY, sha1 } from "./sample.js";

const REQUEST: UpgradeOpening = {
  key: KEY,
  host: "h",
  target: "/",
  origin: undefined,
  protocols: ["chat", "superchat"],
  offers: [{ name: "permessage-deflate", params: [] }],
};

test("the accept value of RFC 6455 §1.3", () => assert.equal(acceptFor(KEY, sha1), ACCEPT));

describe("the answer that opens a connection", () => {
  test("with nothing chosen", () => {
    const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
    const expected = [...lines, `Sec-WebSocket-Accept: ${ACCEPT}`, "", ""].join("\r\n");
    assert.equal(accept(REQUEST, {}, sha1), expected);
  });

  test("with everything", () => {
    const text = accept(
      REQUEST,
      {
        protocol: "chat",
        extensions: "permessage-deflate; server_no_context_takeover",
        headers: [
          ["Set-Cookie", "a=b"],
          ["Set-Cookie", "c=\u00ff"],
        ],
      },
      sha1,
    );
    assert.deepEqual(text.split("\r\n").slice(4), [
      "Sec-WebSocket-Protocol: chat",
      "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover",
      "Set-Cookie: a=b",
      "Set-Cookie: c=\u00ff",
      "",
      "",
    ]);
  });

  const wrong: Readonly<Record<string, Acceptance>> = {
    "a subprotocol that was not offered": { protocol: "Chat" },
    "an empty subprotocol": { protocol: "" },
    "an extension that was not offered": { extensions: "x-foo" },
    "one of two extensions not offered": { extensions: "permessage-deflate, x-foo" },
    "malformed extensions": { extensions: "permessage-deflate;" },
    "a line break in extensions": { extensions: "permessage-deflate\r\nX: y" },
    Upgrade: { headers: [["upgrade", "h2c"]] },
    Connection: { headers: [["Connection", "close"]] },
    "Sec-WebSocket-Accept": { headers: [["Sec-WebSocket-Accept", ACCEPT]] },
    "Sec-WebSocket-Anything": { headers: [["sec-websocket-anything", "1"]] },
    "Content-Length": { headers: [["Content-Length", "5"]] },
    "Transfer-Encoding": { headers: [["Transfer-Encoding", "chunked"]] },
    "a line break in a value": { headers: [["X", "a\r\nY: b"]] },
    "a line feed in a value": { headers: [["X", "a\nb"]] },
    "NUL in a value": { headers: [["X", "a\u0000"]] },
    "a character that would become a line feed": { headers: [["X", "a\u010ab"]] },
    "a line break in a name": { headers: [["X\r\nY", "a"]] },
    "an empty name": { headers: [["", "a"]] },
    "a colon in a name": { headers: [["X:", "a"]] },
    "a value that is no text": { headers: [["X", { length: 0 } as unknown as string]] },
  };
  for (const [what, acceptance] of Object.entries(wrong)) {
    test(`cannot be written with ${what}`, () =>
      assert.throws(() => accept(REQUEST, acceptance, sha1), TypeError));
  }
});

test("the server's order chooses the subprotocol", () => {
  assert.equal(chooseProtocol(["a", "b"], ["b", "a"]), "b");
  assert.equal(chooseProtocol(["a", "b"], ["c", "b"]), "b");
  assert.equal(chooseProtocol(["A"], ["a"]), undefined);
  assert.equal(chooseProtocol([], ["a"]), undefined);
  assert.equal(chooseProtocol(["a"], []), undefined);
});
