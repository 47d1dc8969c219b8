import assert from "node:assert/strict";
import { test } from "node:test";
import { compareIds } from "../../src/case/case-id.js";
import { LINT_RULES } from "../../src/case/lint-rules.js";
import { REQUIREMENTS } from "../../src/case/requirements.js";
import { CASES } from "../../src/cases/index.js";
import { VIOLATIONS } from "../../src/record/violation.js";

test("rules are in order, and a case with the id of one is about it", () => {
  const ids = LINT_RULES.map(({ id }) => id);
  assert.deepEqual([...new Set(ids)].sort(compareIds), ids);
  for (const { id, requirements } of LINT_RULES) {
    for (const one of CASES.filter((each) => each.id === id || each.id.startsWith(`${id}.`)))
      assert.ok(requirements.includes(one.requirements[0]), one.id);
  }
});

test("every requirement of a rule is known, and belongs to one rule only", () => {
  const ids = LINT_RULES.flatMap(({ requirements }) => requirements);
  for (const id of ids) assert.ok(REQUIREMENTS.has(id), id);
  assert.equal(new Set(ids).size, ids.length);
});

test("every violation belongs to a rule", () => {
  const ids = new Set<string>(LINT_RULES.flatMap(({ requirements }) => requirements));
  for (const { requirement, sentence } of Object.values(VIOLATIONS))
    assert.ok(ids.has(requirement), sentence);
});
