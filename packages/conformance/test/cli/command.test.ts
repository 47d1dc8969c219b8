import assert from "node:assert/strict";
import { test } from "node:test";

import { command, type Command } from "../../src/cli/command.js";
import { numberBetween, plainText, several, single, toggle } from "../../src/cli/option.js";
import { fakeIo } from "./fake-io.js";

interface Seen {
  values?: unknown;
  positionals?: readonly string[];
}

function sample(seen: Seen = {}): Command {
  return command({
    name: "sample",
    summary: "Does nothing.",
    positionals: [{ name: "url", description: "An address.", variadic: true }],
    options: {
      agent: several("NAME", "A name.", plainText),
      out: single("DIR", "A folder.", plainText),
      "how-many": { ...single("N", "A number.", numberBetween(1, 9, "integer")), fallback: "3" },
      insecure: toggle("Accept anything."),
    },
    examples: [{ line: "sample x", description: "An example." }],
    action: (values, positionals) => {
      seen.values = values;
      seen.positionals = positionals;
      return Promise.resolve(0);
    },
  });
}

test("values, repetitions, switches and positionals arrive read", async () => {
  const seen: Seen = {};
  const args = ["--agent", "a", "u1", "--agent=b", "--how-many", "4", "--insecure", "--", "--u2"];
  assert.equal(await sample(seen).run(args, fakeIo()), 0);
  assert.deepEqual(seen.values, { agent: ["a", "b"], out: undefined, howMany: 4, insecure: true });
  assert.deepEqual(seen.positionals, ["u1", "--u2"]);
});

const REFUSED: readonly (readonly [readonly string[], string])[] = [
  [["u", "--agnet", "x"], 'unknown option "--agnet"; did you mean --agent?'],
  [["u", "--agnet=x"], 'unknown option "--agnet"; did you mean --agent?'],
  [["u", "--zzzzzzz"], 'unknown option "--zzzzzzz"; see wireproof sample --help'],
  [["u", "-o"], 'unknown option "-o"; did you mean --out?'],
  [["u", "--constructor"], 'unknown option "--constructor"; see wireproof sample --help'],
  [["u", "--out"], "--out needs a value: --out DIR"],
  [
    ["u", "--out", "--insecure"],
    '--out needs a value; if the value is "--insecure", write "--out=--insecure"',
  ],
  [["u", "--out="], "--out needs a value that is not empty"],
  [["u", "--insecure=yes"], "--insecure takes no value"],
  [["u", "--how-many", "12"], '--how-many takes a whole number from 1 to 9, not "12"'],
  [[], "sample needs url: An address."],
];

for (const [args, sentence] of REFUSED) {
  test(`${JSON.stringify(args)} is refused`, async () => {
    await assert.rejects(sample().run(args, fakeIo()), { name: "UsageError", message: sentence });
  });
}

test("an argument too many is refused", async () => {
  const one = command({
    name: "one",
    summary: "",
    positionals: [{ name: "id", description: "" }],
    options: {},
    examples: [],
    action: () => Promise.resolve(0),
  });
  await assert.rejects(one.run(["a", "b"], fakeIo()), {
    message: 'unexpected argument "b"; see wireproof one --help',
  });
});

for (const flag of ["--help", "-h"]) {
  test(`${flag} prints help, whatever else is wrong`, async () => {
    const seen: Seen = {};
    const io = fakeIo();
    assert.equal(await sample(seen).run(["--nonsense", flag], io), 0);
    assert.equal(seen.values, undefined);
    const help = io.written();
    for (const part of [
      "Usage: wireproof sample <url…> [options]",
      "--agent NAME",
      "A name. May be repeated.",
      "A number. Default: 3.",
      "--insecure",
      "-h, --help",
      "wireproof sample x",
    ]) {
      assert.ok(help.includes(part), part);
    }
  });
}

test("--help behind -- is a positional", async () => {
  const seen: Seen = {};
  await sample(seen).run(["--", "--help"], fakeIo());
  assert.deepEqual(seen.positionals, ["--help"]);
});

test("help keeps to the width of the terminal", async () => {
  const io = fakeIo({ columns: 60 });
  await sample().run(["--help"], io);
  assert.ok(
    io
      .written()
      .split("\n")
      .every((line) => line.length <= 60),
  );
});
