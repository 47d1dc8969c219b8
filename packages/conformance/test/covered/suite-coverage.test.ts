import assert from "node:assert/strict";
import { test } from "node:test";

import { REQUIREMENTS } from "../../src/case/requirements.js";
import { CASES } from "../../src/cases/index.js";
import {
  byDocument,
  coverageProblems,
  coveredRequirements,
  documentCoverage,
} from "../../src/covered/suite-coverage.js";

const COVERED = coveredRequirements(CASES);

test("every requirement that a test can see is exercised, or has a reason why not", () => {
  assert.deepEqual(coverageProblems(CASES), []);
});

test("a requirement that loses its cases, one with cases and a reason, and one asked of the wrong peer are problems", () => {
  const without = CASES.filter(({ requirements }) => !requirements.includes("6455-5.5.2-1"));
  assert.ok(coverageProblems(without).includes("Requirement 6455-5.5.2-1 has no case, and no reason why."));
  const [first] = CASES;
  assert.ok(first !== undefined);
  const tls = { ...first, requirements: [...first.requirements, "6455-4.2.2-1"] as const } as typeof first;
  assert.deepEqual(coverageProblems([...CASES, tls]), [
    "Requirement 6455-4.2.2-1 has a reason why it has no case, and is exercised.",
  ]);
  const forClients = CASES.map((one) =>
    one.requirements.includes("6455-5.1-2") ? { ...one, peer: "client" as const } : one,
  );
  assert.ok(
    coverageProblems(forClients).includes(
      "Requirement 6455-5.1-2 is for a server, but none of its cases is.",
    ),
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
