import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { CASES } from "../../src/cases/index.js";
import { agentExclusion, specCases } from "../../src/config/autobahn-patterns.js";
import { SpecError } from "../../src/config/spec-error.js";

/** The catalogue, with a case of a section that the original does not have. */
const [template = assert.fail()] = CASES;
const NEW: readonly Case[] = ["20.1.1", "23.2"].map((id) => ({ ...template, id }));
const ALL: readonly Case[] = [...CASES.filter(({ id }) => Number(id.split(".")[0]) < 20), ...NEW];

function chosen(cases: readonly string[], exclude: readonly string[] = [], everything = false): string[] {
  return specCases(ALL, { cases, exclude, everything }).map(({ id }) => id);
}

describe("patterns of a spec file", () => {
  const COUNTS: readonly (readonly [readonly string[], number])[] = [
    [["*"], 517],
    [["1*"], 233],
    [["*.1"], 273],
    [["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.*", "10.*"], 301],
    [["1[1-4].*"], 216],
    [["13.*.1"], 7 * 10],
    [["12.*", "13.*", "12.*"], 216],
    [["8.*"], 0],
  ];
  for (const [patterns, count] of COUNTS) {
    test(`${patterns.join(" ")} are ${count}`, () => assert.equal(chosen(patterns).length, count));
  }

  test("a dot is a dot, and the end is open", () => {
    assert.deepEqual(chosen(["2.1*"]), ["2.1", "2.10", "2.11"]);
    assert.deepEqual(chosen(["1.1.1*"]), ["1.1.1"]);
  });

  test("other characters keep their meaning in regular expressions", () => {
    assert.deepEqual(chosen(["7.(1|3).1*"]), ["7.1.1", "7.3.1"]);
    assert.throws(() => chosen(["(*"]), new SpecError('the pattern "(*" is not a regular expression'));
  });

  test("the order is that of the numbers, and nothing is there twice", () => {
    assert.deepEqual(chosen(["10.1.1", "2.10", "2.9", "2.9", "1.1.8"]), ["1.1.8", "2.9", "2.10", "10.1.1"]);
  });

  test("exclusions may name what is not there, and nothing", () => {
    assert.equal(chosen(["*"], [""]).length, 517);
    assert.equal(chosen(["*"], ["11.*", "12.*", "13.*", "99.1"]).length, 301);
    assert.deepEqual(chosen(["7.1.*"], ["7.1.1", "7.1.[4-6]*"]), ["7.1.2", "7.1.3"]);
  });

  test("an id that is none is an error, unless it is excluded", () => {
    assert.throws(() => chosen(["1.1"]), new SpecError('there is no case "1.1" (did you mean "1.1.*"?)'));
    assert.throws(() => chosen([""]), new SpecError("the list cases has an empty item"));
    assert.throws(() => chosen(["1.1.9"]), SpecError);
    assert.deepEqual(chosen(["1.1.1", "1.1.9"], ["1.1.9"]), ["1.1.1"]);
  });

  test("new sections are chosen by their number, or by everything", () => {
    assert.deepEqual(chosen(["20.*"]), ["20.1.1"]);
    assert.deepEqual(chosen(["23.2"]), ["23.2"]);
    assert.deepEqual(chosen(["2*"]).at(-1), "2.11");
    assert.equal(chosen(["*"], [], true).length, 519);
    assert.equal(chosen(["*"], ["2*"], true).length, 517 - 11);
  });
});

describe("exclude-agent-cases", () => {
  const isExcluded = agentExclusion({ "Tornado/py*": ["12.*.1", "6.4.*"], ws: ["1.1.1"], "*": ["9.*"] });

  test("both patterns are anchored at both ends", () => {
    assert.ok(isExcluded("Tornado/py27", "12.1.1"));
    assert.ok(!isExcluded("Tornado/py27", "12.1.10"));
    assert.ok(!isExcluded("a Tornado/py27", "12.1.1"));
    assert.ok(isExcluded("ws", "1.1.1"));
    assert.ok(!isExcluded("ws2", "1.1.1"));
    assert.ok(isExcluded("anybody", "9.1.1"));
  });

  test("what is no regular expression is an error", () => {
    assert.throws(() => agentExclusion({ "WebSocket++": ["1.*"] }), SpecError);
  });
});
