import assert from "node:assert/strict";
import { test } from "node:test";

import { isCloseCode } from "../../src/protocol/close-code.js";
import { VIOLATIONS, violationOf } from "../../src/protocol/violation.js";

for (const [id, violation] of Object.entries(VIOLATIONS)) {
  test(`${id} can be sent to the peer`, () => {
    assert.equal(violation.id, id);
    assert.ok(isCloseCode(violation.closeCode));
    assert.match(violation.section, /^RFC (6455|7692) §\d+(\.\d+)*$/);
    assert.match(violation.message, /^[A-Z][ -~]*\.$/);
    assert.ok(violation.message.length <= 123);
  });
}

test("the number at fault ends the sentence, whatever it is", () => {
  for (const [id, detail, end] of [
    ["rsv-not-negotiated", 4, "RSV1."],
    ["rsv-not-negotiated", 3, "RSV2, RSV3."],
    ["rsv-not-negotiated", 7, "RSV1, RSV2, RSV3."],
    ["reserved-opcode", 15, "15."],
    ["message-inside-message", 2, "opcode 2."],
    ["length-not-minimal", 0, "0."],
    ["control-frame-too-long", 127, "its length begins with 127."],
    ["invalid-close-code", 65_535, "65535."],
    ["frame-too-big", Number.MAX_SAFE_INTEGER, "9007199254740991 octets."],
    ["frame-too-big", 2 ** 62, "2^53 octets or more."],
    ["message-too-big", 2_000_000, "2000000 octets."],
  ] as const) {
    const general = VIOLATIONS[id];
    const violation = violationOf(id, detail);
    const message = `${general.message.slice(0, -1)}: ${end}`;
    assert.deepEqual(violation, { ...general, message, detail });
    assert.ok(message.length <= 123);
  }
});
