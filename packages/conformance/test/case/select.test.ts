import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { answers } from "../../src/case/expect.js";
import { casesFor, selectCases, SETS, type Selection } from "../../src/case/select.js";
import { kill } from "../../src/case/steps.js";

const IDS = ["1.1.1", "1.1.2", "1.2.1", "2.1", "2.2", "2.10", "5.2", "5.20", "7.7.1", "7.7.10", "10.1.1"];
const SAMPLE = IDS.map(sample);

describe("patterns choose cases", () => {
  const table: readonly (readonly [include: readonly string[], exclude: readonly string[], ids: string])[] = [
    [[], [], IDS.join(" ")],
    [["*"], [], IDS.join(" ")],
    [["5.20"], [], "5.20"],
    [["5.2"], [], "5.2"],
    [["5.*"], [], "5.2 5.20"],
    [["1.*"], [], "1.1.1 1.1.2 1.2.1"],
    [["1.1.*"], [], "1.1.1 1.1.2"],
    [["*.1"], [], "1.1.1 1.2.1 2.1 7.7.1 10.1.1"],
    [["*.1.1"], [], "1.1.1 10.1.1"],
    [["1*1"], [], "1.1.1 1.2.1 10.1.1"],
    [["1.*.1"], [], "1.1.1 1.2.1"],
    [["1*.1*.1"], [], "1.1.1 10.1.1"],
    [["**2**"], [], "1.1.2 1.2.1 2.1 2.2 2.10 5.2 5.20"],
    [["5.2,2.1"], [], "2.1 5.2"],
    [["5.2", "2.1"], [], "2.1 5.2"],
    [["2.2, 2.1 ,2.2"], [], "2.1 2.2"],
    [["2.*", "2.1"], [], "2.1 2.2 2.10"],
    [["2.1,"], [], "2.1"],
    [[""], [], IDS.join(" ")],
    [["2.*"], ["2.10"], "2.1 2.2"],
    [[], ["*.*.*"], "2.1 2.2 2.10 5.2 5.20"],
    [["2.1"], ["2.*"], ""],
    [["*"], ["1.*,2.*", "7.*"], "5.2 5.20 10.1.1"],
  ];
  for (const [include, exclude, ids] of table) {
    test(`${JSON.stringify(include)} without ${JSON.stringify(exclude)}`, () => {
      assert.deepEqual(idsOf(selectCases(SAMPLE, { include, exclude })), ids === "" ? [] : ids.split(" "));
    });
  }

  test("the result is in catalogue order and without doubles, whatever it is chosen from", () => {
    const shuffled = ["10.1.1", "2.10", "2.1", "2.10", "1.1.1"].map(sample);
    assert.deepEqual(idsOf(selectCases(shuffled, { include: [], exclude: [] })), [
      "1.1.1",
      "2.1",
      "2.10",
      "10.1.1",
    ]);
  });
});

describe("sections, requirements and words choose cases", () => {
  const table: readonly (readonly [pattern: string, ids: string])[] = [
    ["section:1", "1.1.1 1.1.2 1.2.1"],
    ["section: 10", "10.1.1"],
    ["requirement:6455-5.5-1", "5.2 5.20"],
    ["requirement:6455-5.5-*", "5.2 5.20 7.7.1"],
    ["framing", "1.1.1 1.1.2 1.2.1"],
    ["FRAG", "5.2 5.20 10.1.1"],
    ["echo close", "7.7.1"],
    ["close echo", "7.7.1"],
    ["section:2,echo", "2.1 2.2 2.10 7.7.1"],
  ];
  const cases = SAMPLE.map((one): Case => {
    if (one.id.startsWith("5.")) return { ...one, requirements: ["6455-5.5-1"] };
    if (one.id === "7.7.1") return { ...one, title: "Echo of a code", requirements: ["6455-5.5-2"] };
    return one;
  });
  for (const [pattern, ids] of table) {
    test(pattern, () => {
      assert.deepEqual(idsOf(selectCases(cases, { include: [pattern], exclude: [] })), ids.split(" "));
    });
  }

  const wrong: readonly (readonly [pattern: string, first: string | undefined])[] = [
    ["section:3", "section:1"],
    ["section:", "section:1"],
    ["requirement:6455-5.5-3", "requirement:6455-5.5-1"],
    ["choes", undefined],
    ["sections:1", undefined],
    ["é", "2.1"],
  ];
  for (const [pattern, first] of wrong) {
    test(`${pattern} chooses nothing`, () => {
      const selection = selectCases(cases, { include: [pattern], exclude: [] });
      assert.ok(!selection.ok);
      assert.equal(selection.unknown[0]?.suggestions[0], first);
    });
  }
});

