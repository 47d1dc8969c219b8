import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { judge } from "../../src/judge/judge.js";
import { recordOf } from "../support/sample-record.js";
import { caseOf } from "../support/some-case.js";

const GOOD: readonly string[] = [
  "GET /runCase?case=1&agent=a HTTP/1.1",
  "Host: localhost:9001",
  "Upgrade: websocket",
  "Connection: keep-alive, Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Protocol: chat, superchat",
  "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
];

/** The good request with other lines in place of those that begin like `old`. */
function request(old: string, ...lines: readonly string[]): string {
  const kept = GOOD.flatMap((line) => (line.startsWith(old) ? lines : [line]));
  const more = GOOD.some((line) => line.startsWith(old)) ? [] : lines;
  return `${[...kept, ...more].join("\r\n")}\r\n\r\n`;
}

function verdict(id: string, text: string): string {
  const record = recordOf({ role: "server", handshake: { opened: true, request: text, response: null } });
  const { outcome, requirement, because } = judge(caseOf(id), record, "modern");
  assert.equal(judge(caseOf(id), record, "autobahn").outcome, outcome);
  return [outcome, ...(requirement === undefined ? [] : [requirement]), because].join(" ");
}

const INSPECTED = ["22.1.1", "22.1.3", "22.1.4", "22.1.5", "22.1.7", "22.1.8", "22.1.9", "22.1.10"];

test("nothing is wrong with a good request", () => {
  for (const id of INSPECTED) assert.match(verdict(id, request("nothing")), /^pass /, id);
});

test("a request that did not open the connection is inspected as well", () => {
  const refused = { opened: false, request: request("Host"), response: null, requirement: "6455-4.1-12" };
  const record = recordOf({ role: "server", handshake: refused });
  assert.equal(judge(caseOf("22.1.3"), record, "modern").outcome, "fail");
  assert.equal(judge(caseOf("22.1.5"), record, "modern").outcome, "pass");
});

describe("one part is wrong, and no other case notices", () => {
  const rows: readonly (readonly [id: string, text: string, expected: RegExp])[] = [
    ["22.1.1", request("GET", "PUT /a HTTP/1.1"), /^fail 6455-4.1-10 The method of the request is "PUT"/],
    ["22.1.1", request("GET", "GET /a HTTP/1.0"), /^fail 6455-4.1-10 The request has version HTTP\/1.0/],
    ["22.1.1", request("GET", "GET /a b HTTP/1.1"), /^fail 6455-4.1-11 .* a blank/],
    ["22.1.1", request("GET", "GET /a#b HTTP/1.1"), /^fail 6455-4.1-11 /],
    ["22.1.1", request("GET", "GET /\u00e4 HTTP/1.1"), /^fail 6455-4.1-11 /],
    ["22.1.1", request("GET", "GET runCase HTTP/1.1"), /^fail 6455-4.1-11 .* neither a path nor a URI/],
    ["22.1.3", request("Host"), /^fail 6455-4.1-12 The request has 0 Host headers/],
    ["22.1.3", request("Host", "Host: a", "Host: a"), /^fail 6455-4.1-12 The request has 2 Host headers/],
    ["22.1.3", request("Host", "Host: http://a/"), /^fail 6455-4.1-12 /],
    ["22.1.4", request("Upgrade"), /^fail 6455-4.1-13 /],
    ["22.1.4", request("Connection", "Connection: close"), /^fail 6455-4.1-14 /],
    ["22.1.5", request("Sec-WebSocket-Key"), /^fail 6455-4.1-15 The request has 0 /],
    ["22.1.5", request("Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhl"), /^fail 6455-4.1-15 /],
    ["22.1.7", request("Sec-WebSocket-V"), /^fail 6455-4.1-18 The request has 0 /],
    ["22.1.7", request("Sec-WebSocket-V", "Sec-WebSocket-Version: 8"), /^fail 6455-4.1-18 /],
    ["22.1.8", request("Sec-WebSocket-P", "Sec-WebSocket-Protocol: a, a"), /^fail 6455-4.1-19 .* twice/],
    ["22.1.8", request("Sec-WebSocket-P", "Sec-WebSocket-Protocol: a/b"), /^fail 6455-4.1-19 .* no token/],
    ["22.1.8", request("Sec-WebSocket-P", "Sec-WebSocket-Protocol: ,"), /^fail 6455-4.1-19 .* empty/],
    ["22.1.9", request("Sec-WebSocket-E", "Sec-WebSocket-Extensions: a;;"), /^fail 6455-9.1-1 /],
    [
      "22.1.9",
      request("Sec-WebSocket-E", "Sec-WebSocket-Extensions: permessage-deflate; level=1"),
      /^fail 6455-9.1-3 /,
    ],
  ];
  for (const [id, text, expected] of rows) {
    test(`${id} ${JSON.stringify(text.slice(0, 60))}`, () => {
      assert.match(verdict(id, text), expected);
      for (const other of INSPECTED.filter((one) => one !== id))
        assert.match(verdict(other, text), /^pass /, other);
    });
  }
});

describe("what breaks no MUST", () => {
  const rows: readonly (readonly [id: string, text: string, expected: RegExp])[] = [
    ["22.1.1", request("GET", "GET ws://localhost:9001/a?b HTTP/1.1"), /^pass /],
    ["22.1.3", request("Host", "Host: [::1]:9001"), /^pass /],
    ["22.1.8", request("Sec-WebSocket-P"), /^unimplemented The client offers no subprotocol/],
    ["22.1.9", request("Sec-WebSocket-E"), /^unimplemented The client offers no extension/],
    ["22.1.9", request("Sec-WebSocket-E", "Sec-WebSocket-Extensions: x-foo"), /^informational .*"x-foo"/],
    ["22.1.10", request("more", "Content-Length: 0"), /^non-strict 9110-9.3.1-1 .* Content-Length/],
    ["22.1.10", request("more", "Transfer-Encoding: chunked"), /^non-strict 9110-9.3.1-1 /],
    ["22.1.15", request("more"), /^informational The client sends no Origin/],
    ["22.1.15", request("more", "Origin: https://a.example"), /Origin "https:\/\/a.example"\.$/],
    ["22.1.15", request("more", "Origin: https://A.example"), /which is not how an origin is written/],
    ["22.1.15", request("more", "Origin: null", "Origin: null"), /2 Origin headers/],
  ];
  for (const [id, text, expected] of rows) {
    test(`${id} ${expected.source}`, () => assert.match(verdict(id, text), expected));
  }
});
