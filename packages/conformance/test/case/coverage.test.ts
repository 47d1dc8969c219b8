import assert from "node:assert/strict";
import { test } from "node:test";

import { byDocument, coveredRequirements, documentCoverage } from "../../src/case/coverage.js";
import { REQUIREMENTS } from "../../src/case/requirements.js";
import { WAIVERS } from "../../src/case/waivers.js";
import { CASES } from "../../src/cases/index.js";

const COVERED = coveredRequirements(CASES);

test("every requirement that an echoing peer can show has a case, or a reason why it has none", () => {
  const open = COVERED.filter(
    ({ id, testableWith, waived }) => testableWith === "echo" && waived !== undefined && !WAIVERS.has(id),
  );
  assert.deepEqual(
    open.map(({ id }) => id),
    [],
  );
});

test("a reason why a requirement has no case is for one that exists and has none", () => {
  for (const [id, reason] of WAIVERS) {
    assert.ok(REQUIREMENTS.has(id), id);
    assert.match(reason, /^[A-Z].*\.$/, id);
  }
  const stale = COVERED.filter(({ id, waived }) => WAIVERS.has(id) && waived === undefined);
  assert.deepEqual(
    stale.map(({ id, cases, checks }) => [id, ...cases, ...checks]),
    [],
  );
});

test("every case names a requirement, and its ids are those of requirements", () => {
  for (const { id, requirements } of CASES) {
    assert.ok(requirements.length > 0, id);
    for (const one of requirements) assert.ok(REQUIREMENTS.has(one), `${id}: ${one}`);
  }
});

test("the figures of the documents add up to those of all", () => {
  const documents = documentCoverage(COVERED);
  const total = documents.at(-1);
  for (const level of ["all", "must"] as const) {
    for (const figure of ["testable", "original", "now"] as const) {
      const sum = documents.slice(0, -1).reduce((before, one) => before + one[level][figure], 0);
      assert.equal(sum, total?.[level][figure], `${level} ${figure}`);
    }
  }
  assert.equal(byDocument(COVERED).at(-1)?.[1].length, REQUIREMENTS.size);
});

test("what nobody can test counts nowhere, and what is checked on every connection counts as covered", () => {
  const one = (id: string): (typeof COVERED)[number] | undefined => COVERED.find((each) => each.id === id);
  const [log, keys] = [one("6455-7.1.7-2"), one("6455-5.3-1")].filter((each) => each !== undefined);
  assert.ok(log !== undefined && keys !== undefined);
  const figures = documentCoverage([log, keys]).at(-1)?.all;
  assert.deepEqual(figures, { testable: 1, original: 0, now: 1 });
  assert.deepEqual(keys.checks, ["24.3.2"]);
});
