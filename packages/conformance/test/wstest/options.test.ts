import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "../../src/cli/usage-error.js";
import { parseWstest } from "../../src/wstest/options.js";

function given(...args: readonly string[]): Record<string, string> {
  return Object.fromEntries(parseWstest(args).given);
}

describe("the command line of the original", () => {
  const CLIENT = { mode: "fuzzingclient", spec: "f.json" };
  const FORMS: readonly (readonly string[])[] = [
    ["-m", "fuzzingclient", "-s", "f.json"],
    ["-mfuzzingclient", "-sf.json"],
    ["--mode", "fuzzingclient", "--spec", "f.json"],
    ["--mode=fuzzingclient", "--spec=f.json"],
    ["--mo=fuzzingclient", "--sp", "f.json"],
    ["-s", "other.json", "-m", "fuzzingclient", "-s", "f.json"],
  ];
  for (const args of FORMS) test(args.join(" "), () => assert.deepEqual(given(...args), CLIENT));

  test("switches can be put together, with an option at their end", () => {
    assert.deepEqual(given("-dam", "x"), { debug: "", autobahnversion: "", mode: "x" });
  });

  test("a value may look like an option, be empty, or hold =", () => {
    assert.deepEqual(given("-i", "-x", "--wsuri=ws://a/?b=c", "--ident="), {
      ident: "",
      wsuri: "ws://a/?b=c",
    });
    assert.deepEqual(given("--webport=0"), { webport: "0" });
  });

  test("an option that is like no other is ignored", () => {
    const { given: found, warnings } = parseWstest(["--allow-hixie76=1", "-m", "x", "-Z"]);
    assert.deepEqual([...found], [["mode", "x"]]);
    assert.deepEqual(warnings, [
      'the unknown option "--allow-hixie76" is ignored',
      "the unknown option -Z is ignored",
    ]);
  });

  const WRONG: readonly (readonly [readonly string[], string])[] = [
    [["--spce=f.json"], 'unknown option "--spce"; did you mean --spec?'],
    [["--ver", "--w"], "--w is ambiguous: --wsuri or --webport"],
    [["-m"], "-m needs a value: -m MODE"],
    [["--debug=yes"], "--debug takes no value"],
    [["fuzzingclient"], 'unexpected argument "fuzzingclient"; see wstest --help'],
    [["-d", "--", "x"], 'unexpected argument "x"; see wstest --help'],
  ];
  for (const [args, message] of WRONG) {
    test(`${args.join(" ")} is an error`, () => {
      assert.throws(() => parseWstest(args), new UsageError(message));
    });
  }
});