describe("everything but the asterisk stands for itself", () => {
  for (const pattern of ["5.2?", "5x20", "5.[2]0", "5.2.", ".5.20", "(5.20)", "5.20|2.1", "2", "1.1"]) {
    test(pattern, () => {
      assert.deepEqual(unknown(selectCases(SAMPLE, { include: [pattern], exclude: [] })), [pattern]);
    });
  }
});

describe("a pattern without a case is an error with suggestions", () => {
  const table: readonly (readonly [pattern: string, first: string])[] = [
    ["5", "5.*"],
    ["1.1", "1.1.*"],
    ["7.", "7.*"],
    ["7.7.11", "7.7.1"],
    ["10.1.2", "10.1.1"],
    ["5.21", "5.2"],
    ["8.*", "1.*"],
  ];
  for (const [pattern, first] of table) {
    test(`${pattern}: perhaps ${first}`, () => {
      const selection = selectCases(SAMPLE, { include: [pattern], exclude: [] });
      assert.ok(!selection.ok);
      assert.equal(selection.unknown[0]?.suggestions[0], first);
    });
  }

  test("every suggestion chooses something", () => {
    const selection = selectCases(SAMPLE, { include: ["3.3.3"], exclude: [] });
    assert.ok(!selection.ok);
    const suggestions = selection.unknown[0]?.suggestions ?? [];
    assert.ok(suggestions.length > 0);
    for (const each of suggestions) {
      assert.ok(selectCases(SAMPLE, { include: [each], exclude: [] }).ok, each);
    }
  });

  test("all of them are named, those to exclude too, each once", () => {
    const selection = selectCases(SAMPLE, { include: ["8.1,1.1.1", "8.1"], exclude: ["9.*"] });
    assert.deepEqual(unknown(selection), ["8.1", "9.*"]);
  });

  test("a hostile pattern takes no time", () => {
    const selection = selectCases(SAMPLE, { include: ["*1".repeat(40)], exclude: [] });
    assert.equal(selection.ok, false);
  });
});

describe("sets", () => {
  test("autobahn has the sections of the original and no others", () => {
    const inSet = SETS.get("autobahn");
    assert.ok(inSet);
    const sections = Array.from({ length: 41 }, (_, section) => section);
    assert.deepEqual(
      sections.filter((section) => inSet(`${section}.1.1`)),
      [1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 13],
    );
  });
  test("all has everything", () => {
    assert.equal(SETS.get("all")?.("40.1.1"), true);
  });
  test("there are no others", () => {
    assert.deepEqual([...SETS.keys()], ["autobahn", "2026.1", "all"]);
  });
});

function sample(id: string): Case {
  return {
    id,
    title: "t",
    description: "d",
    expectation: "e",
    requirements: ["6455-5.4-6"],
    script: [kill(1)],
    expect: answers(),
  };
}

function idsOf(selection: Selection): readonly string[] {
  assert.ok(selection.ok, JSON.stringify(selection));
  return selection.cases.map(({ id }) => id);
}

function unknown(selection: Selection): readonly string[] {
  assert.ok(!selection.ok);
  return selection.unknown.map(({ pattern }) => pattern);
}

test("a case that is for one kind of peer is for no other", () => {
  const cases = [sample("1.1.1"), { ...sample("22.1"), peer: "client" as const }];
  const ids = (peer: "client" | "server"): readonly string[] => casesFor(peer, cases).map(({ id }) => id);
  assert.deepEqual([ids("client"), ids("server")], [["1.1.1", "22.1"], ["1.1.1"]]);
});
