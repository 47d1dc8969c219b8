import assert from "node:assert/strict";
import { test } from "node:test";

import { didYouMean, nearest } from "../../src/cli/nearest.js";

const OPTIONS = ["profile", "out", "origin", "concurrency", "cases"];

test("the nearest word is found across typing errors", () => {
  assert.deepEqual(nearest("profil", OPTIONS), ["profile"]);
  assert.deepEqual(nearest("concurency", OPTIONS), ["concurrency"]);
  assert.deepEqual(nearest("orgiin", OPTIONS), ["origin"]);
});

test("a word that was begun counts as near, however much is missing", () => {
  assert.deepEqual(nearest("conc", OPTIONS), ["concurrency"]);
});

test("nothing is suggested where nothing is near", () => {
  assert.deepEqual(nearest("zzzzzzzz", OPTIONS), []);
  assert.equal(didYouMean("zzzzzzzz", OPTIONS), "");
});

test("a suggestion ends a sentence and carries its prefix", () => {
  assert.equal(didYouMean("case", OPTIONS, "--"), "; did you mean --cases?");
});

test("the limit bounds the number of suggestions", () => {
  assert.equal(nearest("7.1.1", ["7.1.2", "7.1.3", "7.1.4"], 2).length, 2);
});
