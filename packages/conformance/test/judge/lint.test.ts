import assert from "node:assert/strict";
import { randomBytes, randomInt } from "node:crypto";
import { describe, test } from "node:test";
import {
  faultsOf,
  maskingKeyFaults,
  openingKeyFaults,
  openingKeyOf,
  type Fault,
} from "../../src/judge/lint.js";
import { MaskingKeyLog, MaskingKeyTally } from "../../src/record/masking-keys.js";
import type { ViolationName } from "../../src/record/violation.js";
import { recordOf } from "../support/sample-record.js";

function inShort(faults: readonly Fault[]): readonly string[] {
  return faults.map(({ requirement, outcome }) => `${requirement} ${outcome}`);
}

describe("what one connection shows", () => {
  test("nothing, where nothing is wrong", () => {
    assert.deepEqual(faultsOf(recordOf()), []);
  });

  test("each requirement once, a MUST as a failure and a SHOULD as advice", () => {
    const record = recordOf({ violations: ["rsv", "rsv", "control-after-closing"] });
    assert.deepEqual(inShort(faultsOf(record)), ["6455-5.2-1 fail", "6455-7.1.2-2 non-strict"]);
    assert.match(faultsOf(record)[0]?.because ?? "", /^the peer sent a frame with a reserved bit set/);
  });

  test("what is wrong with the opening handshake, in the words of its check", () => {
    const problem = "the answer has 2 Sec-WebSocket-Accept headers instead of one";
    const handshake = { opened: false, request: "", response: "", problem, requirement: "6455-4.1-25" };
    assert.deepEqual(faultsOf(recordOf({ handshake })), [
      { requirement: "6455-4.1-25", outcome: "fail", because: problem },
    ]);
  });

  test("a handshake that fails without breaking a requirement shows nothing", () => {
    const handshake = { opened: false, request: "", response: "", problem: "HTTP 403", status: 403 };
    assert.deepEqual(faultsOf(recordOf({ handshake })), []);
  });

  describe("octets that only look like a violation, behind an answer of the tester that nobody may take", () => {
    const request = "GET / HTTP/1.1\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
    const behind = (
      violations: readonly ViolationName[],
      ...answer: readonly string[]
    ): readonly string[] => {
      const handshake = { opened: true, request, response: `${answer.join("\r\n")}\r\n\r\n` };
      return inShort(faultsOf(recordOf({ role: "server", handshake, violations })));
    };
    const opened = "HTTP/1.1 101 Switching Protocols";

    test("the next request of HTTP behind another status", () => {
      assert.deepEqual(behind(["rsv", "unmasked-frame"], "HTTP/1.1 200 OK"), []);
      assert.deepEqual(behind(["rsv", "unmasked-frame"], opened), ["6455-5.2-1 fail", "6455-5.1-1 fail"]);
      const interim = "HTTP/1.1 103 Early Hints\r\n";
      assert.deepEqual(behind(["unmasked-frame"], interim, opened), ["6455-5.1-1 fail"]);
      assert.deepEqual(behind(["unmasked-frame"], interim, "HTTP/1.1 200 OK"), []);
    });

    test("what is compressed behind a faulty answer about permessage-deflate", () => {
      const field = (value: string): string => `Sec-WebSocket-Extensions: permessage-deflate${value}`;
      const faulty = field("; server_max_window_bits=7");
      assert.deepEqual(behind(["rsv", "invalid-utf8"], opened, faulty), []);
      assert.deepEqual(behind(["unmasked-frame"], opened, faulty), ["6455-5.1-1 fail"]);
      assert.deepEqual(behind(["invalid-utf8"], opened, field("")), ["6455-5.6-1 fail"]);
      assert.deepEqual(behind(["rsv"], opened), ["6455-5.2-1 fail"]);
    });
  });

  test("requirements and violations of a stored run that nobody knows are left out", () => {
    const handshake = { opened: false, request: "", response: "", requirement: "1-2-3" };
    const unknown = { violation: "toString", requirement: "6455-5.2-1", at: 0 };
    const record = { ...recordOf({ handshake }), violations: [unknown, { ...unknown, violation: "new" }] };
    assert.deepEqual(faultsOf(record), []);
  });
});

