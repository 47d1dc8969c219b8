import assert from "node:assert/strict";
import { test } from "node:test";
import { compressIds, labelled, listIds, table, wrap } from "../../src/report/layout.js";

const CATALOGUE = ["2.1", "2.2", "2.3", "2.4", "2.9", "2.10", "3.1", "3.2", "7.1.1"];

test("compressIds joins neighbours of a family, in catalogue order", () => {
  assert.equal(
    compressIds(["2.10", "2.1", "2.3", "2.2", "2.9", "3.1"], CATALOGUE),
    "2.1–2.3, 2.9, 2.10, 3.1",
  );
  assert.equal(compressIds([...CATALOGUE], CATALOGUE), "2.1–2.4, 2.9, 2.10, 3.1, 3.2, 7.1.1");
  assert.equal(compressIds(["7.1.1"], CATALOGUE), "7.1.1");
  assert.equal(compressIds([], CATALOGUE), "");
  assert.equal(compressIds(["9.9"], CATALOGUE), "9.9");
});

test("listIds names whole sections where there are hundreds of cases", () => {
  const section = (number: number, size: number): readonly string[] =>
    Array.from({ length: size }, (_, at) => `${number}.1.${at + 1}`);
  const catalogue = [...section(1, 60), ...section(2, 60), "3.1", "3.2", "4.1"];
  const all = catalogue.filter((id) => id !== "1.1.1" && id !== "3.2");
  assert.equal(listIds(all, catalogue), "1.1.2–1.1.60, 2.*, 3.1, 4.1");
  assert.equal(listIds(section(2, 60), catalogue), "2.1.1–2.1.60");
});

test("wrap breaks at blanks and leaves long words whole", () => {
  assert.deepEqual(wrap("aa bb  cc\ndd", 5), ["aa bb", "cc dd"]);
  assert.deepEqual(wrap("a very-long-word b", 4), ["a", "very-long-word", "b"]);
  assert.deepEqual(wrap("", 10), []);
});

test("table and labelled align", () => {
  assert.deepEqual(
    table(
      [
        ["a", "1", "x"],
        ["bbb", "22", ""],
      ],
      [1],
    ),
    ["a     1  x", "bbb  22"],
  );
  assert.deepEqual(labelled("L", ["one", "two"], 3), ["L  one", "   two"]);
});
