import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HANDSHAKE_PROBLEMS } from "../../src/handshake/index.js";
import { isProblem } from "../../src/handshake/problem.js";

describe("problems of the opening handshake", () => {
  for (const [id, problem] of Object.entries(HANDSHAKE_PROBLEMS)) {
    test(id, () => {
      assert.equal(problem.id, id);
      assert.match(id, /^[a-z]+(-[a-z]+)*$/);
      assert.match(problem.section, /^(RFC \d{4} §\d+(\.\d+)*)?$/);
      assert.match(problem.sentence, /^[A-Z][\x20-\x7e]+\.$/);
      assert.ok(problem.status === undefined || (problem.status >= 400 && problem.status <= 599));
    });
  }

  test("differ from what was read", () => {
    assert.equal(isProblem(HANDSHAKE_PROBLEMS["not-http"]), true);
    assert.equal(isProblem([]), false);
  });
});