describe("the key of an opening handshake", () => {
  const request = (...lines: readonly string[]): string => `GET / HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
  const line = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

  test("is read from the request", () => {
    assert.equal(openingKeyOf(request("Host: x", line)), "dGhlIHNhbXBsZSBub25jZQ==");
  });

  test("there is none in a request with two, with a bad one, or without one, and without a request", () => {
    for (const bad of [request(line, line), request("Sec-WebSocket-Key: abc"), request("Host: x"), null]) {
      assert.equal(openingKeyOf(bad), undefined);
    }
  });

  test("what it shows", () => {
    const good = "dGhlIHNhbXBsZSBub25jZQ==";
    assert.deepEqual(openingKeyFaults(good, "fresh"), []);
    assert.deepEqual(inShort(openingKeyFaults(good, "repeated")), ["6455-4.1-16 fail"]);
    assert.deepEqual(inShort(openingKeyFaults(good, "similar")), ["6455-4.1-16 fail"]);
    assert.deepEqual(inShort(openingKeyFaults("AQIDBAUGBwgJCgsMDQ4PEC==", "fresh")), [
      "4648-3.5-1 informational",
    ]);
  });
});

/** What is said about these masking keys, those of one connection after the other. */
function judged(...connections: readonly (readonly Uint8Array[])[]): readonly string[] {
  const tally = new MaskingKeyTally();
  for (const keys of connections) {
    const log = new MaskingKeyLog();
    for (const key of keys) log.push(key);
    if (log.record !== undefined) tally.add(log.record);
  }
  return inShort(maskingKeyFaults(tally.facts));
}

function number(value: number): Buffer {
  const key = Buffer.alloc(4);
  key.writeUInt32BE(value >>> 0);
  return key;
}

function many<T>(count: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

const NOT_FRESH = "6455-5.3-1 fail";
const PREDICTABLE = "6455-5.3-2 fail";
const NOT_RANDOM = "6455-5.3-2 non-strict";

describe("masking keys", () => {
  test("random ones are never blamed, be they few or many", () => {
    for (const [connections, keys] of [
      [1, 1],
      [1, 3],
      [5, 2],
      [60, 2],
      [300, 8],
      [1000, 32],
    ] as const) {
      assert.deepEqual(judged(...many(connections, () => many(keys, () => randomBytes(4)))), []);
    }
  });

  test("none says nothing", () => assert.deepEqual(judged(), []));

  test("one or two repeats among thousands are chance", () => {
    const keys = many(200, () => many(32, () => randomBytes(4)));
    const [first = Buffer.alloc(4), second = Buffer.alloc(4)] = keys[0] ?? [];
    assert.deepEqual(judged(...keys, [first, second]), []);
  });

  test("a repeat of the only key is not", () => {
    const key = number(0x1234_5678);
    assert.deepEqual(judged([key], [key], [key]), [NOT_FRESH]);
  });

  test("a fixed key within a connection is not fresh, and can be foreseen", () => {
    const key = number(0);
    assert.deepEqual(judged(many(8, () => key)), [NOT_FRESH, PREDICTABLE]);
  });

  test("the same keys on every connection are not fresh", () => {
    const keys = many(20, () => randomBytes(4));
    assert.deepEqual(judged(...many(5, () => keys)), [NOT_FRESH]);
  });

  test("a counter can be foreseen, in either order of octets", () => {
    assert.deepEqual(judged(many(8, (i) => number(77 + i))), [PREDICTABLE]);
    assert.deepEqual(judged(many(8, (i) => number(77 + i).reverse())), [PREDICTABLE]);
  });

  test("a counter of all connections together, one frame each", () => {
    assert.deepEqual(judged(...many(40, (i) => [number(0x5000 + i)])), [PREDICTABLE]);
  });

  test("16 bits that never change", () => {
    assert.deepEqual(judged(...many(60, (i) => many(2, () => number(0xab00_0000 + i * 31)))), [
      NOT_FRESH,
      PREDICTABLE,
    ]);
    assert.deepEqual(judged(many(30, (i) => number(0xabcd_0000 + ((i * i * 7919) & 0xffff)))), [PREDICTABLE]);
  });

  test("one bit that never changes is advice only, and only when it has been seen often enough", () => {
    const keys = (count: number): readonly Buffer[] => many(count, () => number(randomInt(0x8000_0000)));
    assert.deepEqual(judged(...many(20, () => keys(2))), []);
    assert.deepEqual(judged(...many(60, () => keys(2))), [NOT_RANDOM]);
  });

  test("a bit that changes every time, as the lowest one of a linear generator", () => {
    let state = 12_345;
    const next = (): Buffer => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return number(state);
    };
    assert.deepEqual(judged(...many(10, () => many(32, next))), [NOT_RANDOM]);
  });
});
