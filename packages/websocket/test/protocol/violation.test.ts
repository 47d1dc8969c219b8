import assert from "node:assert/strict";
import { test } from "node:test";

import { isCloseCode } from "../../src/protocol/close-code.js";
import { VIOLATIONS } from "../../src/protocol/violation.js";

for (const [id, violation] of Object.entries(VIOLATIONS)) {
  test(`${id} can be told to the peer`, () => {
    assert.equal(violation.id, id);
    assert.ok(isCloseCode(violation.closeCode));
    assert.match(violation.section, /^RFC (6455|7692) §\d+(\.\d+)*$/);
    assert.match(violation.message, /^[A-Z][ -~]*\.$/);
    assert.ok(violation.message.length <= 123);
  });
}
