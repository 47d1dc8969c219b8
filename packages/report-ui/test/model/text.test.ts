import assert from "node:assert/strict";
import { test } from "node:test";

import { count, duration, grouped, size, visible } from "../../src/model/text.js";

test("numbers with their units", () => {
  assert.deepEqual(
    [duration(0.25), duration(52.3), duration(12_345), duration(125_000)],
    ["0.3 ms", "52 ms", "12.3 s", "2 min 5 s"],
  );
  assert.deepEqual([size(16), size(65_536), size(1_572_864)], ["16 B", "64 KiB", "1.5 MiB"]);
  assert.equal(grouped(16_777_216), "16\u202f777\u202f216");
  assert.deepEqual([count(1, "case"), count(2, "case")], ["1 case", "2 cases"]);
});

test("what hides or reorders text is made visible, and nothing else changes", () => {
  assert.equal(visible("a\u001b[31m\u202e\u2028\ud800b"), "a\\u{1b}[31m\\u{202e}\\u{2028}\\u{d800}b");
  assert.equal(visible("<script>Ünïcode 服务器 😀</script>"), "<script>Ünïcode 服务器 😀</script>");
});
