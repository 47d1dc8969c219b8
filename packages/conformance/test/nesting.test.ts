import assert from "node:assert/strict";
import { test } from "node:test";
import { isNestedTooDeep, MAX_NESTING } from "../src/nesting.js";

const isDeep = (json: string): boolean => isNestedTooDeep(Buffer.from(json));
const lists = (depth: number, inside = ""): string => "[".repeat(depth) + inside + "]".repeat(depth);

test("lists and objects count alike, up to the limit", () => {
  assert.equal(isDeep(lists(MAX_NESTING)), false);
  assert.equal(isDeep(lists(MAX_NESTING + 1)), true);
  assert.equal(isDeep(lists(MAX_NESTING, "{}")), true);
  assert.equal(isDeep(`${'{"a":['.repeat(MAX_NESTING / 2)}1`), false);
  assert.equal(isDeep(`${'{"a":['.repeat(MAX_NESTING / 2 + 1)}1`), true);
});

test("what is beside one another is not nested", () => {
  assert.equal(isDeep(`[${"[],".repeat(1000)}{}]`), false);
});

test("brackets in texts are text, wherever the text seems to end", () => {
  const many = "[".repeat(1000);
  assert.equal(isDeep(`["${many}"]`), false);
  assert.equal(isDeep(`["\\"${many}"]`), false);
  assert.equal(isDeep(`["\\\\\\"${many}"]`), false);
  assert.equal(isDeep(`["\\\\",${many}`), true);
  assert.equal(isDeep(`["","\\\\",${many}`), true);
  assert.equal(isDeep(`"${many}`), false);
  assert.equal(isDeep(`["ä\u{1f600}", ${many}`), true);
});
