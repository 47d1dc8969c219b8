import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertOriginRule, checkOrigin, type OriginRule } from "../../src/handshake/index.js";

const NOT_ORIGINS = [
  "",
  "null",
  "NULL",
  " http://example.com",
  "example.com",
  "//example.com",
  "http:example.com",
  "http://",
  "http:///",
  "http://example.com/",
  "http://example.com/path",
  "http://example.com?",
  "http://example.com#",
  "http://example.com:a",
  "http://example.com:99999",
  "http://user@example.com",
  "http://example.com@evil.example",
  "http://example.com, http://example.com",
  "http://example.com http://example.com",
  "http://bücher.example",
  "http://exa\u0000mple.com",
  "1http://example.com",
  "ht tp://example.com",
  `${"a".repeat(33)}://example.com`,
  `http://${"a".repeat(8192)}`,
];

describe("same-origin", () => {
  const allowed: readonly (readonly [origin: string | undefined, host: string, isSecure: boolean])[] = [
    [undefined, "example.com", false],
    ["http://example.com", "example.com", false],
    ["http://example.com:80", "example.com", false],
    ["http://example.com", "example.com:80", false],
    ["HTTP://EXAMPLE.com", "example.COM", false],
    ["http://localhost:8080", "localhost:8080", false],
    ["http://[::1]:9001", "[::1]:9001", false],
    ["http://xn--bcher-kva.example", "xn--bcher-kva.example", false],
    ["https://example.com", "example.com", true],
    ["https://example.com:443", "example.com", true],
    ["https://example.com", "example.com:443", true],
    // TLS ends in front of the server.
    ["https://example.com", "example.com", false],
  ];
  for (const [origin, host, isSecure] of allowed) {
    test(`${origin} may connect to ${host}, secure: ${isSecure}`, () =>
      assert.equal(checkOrigin(origin, host, isSecure, "same-origin"), true));
  }

  const refused: readonly (readonly [origin: string, host: string, isSecure: boolean])[] = [
    ["http://evil.example", "example.com", false],
    ["http://evil-example.com", "example.com", false],
    ["http://example.com.evil.example", "example.com", false],
    ["http://sub.example.com", "example.com", false],
    ["http://example.com", "sub.example.com", false],
    ["http://example.com.", "example.com", false],
    ["http://example.com:8080", "example.com", false],
    ["http://example.com", "example.com:8080", false],
    ["http://localhost", "127.0.0.1", false],
    // A page that may have been changed on the way must not use a secure connection.
    ["http://example.com", "example.com", true],
    ["https://example.com", "example.com:80", true],
    ["https://example.com", "example.com:80", false],
    ["ftp://example.com", "example.com", false],
    ["chrome-extension://example.com", "example.com", false],
    ["http://example.com", "not a host", false],
    ["http://example.com", "", false],
  ];
  for (const [origin, host, isSecure] of refused) {
    test(`${origin} may not connect to ${host}, secure: ${isSecure}`, () =>
      assert.equal(checkOrigin(origin, host, isSecure, "same-origin"), false));
  }

  for (const origin of NOT_ORIGINS) {
    test(`${JSON.stringify(origin.slice(0, 50))} is no origin`, () => {
      assert.equal(checkOrigin(origin, "example.com", false, "same-origin"), false);
      assert.equal(checkOrigin(origin, origin, false, "same-origin"), false);
    });
  }
});

describe("a list of origins", () => {
  const list: OriginRule = [
    "https://example.com",
    "http://LOCALHOST:80",
    /https:\/\/[a-z]+\.example\.net/,
    /https:\/\/(a|b)\.example(:8443)?|app:\/\/.*/i,
  ];
  const allowed = [
    "https://example.com",
    "https://EXAMPLE.com:443",
    "http://localhost",
    "https://www.example.net",
    "https://b.example:8443",
    "app://anything",
    undefined,
  ];
  const refused = [
    "http://example.com",
    "https://example.com:444",
    "https://www.example.com",
    "https://www.example.net.evil.example",
    "https://evil.example:1/https://www.example.net",
    "https://a.example:84431",
    "http://localhost:8080",
  ];
  for (const origin of allowed) {
    test(`lets ${origin} in`, () => assert.equal(checkOrigin(origin, "any.example", true, list), true));
  }
  for (const origin of [...refused, ...NOT_ORIGINS]) {
    test(`keeps ${JSON.stringify(origin.slice(0, 50))} out`, () =>
      assert.equal(checkOrigin(origin, "any.example", true, list), false));
  }

  test("expressions have no memory, and ^ and $ mean the whole text", () => {
    const sticky = [/https:\/\/a\.example/gy, /^https:\/\/b\.example$/gm];
    for (const origin of [
      "https://a.example",
      "https://a.example",
      "https://b.example",
      "https://b.example",
    ]) {
      assert.equal(checkOrigin(origin, "h", true, sticky), true);
    }
  });

  test("an entry that is no origin lets nothing in", () => {
    assert.equal(checkOrigin("https://example.com", "h", true, ["example.com", "null", ""]), false);
    assert.equal(checkOrigin("null", "h", true, ["null", /.*/]), false);
  });

  test("an empty list keeps every page out", () => {
    assert.equal(checkOrigin("https://example.com", "example.com", true, []), false);
  });
});

test("any: the field is not looked at", () => {
  for (const origin of [...NOT_ORIGINS, undefined, "https://evil.example"]) {
    assert.equal(checkOrigin(origin, "example.com", false, "any"), true);
  }
});

test("a policy is checked when it is configured", () => {
  for (const policy of ["any", "same-origin", [], ["https://a.example", /x/]] as OriginRule[]) {
    assertOriginRule(policy);
  }
  const wrong: unknown[] = [
    ["null"],
    ["example.com"],
    ["https://a.example/"],
    "https://a.example",
    undefined,
    () => true,
    [7],
  ];
  for (const policy of wrong) assert.throws(() => assertOriginRule(policy as OriginRule), TypeError);
});
