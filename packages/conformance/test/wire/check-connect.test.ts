import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkConnect } from "../../src/wire/check-connect.js";
import { parseRequest } from "../../src/wire/http1.js";

const GOOD: readonly string[] = [
  ":method: CONNECT",
  ":protocol: websocket",
  ":scheme: https",
  ":path: /runCase?case=1",
  ":authority: 127.0.0.1:9001",
  "sec-websocket-version: 13",
  "sec-websocket-extensions: permessage-deflate",
];

/** Checks the good request without the fields that begin so, and with others. */
function check(without: string, ...more: readonly string[]): ReturnType<typeof checkConnect> {
  const lines = [...GOOD.filter((line) => !line.startsWith(without)), ...more];
  return checkConnect(parseRequest(`${lines.join("\r\n")}\r\n\r\n`));
}

test("a good extended CONNECT opens a connection, with its offers", () => {
  assert.deepEqual(check("no field", "sec-websocket-protocol: a, b"), {
    kind: "opening",
    key: "",
    offers: ["permessage-deflate"],
  });
});

test("GET is for the page", () => {
  assert.deepEqual(check(":method", ":method: GET"), { kind: "plain" });
});

describe("what does not open a connection", () => {
  for (const [what, status, without, ...more] of [
    ["another method", 405, ":method", ":method: POST"],
    ["a CONNECT without :protocol", 400, ":protocol"],
    ["another protocol", 501, ":protocol", ":protocol: chat"],
    ["two protocols", 501, "no field", ":protocol: websocket"],
  ] as const) {
    test(what, () => {
      const found = check(without, ...more);
      assert.ok(found.kind === "refused");
      assert.deepEqual([found.status, found.nevertheless], [status, undefined]);
    });
  }
});

describe("what is wrong with a request that is answered nevertheless", () => {
  for (const [what, requirement, without, ...more] of [
    ["no scheme", "8441-4-1", ":scheme"],
    ["two paths", "8441-4-1", "no field", ":path: /"],
    ["no authority", "8441-4-1", ":authority"],
    ["a fragment", "6455-4.1-11", ":path", ":path: /a#b"],
    ["a field of HTTP/1.1", "8441-5-2", "no field", "upgrade: websocket"],
    ["no version", "6455-4.1-18", "sec-websocket-version"],
    ["another version", "6455-4.1-18", "sec-websocket-version", "sec-websocket-version: 8"],
    ["a subprotocol twice", "6455-4.1-19", "no field", "sec-websocket-protocol: a, ,a"],
    ["an empty list of subprotocols", "6455-4.1-19", "no field", "sec-websocket-protocol: "],
  ] as const) {
    test(what, () => {
      const found = check(without, ...more);
      assert.ok(found.kind === "refused");
      assert.deepEqual([found.requirement, found.nevertheless?.kind], [requirement, "opening"]);
    });
  }
});
