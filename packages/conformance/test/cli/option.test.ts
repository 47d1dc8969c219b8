import assert from "node:assert/strict";
import { test } from "node:test";

import {
  numberBetween,
  oneOf,
  plainText,
  several,
  single,
  toggle,
  withDefault,
} from "../../src/cli/option.js";
import { UsageError } from "../../src/cli/usage-error.js";

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.message;
  }
  return assert.fail("nothing was refused");
}

test("a toggle is on if it was given", () => {
  assert.equal(toggle("").read([], "--x"), false);
  assert.equal(toggle("").read([""], "--x"), true);
});

test("of several values of a single option the last counts", () => {
  assert.equal(single("X", "", plainText).read(["a", "b"], "--x"), "b");
  assert.equal(single("X", "", plainText).read([], "--x"), undefined);
});

test("a default applies when nothing is given, and help can show it", () => {
  const option = withDefault(single("X", "", plainText), "d");
  assert.equal(option.read([], "--x"), "d");
  assert.equal(option.read(["a"], "--x"), "a");
  assert.equal(option.fallback, "d");
});

test("a repeatable option keeps every value in order", () => {
  assert.deepEqual(several("X", "", plainText).read(["a", "b"], "--x"), ["a", "b"]);
});

test("whole numbers are read within their bounds only", () => {
  const read = numberBetween(1, 256, "integer");
  assert.equal(read("1", "--n"), 1);
  assert.equal(read("256", "--n"), 256);
  for (const bad of ["0", "257", "1.5", "1e2", "", " 1", "-1", "0x10", "NaN"]) {
    assert.match(
      refusal(() => read(bad, "--n")),
      /^--n takes a whole number from 1 to 256, not "/,
    );
  }
});

test("decimals are read within their bounds only", () => {
  const read = numberBetween(0.1, 100, "decimal");
  assert.equal(read(".1", "--x"), 0.1);
  assert.equal(read("2.5", "--x"), 2.5);
  assert.equal(read("100", "--x"), 100);
  for (const bad of ["0", "0.09", "100.1", ".", "1,5", "Infinity", "1e1"]) {
    assert.match(
      refusal(() => read(bad, "--x")),
      /^--x takes a number from 0\.1 to 100, not "/,
    );
  }
});

test("a choice that is misspelt is suggested", () => {
  const read = oneOf(["modern", "autobahn"]);
  assert.equal(read("modern", "--profile"), "modern");
  assert.equal(
    refusal(() => read("autoban", "--profile")),
    '--profile takes modern or autobahn, not "autoban"; did you mean autobahn?',
  );
});

test("control characters are refused and shown escaped", () => {
  const sentence = refusal(() => plainText("a\u001b[31m", "--agent"));
  assert.match(sentence, /^--agent does not allow control characters/);
  assert.ok(!sentence.includes("\u001b"));
  assert.match(
    refusal(() => plainText("  ", "--agent")),
    /not empty/,
  );
});
