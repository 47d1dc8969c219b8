import assert from "node:assert/strict";
import { test } from "node:test";

import { targetUrl } from "../../src/cli/target-url.js";

const GOOD = [
  "ws://127.0.0.1:9001",
  "ws://localhost:9001/",
  "wss://example.org/chat?room=1",
  "WSS://example.org",
  "ws://[::1]:9001/echo",
  "ws://example.org/%23",
];

const BAD: readonly (readonly [string, RegExp])[] = [
  ["http://127.0.0.1:9001/x", /did you mean "ws:\/\/127\.0\.0\.1:9001\/x"\?/],
  ["HTTPS://example.org", /did you mean "wss:\/\/example\.org"\?/],
  ["localhost:9001", /did you mean "ws:\/\/localhost:9001"\?/],
  ["127.0.0.1:9001/echo", /did you mean "ws:\/\/127\.0\.0\.1:9001\/echo"\?/],
  ["example.org", /did you mean "ws:\/\/example\.org"\?/],
  ["//example.org", /did you mean "ws:\/\/example\.org"\?/],
  ["[::1]:9001", /did you mean "ws:\/\/\[::1\]:9001"\?/],
  ["ws://", /is not a WebSocket URL such as/],
  ["ws://127.0.0.1:99999", /is not a WebSocket URL such as/],
  ["ftp://example.org", /is not a WebSocket URL such as/],
  ["", /is not a WebSocket URL such as/],
  ["ws://exa\tmple.org", /is not a WebSocket URL such as/],
  ["ws://example.org/a b", /is not a WebSocket URL such as/],
  [" ws://example.org", /is not a WebSocket URL such as/],
  ["ws://example.org/#top", /has a fragment/],
  ["ws://example.org/#", /has a fragment/],
  ["ws://127.0.0.1:0/", /port 0/],
];

for (const url of GOOD) {
  test(`${url} is taken as typed`, () => assert.equal(targetUrl(url), url));
}

for (const [url, sentence] of BAD) {
  test(`${JSON.stringify(url)} is refused`, () => {
    assert.throws(() => targetUrl(url), { name: "UsageError", message: sentence });
  });
}

test("a password in a URL is refused and not repeated", () => {
  assert.throws(
    () => targetUrl("ws://user:secret@example.org/"),
    (error: Error) => error.message.includes("--header") && !error.message.includes("secret"),
  );
});

test("control characters in a URL are shown escaped", () => {
  assert.throws(
    () => targetUrl("ws://example.org/\u001b[2J"),
    (error: Error) => !error.message.includes("\u001b"),
  );
});
