import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  checkConnectResponse,
  checkResponse,
  type Expected,
  type HandshakeProblemId,
  type ResponseHead,
} from "../../src/handshake/index.js";
import { ACCEPT, KEY, responseWith } from "./sample.js";

const PLAIN: Expected = { accept: ACCEPT, protocols: [], isProtocolRequired: true, extensions: undefined };
const OFFERED: Expected = {
  accept: ACCEPT,
  protocols: ["chat", "superchat"],
  isProtocolRequired: false,
  extensions: "permessage-deflate; client_max_window_bits, permessage-deflate, x-foo",
};
const ACCEPT_FIELD = "Sec-WebSocket-Accept";
const PROTOCOL = "Sec-WebSocket-Protocol";
const EXTENSIONS = "Sec-WebSocket-Extensions";

describe("answers that open the connection (RFC 6455 §4.1)", () => {
  const heads: Readonly<Record<string, ResponseHead>> = {
    plain: responseWith(),
    "Upgrade in another case": responseWith({ Upgrade: "WebSocket" }),
    "Connection in another case": responseWith({ Connection: "upgrade" }),
    "Connection as a list": responseWith({ Connection: "keep-alive, Upgrade" }),
    "whitespace around the accept value": responseWith({ [ACCEPT_FIELD]: ` \t${ACCEPT}\t` }),
    "another reason": responseWith({}, [], { reason: "Fine" }),
    "Content-Length": responseWith({ "Content-Length": "5" }),
    "Sec-WebSocket-Version": responseWith({ "Sec-WebSocket-Version": "13" }),
  };
  for (const [what, head] of Object.entries(heads)) {
    test(what, () =>
      assert.deepEqual(checkResponse(head, PLAIN), { ok: true, protocol: undefined, extensions: [] }),
    );
  }

  test("none of what was offered", () => {
    const check = checkResponse(responseWith(), OFFERED);
    assert.deepEqual(check, { ok: true, protocol: undefined, extensions: [] });
  });

  test("some of what was offered", () => {
    const answer = { [PROTOCOL]: "superchat", [EXTENSIONS]: 'permessage-deflate; a="1"' };
    assert.deepEqual(checkResponse(responseWith(answer), OFFERED), {
      ok: true,
      protocol: "superchat",
      extensions: [{ name: "permessage-deflate", params: [["a", "1"]] }],
    });
  });

  test("extensions in two lines (§4.2.2 allows it)", () => {
    const head = responseWith({ [EXTENSIONS]: "x-foo" }, [[EXTENSIONS, "permessage-deflate"]]);
    const check = checkResponse(head, OFFERED);
    assert.deepEqual(check.ok && check.extensions.map(({ name }) => name), ["x-foo", "permessage-deflate"]);
  });
});

