import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  assertRequestPolicy,
  checkRequest,
  type HandshakeProblemId,
  type UpgradeOpening,
  type RequestHead,
  type RequestPolicy,
} from "../../src/handshake/index.js";
import { KEY, OPEN_TO_ALL, type Pairs, requestWith } from "./sample.js";

function open(head: RequestHead, policy: RequestPolicy = OPEN_TO_ALL): UpgradeOpening {
  const check = checkRequest(head, policy);
  assert.ok(check.ok, check.ok ? "" : check.refusal.problem.id);
  return check.request;
}

function refusal(
  head: RequestHead,
  policy: RequestPolicy = OPEN_TO_ALL,
): readonly [HandshakeProblemId, number] {
  const check = checkRequest(head, policy);
  assert.ok(!check.ok, "the request should be refused");
  return [check.refusal.problem.id, check.refusal.status];
}

const PROTOCOL = "Sec-WebSocket-Protocol";
const EXTENSIONS = "Sec-WebSocket-Extensions";

describe("requests that are taken", () => {
  test("the sample of RFC 6455 §1.2", () => {
    const head = requestWith({
      Origin: "http://example.com",
      [PROTOCOL]: "chat, superchat",
      [EXTENSIONS]: "permessage-deflate; client_max_window_bits",
    });
    assert.deepEqual(open(head), {
      key: KEY,
      host: "server.example.com",
      target: "/chat",
      origin: "http://example.com",
      protocols: ["chat", "superchat"],
      offers: [{ name: "permessage-deflate", params: [["client_max_window_bits", undefined]] }],
    });
  });

  test("with nothing that is optional", () => {
    const request = open(requestWith());
    assert.deepEqual([request.origin, request.protocols, request.offers], [undefined, [], []]);
  });

  const heads: Readonly<Record<string, RequestHead>> = {
    "Upgrade in another case": requestWith({ Upgrade: "WebSocket" }),
    "Upgrade as a list": requestWith({ Upgrade: "h2c, websocket" }),
    "Connection as a list": requestWith({ Connection: "keep-alive, Upgrade" }),
    "Connection in another case": requestWith({ Connection: "UPGRADE" }),
    "Connection with empty elements": requestWith({ Connection: ", Upgrade ," }),
    "Connection in two lines": requestWith({ Connection: "keep-alive" }, [["connection", "upgrade"]]),
    "whitespace around the key": requestWith({ "Sec-WebSocket-Key": ` \t${KEY} ` }),
    "a later minor version": requestWith({}, [], { httpVersion: "1.2" }),
    "Content-Length 0": requestWith({ "Content-Length": "0" }),
    Expect: requestWith({ Expect: "100-continue" }),
    "unknown fields": requestWith({ Cookie: "a=b", "X-Unknown": "\u00ff" }),
    "an IPv6 host": requestWith({ Host: "[::1]:9001" }),
  };
  for (const [what, head] of Object.entries(heads)) test(what, () => assert.equal(open(head).key, KEY));

  // RFC 4648 §3.5 leaves the bits that mean nothing to the decoder; the first is RFC 6455's own (erratum 3150).
  for (const key of ["AQIDBAUGBwgJCgsMDQ4PEC==", "dGhlIHNhbXBsZSBub25jZR==", "/+/+/+/+/+/+/+/+/+/+//=="]) {
    test(`the key ${key}, kept to the letter`, () =>
      assert.equal(open(requestWith({ "Sec-WebSocket-Key": key })).key, key));
  }

  test("lists in several lines keep their order", () => {
    const more: Pairs = [
      [PROTOCOL, "b"],
      [EXTENSIONS, "y; p=1"],
    ];
    const request = open(requestWith({ [PROTOCOL]: "a,,c", [EXTENSIONS]: "x" }, more));
    assert.deepEqual(request.protocols, ["a", "c", "b"]);
    assert.deepEqual(
      request.offers.map(({ name }) => name),
      ["x", "y"],
    );
  });
});

describe("the request target", () => {
  const table: readonly (readonly [target: string, path: string, host: string])[] = [
    ["/", "/", "server.example.com"],
    ["/a?b=c%20d", "/a?b=c%20d", "server.example.com"],
    ["//other.example/a", "//other.example/a", "server.example.com"],
    ["/http://other.example/", "/http://other.example/", "server.example.com"],
    ["http://other.example:81/a?b", "/a?b", "other.example:81"],
    ["HTTPS://other.example", "/", "other.example"],
    ["ws://other.example?b", "/?b", "other.example"],
    ["wss://[::1]/", "/", "[::1]"],
  ];
  for (const [target, path, host] of table) {
    test(`${target} is ${path} at ${host}`, () => {
      const request = open(requestWith({}, [], { target }));
      assert.deepEqual([request.target, request.host], [path, host]);
    });
  }

  const bad = [
    "",
    "*",
    "a",
    "/a#b",
    "/a b",
    "/é",
    "/\u007f",
    "/a\r\n",
    "ftp://h/",
    "://h/",
    "http:/h",
    "h:80",
  ];
  const noHost = ["http://", "http:///a", "http://u:p@h/", "http://a b/", "http://h:x/"];
  for (const target of [...bad, ...noHost]) {
    test(`${JSON.stringify(target)} is refused`, () =>
      assert.deepEqual(refusal(requestWith({}, [], { target })), ["target-malformed", 400]));
  }

  test("a whole URI does not replace the Host field", () => {
    const head = requestWith({ Host: undefined }, [], { target: "http://h/" });
    assert.deepEqual(refusal(head), ["host-missing", 400]);
  });
});

