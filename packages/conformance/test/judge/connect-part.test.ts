import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspectConnect } from "../../src/judge/connect-part.js";

const GOOD: readonly string[] = [
  ":method: CONNECT",
  ":protocol: websocket",
  ":scheme: https",
  ":path: /runCase?case=1",
  ":authority: 127.0.0.1:9001",
  "sec-websocket-version: 13",
  "sec-websocket-protocol: a, b",
];

/** The good request without the fields that begin so, and with others. */
function request(without: string, ...more: readonly string[]): string {
  return `${[...GOOD.filter((line) => !line.startsWith(without)), ...more].join("\r\n")}\r\n\r\n`;
}

test("a good extended CONNECT passes, with http or https", () => {
  assert.equal(inspectConnect(request("no field")).outcome, "pass");
  assert.equal(inspectConnect(request(":scheme", ":scheme: http")).outcome, "pass");
});

describe("what is wrong with an extended CONNECT, by the requirement that it breaks", () => {
  const wrong: readonly (readonly [what: string, request: string, requirement: string])[] = [
    ["capital letters in a name", request("no field", "X-Name: 1"), "9113-8.2-2"],
    ["another protocol", request(":protocol", ":protocol: chat"), "8441-5-1"],
    ["no protocol", request(":protocol"), "8441-5-1"],
    ["no scheme", request(":scheme"), "8441-4-1"],
    ["two schemes", request("no field", ":scheme: https"), "8441-4-1"],
    ["the scheme wss", request(":scheme", ":scheme: wss"), "8441-5-1"],
    ["no path", request(":path"), "8441-4-1"],
    ["two paths", request("no field", ":path: /"), "8441-4-1"],
    ["a path with a fragment", request(":path", ":path: /a#b"), "6455-4.1-11"],
    ["a path without a slash", request(":path", ":path: a"), "6455-4.1-11"],
    ["the field connection", request("no field", "connection: upgrade"), "8441-5-2"],
    ["the field upgrade", request("no field", "upgrade: websocket"), "8441-5-2"],
    ["the field transfer-encoding", request("no field", "transfer-encoding: chunked"), "9113-8.2.2-1"],
    ["no version", request("sec-websocket-version"), "6455-4.1-18"],
    ["another version", request("sec-websocket-version", "sec-websocket-version: 8"), "6455-4.1-18"],
    ["a subprotocol twice", request("no field", "sec-websocket-protocol: a"), "6455-4.1-19"],
    ["a subprotocol that is no token", request("no field", "sec-websocket-protocol: b/c"), "6455-4.1-19"],
    ["no authority", request(":authority"), "8441-5-6"],
  ];
  for (const [what, head, requirement] of wrong) {
    test(what, () => {
      const found = inspectConnect(head);
      assert.equal(found.requirement, requirement);
      assert.notEqual(found.outcome, "pass");
    });
  }
});

test("a name of the client is cut, and octets that cannot be shown are not", () => {
  const { because } = inspectConnect(request("no field", `X\u0001${"Y".repeat(100)}: 1`));
  assert.ok(because.includes(`"X?${"Y".repeat(58)}"`), because);
});