describe("answers that do not", () => {
  type Row = readonly [what: string, head: ResponseHead, id: HandshakeProblemId, expected?: Expected];
  const table: readonly Row[] = [
    ["200", responseWith({}, [], { status: 200 }), "unexpected-status"],
    ["404", responseWith({}, [], { status: 404 }), "unexpected-status"],
    ["HTTP/1.0", responseWith({}, [], { httpVersion: "1.0" }), "response-http-version"],
    ["no Upgrade", responseWith({ Upgrade: undefined }), "response-upgrade"],
    ["another Upgrade", responseWith({ Upgrade: "websockets" }), "response-upgrade"],
    ["Upgrade as a list", responseWith({ Upgrade: "websocket, h2c" }), "response-upgrade"],
    ["Upgrade twice", responseWith({}, [["upgrade", "websocket"]]), "response-upgrade"],
    ["no Connection", responseWith({ Connection: undefined }), "response-connection"],
    ["another Connection", responseWith({ Connection: "close" }), "response-connection"],
    ["no accept value", responseWith({ [ACCEPT_FIELD]: undefined }), "accept-missing"],
    ["an empty accept value", responseWith({ [ACCEPT_FIELD]: "" }), "accept-wrong"],
    ["the key itself", responseWith({ [ACCEPT_FIELD]: KEY }), "accept-wrong"],
    ["another case", responseWith({ [ACCEPT_FIELD]: ACCEPT.toUpperCase() }), "accept-wrong"],
    ["two accept values", responseWith({}, [[ACCEPT_FIELD, ACCEPT]]), "accept-repeated"],
    [
      "none of the subprotocols, one of which is required",
      responseWith(),
      "protocol-missing",
      { ...OFFERED, isProtocolRequired: true },
    ],
    [
      "an extension though none was offered",
      responseWith({ [EXTENSIONS]: "x-foo" }),
      "extension-not-offered",
    ],
    ["an extension not offered", responseWith({ [EXTENSIONS]: "x-bar" }), "extension-not-offered", OFFERED],
    ["one of two", responseWith({ [EXTENSIONS]: "x-foo, x-bar" }), "extension-not-offered", OFFERED],
    ["another case", responseWith({ [EXTENSIONS]: "X-Foo" }), "extension-not-offered", OFFERED],
    ["an extension twice", responseWith({ [EXTENSIONS]: "x-foo, x-foo" }), "extension-repeated", OFFERED],
    ["empty extensions", responseWith({ [EXTENSIONS]: "" }), "response-extensions-malformed", OFFERED],
    ["bad extensions", responseWith({ [EXTENSIONS]: "x-foo;;" }), "response-extensions-malformed", OFFERED],
    ["a subprotocol though none was offered", responseWith({ [PROTOCOL]: "chat" }), "protocol-not-offered"],
    ["a subprotocol not offered", responseWith({ [PROTOCOL]: "x" }), "protocol-not-offered", OFFERED],
    ["another case", responseWith({ [PROTOCOL]: "Chat" }), "protocol-not-offered", OFFERED],
    ["a list", responseWith({ [PROTOCOL]: "chat, superchat" }), "protocol-not-offered", OFFERED],
    ["an empty subprotocol", responseWith({ [PROTOCOL]: "" }), "protocol-not-offered", OFFERED],
    [
      "subprotocols in two lines",
      responseWith({ [PROTOCOL]: "chat" }, [[PROTOCOL, "chat"]]),
      "response-protocol-repeated",
      OFFERED,
    ],
  ];
  for (const [what, head, id, expected = PLAIN] of table) {
    test(`${what}: ${id}`, () => {
      const check = checkResponse(head, expected);
      assert.equal(check.ok ? "opened" : check.problem.id, id);
    });
  }
});

describe("answers over HTTP/2 (RFC 8441 §5)", () => {
  const answer = (status: number, rawHeaders: readonly string[] = []): ResponseHead => ({
    httpVersion: "2.0",
    status,
    reason: "",
    rawHeaders,
  });

  for (const status of [200, 204, 299]) {
    test(`${status} opens the connection, without any further field`, () => {
      const check = checkConnectResponse(answer(status), PLAIN);
      assert.deepEqual(check, { ok: true, protocol: undefined, extensions: [] });
    });
  }

  test("with what the server has chosen", () => {
    const fields = ["sec-websocket-protocol", "chat", "sec-websocket-extensions", "x-foo"];
    const check = checkConnectResponse(answer(200, fields), OFFERED);
    assert.deepEqual(check, { ok: true, protocol: "chat", extensions: [{ name: "x-foo", params: [] }] });
  });

  const table: readonly (readonly [what: string, ResponseHead, HandshakeProblemId])[] = [
    ["a status that means something over HTTP/1.1 only", answer(101), "connect-status"],
    ["a redirect", answer(302), "connect-status"],
    ["an error", answer(403), "connect-status"],
    ["another subprotocol", answer(200, ["sec-websocket-protocol", "x"]), "protocol-not-offered"],
    ["another extension", answer(200, ["sec-websocket-extensions", "x-bar"]), "extension-not-offered"],
  ];
  for (const [what, head, id] of table) {
    test(`${what}: ${id}`, () => {
      const check = checkConnectResponse(head, OFFERED);
      assert.equal(check.ok ? "opened" : check.problem.id, id);
    });
  }
});
