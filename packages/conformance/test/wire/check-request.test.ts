import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { REQUIREMENTS } from "../../src/case/requirements.js";
import { checkRequest, openingRequest } from "../../src/wire/check-request.js";
import { parseRequest } from "../../src/wire/http1.js";

const GOOD: readonly string[] = [
  "GET /runCase?case=1&agent=a HTTP/1.1",
  "Host: 127.0.0.1:9001",
  "Upgrade: websocket",
  "Connection: keep-alive, Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
];

/** The good request with its first line or one of its headers replaced (or left out), or more lines behind it. */
function request(changes: { first?: string; without?: string; more?: readonly string[] } = {}): string {
  const { first, without = "\n", more = [] } = changes;
  const lines = GOOD.slice(1).filter((line) => !line.startsWith(without));
  return `${[first ?? GOOD[0], ...lines, ...more].join("\r\n")}\r\n\r\n`;
}

function check(text: string, lenient = false): ReturnType<typeof checkRequest> {
  return checkRequest(parseRequest(text), { lenient });
}

describe("a request that opens a connection", () => {
  const accepted: readonly (readonly [string, string])[] = [
    ["as it should be", request()],
    ["with any Host port", request({ without: "Host", more: ["Host: example.org:1"] })],
    ["with names and tokens in any case", request({ without: "Upgrade", more: ["uPGRADE: WebSocket"] })],
    [
      "with Connection over two lines",
      request({ without: "Conn", more: ["Connection: x", "Connection: upgrade"] }),
    ],
    ["with an Origin", request({ more: ["Origin: https://example.org"] })],
    ["with blanks in its target", request({ first: "GET /runCase?agent=a b&case=1 HTTP/1.1" })],
    ["with different subprotocols", request({ more: ["Sec-WebSocket-Protocol: a, b"] })],
  ];
  for (const [how, text] of accepted) {
    test(how, () => assert.equal(check(text).kind, "opening"));
  }

  test("its key and its offers are read", () => {
    const found = check(request({ more: ["Sec-WebSocket-Extensions: a; b", "Sec-WebSocket-Extensions: c"] }));
    assert.deepEqual(found, { kind: "opening", key: "dGhlIHNhbXBsZSBub25jZQ==", offers: ["a; b", "c"] });
  });
});

describe("a request that is refused", () => {
  const refused: readonly (readonly [number, string, string])[] = [
    [400, "6455-4.1-10", "nonsense\r\n\r\n"],
    [400, "6455-4.1-10", "\u0016\u0003\u0001\r\n\r\n"],
    [505, "6455-4.1-10", request({ first: "GET / HTTP/1.0" })],
    [405, "6455-4.1-10", request({ first: "POST / HTTP/1.1" })],
    [400, "6455-4.1-11", request({ first: "GET /runCase?agent=a#b HTTP/1.1" })],
    [400, "6455-4.1-13", request({ without: "Upgrade" })],
    [400, "6455-4.1-13", request({ without: "Upgrade", more: ["Upgrade: h2c"] })],
    [400, "6455-4.1-14", request({ without: "Connection" })],
    [400, "6455-4.1-14", request({ without: "Connection", more: ["Connection: Upgrader"] })],
    [426, "6455-4.1-18", request({ without: "Sec-WebSocket-Version" })],
    [426, "6455-4.1-18", request({ more: ["Sec-WebSocket-Version: 13"] })],
    [426, "6455-4.1-18", request({ without: "Sec-WebSocket-V", more: ["Sec-WebSocket-Version: 8"] })],
    [400, "6455-4.1-15", request({ without: "Sec-WebSocket-Key" })],
    [400, "6455-4.1-15", request({ without: "Sec-WebSocket-Key", more: ["Sec-WebSocket-Key: dGhl"] })],
    [400, "6455-4.1-15", request({ more: ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="] })],
    [400, "6455-4.1-12", request({ without: "Host" })],
    [400, "6455-4.1-12", request({ more: ["Host: b"] })],
    [400, "6455-4.1-19", request({ more: ["Sec-WebSocket-Protocol: a,b", "Sec-WebSocket-Protocol: a"] })],
    [400, "6455-4.1-19", request({ more: ["Sec-WebSocket-Protocol: "] })],
    [400, "6455-4.1-19", request({ more: ["Sec-WebSocket-Protocol: a, b/c"] })],
  ];
  for (const [status, requirement, text] of refused) {
    test(`${status} ${requirement} ${JSON.stringify(text.slice(0, 40))}`, () => {
      const found = check(text);
      assert.ok(found.kind === "refused", found.kind);
      assert.deepEqual([found.status, found.requirement], [status, requirement]);
      assert.ok(REQUIREMENTS.has(found.requirement));
      assert.match(found.sentence, /^\S.*[^.\s]$/);
    });
  }

  test("what can be answered nevertheless has a key", () => {
    for (const [, , text] of refused) {
      const found = check(text);
      assert.ok(found.kind === "refused");
      const cannot = /^nonsense|^\u0016|^POST|#/.test(text) || !text.includes("Sec-WebSocket-Key: ");
      assert.equal(found.nevertheless === undefined, cannot, text);
      assert.equal(openingRequest(found, "modern"), found.nevertheless);
      assert.equal(openingRequest(found, "autobahn"), undefined);
    }
  });

  test("the answer to another version names the one that is understood", () => {
    const found = check(request({ without: "Sec-WebSocket-Version" }));
    assert.ok(found.kind === "refused");
    assert.deepEqual(found.headers, ["Sec-WebSocket-Version: 13"]);
  });

  test("of an offer of subprotocols, only a repetition is minded leniently", () => {
    const offers = (value: string): string =>
      check(request({ more: [`Sec-WebSocket-Protocol: ${value}`] }), true).kind;
    assert.deepEqual([offers(""), offers("b/c"), offers("b, b")], ["opening", "opening", "refused"]);
  });

  test("the draft with the same frames is taken leniently", () => {
    const draft = request({ without: "Sec-WebSocket-V", more: ["Sec-WebSocket-Version: 8"] });
    assert.equal(check(draft, true).kind, "opening");
    const unknown = request({ without: "Sec-WebSocket-V", more: ["Sec-WebSocket-Version: 7"] });
    assert.equal(check(unknown, true).kind, "refused");
  });
});

test("a request that wants no WebSocket is plain", () => {
  assert.equal(check("GET /info HTTP/1.1\r\nHost: a\r\n\r\n").kind, "plain");
});
