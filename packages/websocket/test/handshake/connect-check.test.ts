import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type ConnectHead,
  type OpeningRequest,
  type Refusal,
  type RequestPolicy,
  acceptConnect,
  checkConnect,
  refuseConnect,
} from "../../src/handshake/index.js";
import type { HandshakeProblemId } from "../../src/handshake/index.js";

const OPEN_TO_ALL: RequestPolicy = { isSecure: false, origin: "any" };

const FIELDS: Readonly<Record<string, string>> = {
  ":method": "CONNECT",
  ":protocol": "websocket",
  ":scheme": "https",
  ":path": "/chat?room=1",
  ":authority": "example.com",
  "sec-websocket-version": "13",
};

/** The sample of RFC 8441 §5.1, with what the test changes about it; null leaves a field out. */
function head(changes: Readonly<Record<string, string | null>> = {}, isEnded = false): ConnectHead {
  const fields = Object.entries({ ...FIELDS, ...changes });
  const rawHeaders = fields.flatMap(([name, value]) => (value === null ? [] : [name, value]));
  return { rawHeaders, isEnded };
}

function opened(asked: ConnectHead, policy = OPEN_TO_ALL): OpeningRequest {
  const checked = checkConnect(asked, policy);
  assert.ok(checked.ok);
  return checked.request;
}

function refused(asked: ConnectHead, policy = OPEN_TO_ALL): Refusal {
  const checked = checkConnect(asked, policy);
  assert.ok(!checked.ok);
  return checked.refusal;
}

describe("an extended CONNECT request", () => {
  test("opens, without a key", () => {
    const request = opened(
      head({
        "sec-websocket-protocol": "a, b",
        "sec-websocket-extensions": "permessage-deflate; client_max_window_bits",
        origin: "https://example.com",
        "sec-websocket-key": "not even base64",
      }),
    );
    assert.deepEqual(request, {
      host: "example.com",
      target: "/chat?room=1",
      origin: "https://example.com",
      protocols: ["a", "b"],
      offers: [{ name: "permessage-deflate", params: [["client_max_window_bits", undefined]] }],
    });
    assert.equal("key" in request, false);
  });

  test("may have a Host field that says the same, or one instead of :authority", () => {
    assert.equal(opened(head({ host: "example.com" })).host, "example.com");
    assert.equal(opened(head({ ":authority": null, host: "other.example" })).host, "other.example");
  });

  for (const scheme of ["http", "https", "HTTPS"])
    test(`may have the scheme ${scheme}`, () => void opened(head({ ":scheme": scheme })));

  const rows: readonly [Readonly<Record<string, string | null>>, number, HandshakeProblemId][] = [
    [{ ":protocol": null }, 501, "connect-protocol-missing"],
    [{ ":protocol": "connect-udp" }, 501, "connect-protocol-not-supported"],
    [{ ":scheme": null }, 400, "scheme-malformed"],
    [{ ":scheme": "wss" }, 400, "scheme-malformed"],
    [{ ":path": null }, 400, "target-malformed"],
    [{ ":path": "http://example.com/" }, 400, "target-malformed"],
    [{ ":path": "/a#b" }, 400, "target-malformed"],
    [{ ":authority": null }, 400, "host-missing"],
    [{ ":authority": "a b" }, 400, "host-malformed"],
    [{ host: "other.example" }, 400, "host-differs"],
    [{ "content-length": "1" }, 400, "body-not-allowed"],
    [{ "sec-websocket-version": null }, 400, "version-missing"],
    [{ "sec-websocket-version": "14" }, 400, "version-not-supported"],
    [{ "sec-websocket-protocol": "a b" }, 400, "protocols-malformed"],
    [{ "sec-websocket-extensions": ";" }, 400, "extensions-malformed"],
  ];
  for (const [changes, status, problem] of rows) {
    test(`${JSON.stringify(changes)} is refused with ${status}`, () => {
      const refusal = refused(head(changes));
      assert.deepEqual([refusal.status, refusal.problem.id], [status, problem]);
      assert.equal(refusal.body, refusal.problem.sentence);
      const isVersion = problem.startsWith("version");
      assert.deepEqual(refusal.headers, isVersion ? [["Sec-WebSocket-Version", "13"]] : []);
    });
  }

  test("that ends its stream is refused", () => {
    assert.equal(refused(head({}, true)).problem.id, "stream-ended");
  });

  test("is held to the policy of the server", () => {
    const policy: RequestPolicy = { isSecure: true, origin: "same-origin", hosts: ["example.com"] };
    opened(head({ origin: "https://example.com" }), policy);
    assert.equal(refused(head({ origin: "https://other.example" }), policy).status, 403);
    assert.equal(refused(head({ ":authority": "other.example" }), policy).status, 421);
  });
});

describe("the answer to it", () => {
  const request = opened(head({ "sec-websocket-protocol": "a", "sec-websocket-extensions": "x" }));

  test("has what was chosen, in lower case", () => {
    assert.deepEqual(acceptConnect(request, {}), []);
    const headers = [["Set-Cookie", "a=1"]] as const;
    assert.deepEqual(acceptConnect(request, { protocol: "a", extensions: "x", headers }), [
      ["sec-websocket-protocol", "a"],
      ["sec-websocket-extensions", "x"],
      ["set-cookie", "a=1"],
    ]);
  });

  test("has nothing that was not offered, and no field of the handshake or about a connection", () => {
    assert.throws(() => acceptConnect(request, { protocol: "b" }), TypeError);
    assert.throws(() => acceptConnect(request, { extensions: "y" }), TypeError);
    for (const name of ["Upgrade", "Sec-WebSocket-Accept", "Keep-Alive", "TE", ":status", "a b"])
      assert.throws(() => acceptConnect(request, { headers: [[name, "x"]] }), TypeError, name);
    assert.throws(() => acceptConnect(request, { headers: [["x", "a\r\nb"]] }), TypeError);
  });
});

describe("a refusal over HTTP/2", () => {
  test("has the fields that are given, and says what its body is", () => {
    assert.deepEqual(refuseConnect(401, [["WWW-Authenticate", "Basic"]], ""), [
      ["www-authenticate", "Basic"],
    ]);
    assert.deepEqual(refuseConnect(404, [], "no"), [["content-type", "text/plain; charset=utf-8"]]);
    assert.deepEqual(refuseConnect(404, [["Content-Type", "a/b"]], "no"), [["content-type", "a/b"]]);
    assert.deepEqual(refuseConnect(304, [], ""), []);
  });

  test("leaves fields about a connection out", () => {
    const headers = [
      ["Upgrade", "websocket"],
      ["X-A", "1"],
    ] as const;
    assert.deepEqual(refuseConnect(426, headers, ""), [["x-a", "1"]]);
  });

  test("throws for what no refusal can say", () => {
    for (const status of [200, 204, 299, 600, 404.5])
      assert.throws(() => refuseConnect(status, [], ""), RangeError);
    assert.throws(() => refuseConnect(304, [], "body"), TypeError);
    assert.throws(() => refuseConnect(404, [["Content-Length", "1"]], ""), TypeError);
    assert.throws(() => refuseConnect(404, [["a b", "1"]], ""), TypeError);
  });
});
