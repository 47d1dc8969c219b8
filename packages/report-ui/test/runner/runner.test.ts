import assert from "node:assert/strict";
import { test } from "node:test";

import { browserName } from "../../src/runner/browser-name.js";
import { limitsOf } from "../../src/runner/limits.js";
import { behaviorOf } from "../../src/runner/run-cases.js";

const CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)";

for (const [userAgent, name] of [
  [`${CHROME} Chrome/140.0.0.0 Safari/537.36`, "Chrome/140.0.0.0"],
  [`${CHROME} HeadlessChrome/140.0.0.0 Safari/537.36`, "Chromium/140.0.0.0"],
  [`${CHROME} Chrome/140.0.0.0 Safari/537.36 Edg/140.1`, "Edge/140.1"],
  [`${CHROME} Chrome/140.0.0.0 Safari/537.36 OPR/120.2`, "Opera/120.2"],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox/145.0"],
  ["Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15", "Safari/26.0"],
  ["Something else 1.0", "Something else 1.0"],
  ["", "browser"],
] as const) {
  test(`a user agent is shortened to ${name}`, () => assert.equal(browserName(userAgent), name));
}

test("what the tester says about a case, if it says anything", () => {
  assert.equal(behaviorOf('{"behavior": "OK"}'), "OK");
  for (const said of [null, "", "nonsense", "{}", '{"behavior": 1}', "null"])
    assert.equal(behaviorOf(said), null);
});

test("only what concerns the run is said about limits", () => {
  assert.deepEqual(limitsOf([]), []);
  assert.equal(limitsOf(["4", "5"]).length, 1);
  assert.match(limitsOf(["13", "2"]).join("\n"), /^Section 2: [^\n]+\nSections 12 and 13: [^\n]+$/);
});