describe("requests that are refused", () => {
  const table: readonly (readonly [
    what: string,
    head: RequestHead,
    id: HandshakeProblemId,
    status: number,
  ])[] = [
    ["HTTP/1.0", requestWith({}, [], { httpVersion: "1.0" }), "http-version-not-supported", 505],
    ["HTTP/2.0", requestWith({}, [], { httpVersion: "2.0" }), "http-version-not-supported", 505],
    ["no version", requestWith({}, [], { httpVersion: "" }), "http-version-not-supported", 505],
    ["POST", requestWith({}, [], { method: "POST" }), "method-not-allowed", 405],
    ["get", requestWith({}, [], { method: "get" }), "method-not-allowed", 405],
    ["no Host", requestWith({ Host: undefined }), "host-missing", 400],
    ["two Hosts", requestWith({}, [["host", "server.example.com"]]), "host-repeated", 400],
    ["an empty Host", requestWith({ Host: "" }), "host-malformed", 400],
    ["a bad Host", requestWith({ Host: "a b" }), "host-malformed", 400],
    ["a body", requestWith({ "Content-Length": "5" }), "body-not-allowed", 400],
    [
      "two lengths",
      requestWith({ "Content-Length": "0" }, [["content-length", "5"]]),
      "body-not-allowed",
      400,
    ],
    ["a list of lengths", requestWith({ "Content-Length": "0, 0" }), "body-not-allowed", 400],
    ["a chunked body", requestWith({ "Transfer-Encoding": "chunked" }), "body-not-allowed", 400],
    ["an empty Transfer-Encoding", requestWith({ "Transfer-Encoding": "" }), "body-not-allowed", 400],
    ["no Upgrade", requestWith({ Upgrade: undefined }), "upgrade-required", 426],
    ["Upgrade to another protocol", requestWith({ Upgrade: "h2c" }), "upgrade-required", 426],
    ["Upgrade with more letters", requestWith({ Upgrade: "websocket2" }), "upgrade-required", 426],
    ["Upgrade with a version", requestWith({ Upgrade: "websocket/13" }), "upgrade-required", 426],
    ["an empty Upgrade", requestWith({ Upgrade: "" }), "upgrade-required", 426],
    ["no Connection", requestWith({ Connection: undefined }), "connection-upgrade-required", 426],
    ["Connection without it", requestWith({ Connection: "keep-alive" }), "connection-upgrade-required", 426],
    [
      "Connection with its letters",
      requestWith({ Connection: "not-upgrade" }),
      "connection-upgrade-required",
      426,
    ],
    ["no version", requestWith({ "Sec-WebSocket-Version": undefined }), "version-missing", 426],
    ["version twice", requestWith({}, [["sec-websocket-version", "13"]]), "version-repeated", 426],
    ["no key", requestWith({ "Sec-WebSocket-Key": undefined }), "key-missing", 400],
    ["two keys", requestWith({}, [["sec-websocket-key", KEY]]), "key-repeated", 400],
    ["two Origins", requestWith({ Origin: "http://a" }, [["origin", "http://a"]]), "origin-repeated", 400],
    ["an empty protocol list", requestWith({ [PROTOCOL]: "" }), "protocols-malformed", 400],
    ["a protocol list of commas", requestWith({ [PROTOCOL]: " , ," }), "protocols-malformed", 400],
    ["a protocol with a space", requestWith({ [PROTOCOL]: "a b" }), "protocols-malformed", 400],
    ["a protocol in quotes", requestWith({ [PROTOCOL]: 'a, "b"' }), "protocols-malformed", 400],
    ["a protocol beyond ASCII", requestWith({ [PROTOCOL]: "\u00e9" }), "protocols-malformed", 400],
    ["a protocol twice", requestWith({ [PROTOCOL]: "a, b, a" }), "protocols-repeated", 400],
    [
      "a protocol twice in two lines",
      requestWith({ [PROTOCOL]: "a" }, [[PROTOCOL, "a"]]),
      "protocols-repeated",
      400,
    ],
    ["empty extensions", requestWith({ [EXTENSIONS]: "" }), "extensions-malformed", 400],
    ["bad extensions", requestWith({ [EXTENSIONS]: "permessage-deflate; =" }), "extensions-malformed", 400],
  ];
  for (const [what, head, id, status] of table) {
    test(`${what}: ${id}`, () => assert.deepEqual(refusal(head), [id, status]));
  }

  for (const version of [
    "",
    "0",
    "7",
    "8",
    "12",
    "14",
    "255",
    "13a",
    "013",
    "13.0",
    "+13",
    "-1",
    "1 3",
    "13, 8",
    "13,13",
  ]) {
    test(`version ${JSON.stringify(version)}`, () =>
      assert.deepEqual(refusal(requestWith({ "Sec-WebSocket-Version": version })), [
        "version-not-supported",
        426,
      ]));
  }

  const octets = (count: number): string => Buffer.alloc(count).toString("base64");
  const keys: Readonly<Record<string, string>> = {
    empty: "",
    "15 octets": octets(15),
    "17 octets": octets(17),
    "32 octets": octets(32),
    "without padding": KEY.slice(0, 22),
    "with padding in the middle": "dGhlIHNhbXBs==ZSBub25jZQ",
    "of another alphabet": "dGhlIHNhbXBsZSBub25j_-==",
    "with a line feed": `${KEY.slice(0, 23)}\n`,
    "a list": `${KEY}, ${KEY}`,
    "of 8 KiB": "A".repeat(8192),
  };
  for (const [what, key] of Object.entries(keys)) {
    test(`a key ${what}`, () =>
      assert.deepEqual(refusal(requestWith({ "Sec-WebSocket-Key": key })), ["key-malformed", 400]));
  }
});

