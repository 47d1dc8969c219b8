import assert from "node:assert/strict";
import { test } from "node:test";

import {
  distinct,
  headerLine,
  originValue,
  serverName,
  subprotocolName,
} from "../../src/cli/handshake-options.js";

test("a header is taken with blanks around its value removed", () => {
  assert.equal(headerLine("Authorization: Basic YTpi", "--header"), "Authorization: Basic YTpi");
  assert.equal(headerLine("X-Empty:", "--header"), "X-Empty: ");
  assert.equal(headerLine("X-Colon:a:b ", "--header"), "X-Colon: a:b");
  assert.equal(headerLine("Host: other.example", "--header"), "Host: other.example");
});

const BAD_HEADERS: readonly (readonly [string, RegExp])[] = [
  ["no colon", /takes "Name: value", not "no colon"/],
  [": value", /needs a name/],
  ["Bad name: x", /needs a name/],
  ["X: a\r\nEvil: b", /is not allowed in headers/],
  ["X: a\u0000", /is not allowed in headers/],
  ["X: \u20ac", /is not allowed in headers/],
  ["X\r\nY: a", /needs a name/],
  ["Upgrade: h2c", /does not take Upgrade/],
  ["CONNECTION: close", /does not take CONNECTION/],
  ["Sec-WebSocket-Key: x", /does not take Sec-WebSocket-Key: the tester writes it/],
  ["Sec-WebSocket-Protocol: x", /use --subprotocol/],
  ["Origin: x", /use --origin/],
  ["Content-Length: 5", /no content/],
];

for (const [line, sentence] of BAD_HEADERS) {
  test(`the header ${JSON.stringify(line)} is refused`, () => {
    assert.throws(
      () => headerLine(line, "--header"),
      (error: Error) => {
        assert.equal(error.name, "UsageError");
        assert.match(error.message, sentence);
        assert.doesNotMatch(error.message, /[\r\n\0]/);
        return true;
      },
    );
  });
}

test("a subprotocol is one token and offered once", () => {
  assert.equal(subprotocolName("chat.v2", "--subprotocol"), "chat.v2");
  for (const bad of ["", "a b", "a,b", "a\r\n", "é"]) {
    assert.throws(() => subprotocolName(bad, "--subprotocol"), { name: "UsageError" });
  }
  assert.deepEqual(distinct(["a", "A"], "--subprotocol"), ["a", "A"]);
  assert.throws(() => distinct(["a", "b", "a"], "--subprotocol"), /names "a" twice/);
});

test("an origin has no blanks and no characters beyond ASCII", () => {
  assert.equal(originValue("https://example.org", "--origin"), "https://example.org");
  assert.equal(originValue("null", "--origin"), "null");
  for (const bad of ["", "a b", "https://é.example", "x\r\nY: z"]) {
    assert.throws(() => originValue(bad, "--origin"), { name: "UsageError" });
  }
});

test("a server name is a host name and no address", () => {
  assert.equal(serverName("example.org", "--servername"), "example.org");
  for (const bad of ["127.0.0.1", "::1", "", "a b", "a/b"]) {
    assert.throws(() => serverName(bad, "--servername"), { name: "UsageError" });
  }
});
