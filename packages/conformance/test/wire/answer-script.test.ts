import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { answerLines } from "../../src/case/handshake.js";
import { answerFor, answerText, hopsOf, whyUntried } from "../../src/wire/answer-script.js";
import { parseRequest, type RequestHead } from "../../src/wire/http1.js";

const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

function head(target = "/runCase?case=1&agent=a", ...more: readonly string[]): RequestHead {
  const lines = [`GET ${target} HTTP/1.1`, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", ...more];
  return parseRequest(`${lines.join("\r\n")}\r\n\r\n`);
}

describe("the text of an answer", () => {
  test("the usual lines", () => {
    assert.equal(
      answerText({ lines: answerLines() }, head()),
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`,
    );
  });

  test("lines in place of others, left out, repeated and behind", () => {
    const lines = answerLines(
      { status: "HTTP/1.1 200 OK", Upgrade: [], Connection: ["A: 1", "A: 2"] },
      "Z: 9",
    );
    assert.deepEqual(lines, ["HTTP/1.1 200 OK", "A: 1", "A: 2", "Sec-WebSocket-Accept: {accept}", "Z: 9"]);
    assert.throws(
      () => answerLines({ Upgrades: [] }),
      new RangeError("the usual answer has no line Upgrades"),
    );
  });

  const words: readonly (readonly [word: string, stands: string])[] = [
    ["accept", ACCEPT],
    ["accept-in-other-case", "S3PplmbItXAq9KygZZHzrBk+XoO="],
    ["key", "dGhlIHNhbXBsZSBub25jZQ=="],
    ["first-subprotocol", "Chat"],
    ["second-subprotocol", "b"],
    ["first-in-other-case", "cHAT"],
    ["again", "/runCase?case=1&agent=a&hop=1"],
    ["something-else", "{something-else}"],
  ];
  for (const [word, stands] of words) {
    test(word, () => {
      const request = head(undefined, "Sec-WebSocket-Protocol: Chat, b", "Sec-WebSocket-Protocol: c");
      assert.equal(answerText({ lines: [`{${word}}`] }, request), `${stands}\r\n\r\n`);
    });
  }

  test("the accept of another key is never that of this one", () => {
    const text = answerText({ lines: ["{accept-of-another-key}"] }, head());
    assert.match(text, /^[A-Za-z0-9+/]{27}=\r\n/);
    assert.ok(!text.startsWith(ACCEPT));
  });

  test("other line ends, a piece, a head without an end, nothing", () => {
    assert.equal(answerText({ lines: ["a", "b"], lineEnd: "\n" }, head()), "a\nb\n\n");
    assert.equal(answerText({ lines: ["abc"], cutAt: 2 }, head()), "ab");
    assert.equal(answerText({ lines: ["a"], endless: { of: "head", text: "b" } }, head()), "a\r\n");
    assert.equal(answerText({ lines: ["a"], endless: { of: "body", text: "b" } }, head()), "a\r\n\r\n");
    assert.equal(answerText({ lines: [] }, head()), "");
  });
});

describe("being sent to the same case again", () => {
  const targets: readonly (readonly [target: string, next: string, hops: number])[] = [
    ["/runCase?case=1", "/runCase?case=1&hop=1", 0],
    ["/runCase", "/runCase?hop=1", 0],
    ["/runCase?hop=9&case=1", "/runCase?hop=10&case=1", 9],
    ["/runCase?case=1&hop=24", "/runCase?case=1&hop=25", 24],
    ["/runCase?shop=3&case=1", "/runCase?shop=3&case=1&hop=1", 0],
  ];
  for (const [target, next, hops] of targets) {
    test(target, () => {
      assert.equal(hopsOf(target), hops);
      assert.equal(answerText({ lines: ["{again}"] }, head(target)), `${next}\r\n\r\n`);
    });
  }

  test("it ends after so many times", () => {
    const script = { lines: ["{again}"], times: 2 };
    assert.equal(answerFor(script, head("/a?hop=1")), script);
    assert.equal(answerFor(script, head("/a?hop=2")), undefined);
  });
});

describe("what cannot be tried", () => {
  const rows: readonly (readonly [offer: string | null, needed: number, why: string | undefined])[] = [
    [null, 1, "the client offers no subprotocol"],
    ["a", 1, undefined],
    ["a", 2, "the client offers only 1 of 2 subprotocols"],
    ["a, b", 2, undefined],
    [null, 0, undefined],
  ];
  for (const [offer, subprotocols, why] of rows) {
    test(`${subprotocols} of ${offer}`, () => {
      const request = offer === null ? head() : head(undefined, `Sec-WebSocket-Protocol: ${offer}`);
      const script = { lines: answerLines(), subprotocols };
      assert.equal(whyUntried(script, request), why);
      assert.equal(answerFor(script, request), why === undefined ? script : undefined);
    });
  }

  test("a subprotocol in other case that is offered too, or that has no letters", () => {
    const script = { lines: ["Sec-WebSocket-Protocol: {first-in-other-case}"], subprotocols: 1 };
    assert.equal(whyUntried(script, head(undefined, "Sec-WebSocket-Protocol: a, b")), undefined);
    for (const offer of ["a, A", "1.2"]) {
      assert.match(
        whyUntried(script, head(undefined, `Sec-WebSocket-Protocol: ${offer}`)) ?? "",
        /upper and in lower case/,
      );
    }
  });
});
