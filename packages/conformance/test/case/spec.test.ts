import assert from "node:assert/strict";
import { test } from "node:test";
import { compareIds, familyOf, sectionOf } from "../../src/case/case-id.js";
import { SECTIONS } from "../../src/case/spec.js";

test("section and family of an id", () => {
  assert.deepEqual(["7.7.3", "5.20", "10.1.1"].map(sectionOf), [7, 5, 10]);
  assert.deepEqual(["7.7.3", "5.20", "10.1.1"].map(familyOf), ["7.7", "5", "10.1"]);
});

test("sections have the numbers of the original, and new ones from 20", () => {
  assert.deepEqual(
    [...SECTIONS.keys()],
    [1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 13, 20, 21, 22, 24, 25, 26, 27, 28, 29, 30, 31, 32, 35],
  );
});

test("ids are ordered number by number", () => {
  const ordered = ["1.1.1", "2", "2.9", "2.10", "7.9.9", "7.13.1", "10.1", "10.1.1"];
  assert.deepEqual([...ordered].reverse().sort(compareIds), ordered);
  assert.equal(compareIds("5.20", "5.20"), 0);
});