describe("refusals", () => {
  function headersFor(head: RequestHead): Pairs {
    const check = checkRequest(head, OPEN_TO_ALL);
    return check.ok ? [] : check.refusal.headers;
  }

  test("405 names the method (RFC 9110 §15.5.6)", () => {
    assert.deepEqual(headersFor(requestWith({}, [], { method: "PUT" })), [["Allow", "GET"]]);
  });

  test("426 names protocol and version (RFC 9110 §15.5.22, RFC 6455 §4.4)", () => {
    const expected = [
      ["Upgrade", "websocket"],
      ["Sec-WebSocket-Version", "13"],
    ];
    assert.deepEqual(headersFor(requestWith({ "Sec-WebSocket-Version": "8" })), expected);
    assert.deepEqual(headersFor(requestWith({ Upgrade: undefined })), expected);
  });

  test("400 needs none, and the body is the sentence", () => {
    const check = checkRequest(requestWith({ Host: undefined }), OPEN_TO_ALL);
    assert.ok(!check.ok);
    assert.deepEqual([check.refusal.headers, check.refusal.body], [[], check.refusal.problem.sentence]);
  });

  test("HEAD is answered without a body", () => {
    const check = checkRequest(requestWith({}, [], { method: "HEAD" }), OPEN_TO_ALL);
    assert.deepEqual(!check.ok && [check.refusal.status, check.refusal.body], [405, ""]);
  });
});

describe("the policy", () => {
  test("an origin that may not connect is refused with 403", () => {
    const policy: RequestPolicy = { isSecure: false, origin: "same-origin" };
    assert.deepEqual(refusal(requestWith({ Origin: "http://evil.example" }), policy), [
      "origin-not-allowed",
      403,
    ]);
    assert.equal(open(requestWith({ Origin: "http://server.example.com" }), policy).key, KEY);
    assert.equal(open(requestWith(), policy).origin, undefined);
  });

  test("the origin is compared with the host of a whole URI", () => {
    const policy: RequestPolicy = { isSecure: false, origin: "same-origin" };
    const head = requestWith({ Origin: "http://a.example", Host: "a.example" }, [], {
      target: "http://b.example/",
    });
    assert.deepEqual(refusal(head, policy), ["origin-not-allowed", 403]);
  });

  const hosts: readonly (readonly [
    served: readonly string[],
    host: string,
    isSecure: boolean,
    isServed: boolean,
  ])[] = [
    [["example.com"], "example.com", false, true],
    [["example.com"], "EXAMPLE.COM:8080", false, true],
    [["example.com"], "evil.example", false, false],
    [["example.com"], "example.com.evil.example", false, false],
    [["example.com:80"], "example.com", false, true],
    [["example.com:80"], "example.com", true, false],
    [["example.com:443"], "example.com", true, true],
    [["example.com:8080"], "example.com:8081", false, false],
    [["localhost", "[::1]", "127.0.0.1"], "[::1]:9001", false, true],
    [["not a host"], "example.com", false, false],
    [[], "example.com", false, false],
  ];
  for (const [served, host, isSecure, isServed] of hosts) {
    test(`${JSON.stringify(served)} ${isServed ? "serve" : "do not serve"} ${host}, secure: ${isSecure}`, () => {
      const policy: RequestPolicy = { isSecure, origin: "any", hosts: served };
      const check = checkRequest(requestWith({ Host: host }), policy);
      assert.deepEqual(check.ok ? 101 : check.refusal.status, isServed ? 101 : 421);
    });
  }

  test("is checked when it is configured", () => {
    assertRequestPolicy({ isSecure: true, origin: "same-origin" });
    assertRequestPolicy({ isSecure: true, origin: "any", hosts: ["localhost", "[::1]:80"] });
    assert.throws(
      () => assertRequestPolicy({ isSecure: true, origin: "any", hosts: ["http://a"] }),
      TypeError,
    );
    assert.throws(() => assertRequestPolicy({ isSecure: true, origin: ["a"] }), TypeError);
  });
});
