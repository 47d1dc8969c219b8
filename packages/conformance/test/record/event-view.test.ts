import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { message, pongWith, timeout, type ExpectedEvent } from "../../src/case/expect.js";
import { octets, repeat } from "../../src/case/payload.js";
import {
  isPrefix,
  PayloadDigest,
  sameEvent,
  sameTrace,
  traceView,
  viewOf,
} from "../../src/record/event-view.js";

const EVENTS: readonly ExpectedEvent[] = [
  message("ab"),
  message("ab", "binary"),
  message("ac"),
  message(""),
  pongWith("ab"),
  pongWith(""),
  timeout("A"),
  timeout("B"),
];

test("an event is the same as itself and as no other", () => {
  for (const [i, one] of EVENTS.entries()) {
    for (const [j, other] of EVENTS.entries()) assert.equal(sameEvent(viewOf(one), viewOf(other)), i === j);
  }
});

test("how a payload is written makes no difference", () => {
  assert.deepEqual(viewOf(message(repeat(octets("ab"), 5))), viewOf(message("ababa")));
});

describe("PayloadDigest", () => {
  test("any chunking gives the same length, digest and beginning", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 90 }), { maxLength: 5 }), (pieces) => {
        const digest = new PayloadDigest();
        for (const piece of pieces) digest.push(piece);
        const whole = Buffer.concat(pieces);
        assert.deepEqual(digest.finish(), {
          length: whole.length,
          sha256: createHash("sha256").update(whole).digest("hex"),
          head: whole.toString("hex", 0, 64),
        });
      }),
    );
  });
});

describe("traces", () => {
  const [a, b, c] = traceView(EVENTS);
  assert.ok(a && b && c);
  test("the same", () => {
    assert.equal(sameTrace([a, b], [a, b]), true);
    assert.equal(sameTrace([], []), true);
  });
  test("another order, another length", () => {
    assert.equal(sameTrace([a, b], [b, a]), false);
    assert.equal(sameTrace([a], [a, b]), false);
    assert.equal(sameTrace([a, b], [a]), false);
  });
  test("a beginning", () => {
    assert.equal(isPrefix([], [a]), true);
    assert.equal(isPrefix([a, b], [a, b, c]), true);
    assert.equal(isPrefix([a, c], [a, b, c]), false);
    assert.equal(isPrefix([a, b], [a]), false);
  });
});
