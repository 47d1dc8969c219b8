import assert from "node:assert/strict";
import { test } from "node:test";

import { wantsColor } from "../../src/cli/io.js";

const TABLE: readonly (readonly [Record<string, string>, boolean, boolean])[] = [
  [{}, true, true],
  [{}, false, false],
  [{ TERM: "dumb" }, true, false],
  [{ NO_COLOR: "1" }, true, false],
  [{ NO_COLOR: "" }, true, true],
  [{ FORCE_COLOR: "1" }, false, true],
  [{ FORCE_COLOR: "" }, false, true],
  [{ FORCE_COLOR: "0" }, true, false],
  [{ FORCE_COLOR: "false" }, true, false],
  [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false, true],
];

for (const [env, isTty, expected] of TABLE) {
  test(`${JSON.stringify(env)} ${isTty ? "on" : "without"} a terminal: ${expected ? "colours" : "none"}`, () => {
    assert.equal(wantsColor(env, isTty), expected);
  });
}
