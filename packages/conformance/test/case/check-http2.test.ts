import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { checkHttp2 } from "../../src/case/check-http2.js";
import type { Http2Frame, Http2Script } from "../../src/case/http2-script.js";
import { octets } from "../../src/case/payload.js";
import { http2Frame } from "../../src/case/steps.js";
import { CASES } from "../../src/cases/index.js";

const OVER_HTTP2 = CASES.find(({ id }) => id === "35.1.3");
const OVER_HTTP1 = CASES.find(({ id }) => id === "1.1.1");
const PING: Http2Frame = { on: "connection", type: 6, payload: octets("12345678") };

/** What is wrong with a good case that is changed like this. */
function complaints(changes: Partial<Case>, from = OVER_HTTP2): readonly string[] {
  assert.ok(from !== undefined);
  return [...checkHttp2({ ...from, ...changes })];
}

function withScript(http2: Http2Script, changes: Partial<Case> = {}): readonly string[] {
  return complaints({ http2, ...changes });
}

test("nothing is wrong with the cases that there are", () => {
  for (const one of CASES) assert.deepEqual([...checkHttp2(one)], [], one.id);
});

describe("over HTTP/1.1 nothing of HTTP/2 is possible", () => {
  test("an expectation", () => {
    const expect = { ...OVER_HTTP1!.expect, http2: "setting" as const };
    assert.match(complaints({ expect }, OVER_HTTP1).join(), /demands something of HTTP\/2/);
  });
  test("a frame", () => {
    assert.match(complaints({ script: [http2Frame(PING)] }, OVER_HTTP1).join(), /sends frames of HTTP\/2/);
  });
});

describe("over HTTP/2", () => {
  const wrong: readonly (readonly [what: string, found: readonly string[], sentence: RegExp])[] = [
    ["a head of HTTP/1.1", withScript({}, { request: { lines: ["GET / HTTP/1.1"] } }), /head of HTTP\/1\.1/],
    ["a request, and no server", withScript({ request: {} }, { peer: "client" }), /not for servers only/],
    ["an answer, and no client", withScript({ answer: {} }), /not for clients only/],
    [
      "other streams that are not there",
      complaints({ expect: { ...OVER_HTTP2!.expect, http2: "others-go-on" } }),
      /about other streams, and has none/,
    ],
    ["a head cut into nothing", withScript({ request: { cut: 0 } }), /frames of 0 octets/],
    ["a head with too much padding", withScript({ request: { padding: 256 } }), /pads its head with 256/],
    ["DATA frames of nothing", withScript({ data: { size: 0 } }), /DATA frames of 0 octets/],
    ["DATA with too much padding", withScript({ data: { padding: 256 } }), /256 octets of padding/],
    ["less room than none", withScript({ room: -1 }), /makes room for -1 octets/],
    ["a setting that does not fit", withScript({ settings: [[70_000, 1]] }), /the setting 70000 of 1/],
    ["a type that does not fit", withScript({ before: [{ ...PING, type: 256 }] }), /type 256 with flags 0/],
    ["flags that do not fit", withScript({ before: [{ ...PING, flags: 256 }] }), /type 6 with flags 256/],
    [
      "a reset of 2 octets",
      withScript({ request: { behind: [{ on: "stream", type: 3, payload: octets("ab") }] } }),
      /type 3 with 2 octets/,
    ],
  ];
  for (const [what, found, sentence] of wrong) {
    test(what, () => assert.match(found.join(), sentence));
  }
});
