import type { Case } from "../../src/case/case.js";
import { answers } from "../../src/case/expect.js";
import { CASES } from "../../src/cases/index.js";

/** A case of the catalogue. Throws an Error if there is none with this id. */
export function caseOf(id: string): Case {
  const found = CASES.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`there is no case ${id}`);
  return found;
}

/** A case that a test makes up, as far as it matters there. */
export function someCase(facts: Partial<Case>): Case {
  return {
    id: "99.1",
    title: "title",
    description: "description",
    expectation: "expectation",
    requirements: ["6455-6.2-1"],
    script: [],
    expect: answers(),
    ...facts,
  };
}
