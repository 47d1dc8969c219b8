import assert from "node:assert/strict";
import { test } from "node:test";

import { defineCase } from "../../src/case/define-case.js";
import { LINT_RULES } from "../../src/case/lint-rules.js";
import { CASES } from "../../src/cases/index.js";
import { planSuite, type Choice, type Plan } from "../../src/runners/plan.js";

const OWN = defineCase({
  id: "100.1",
  title: "A greeting",
  requirements: ["6455-6.2-1"],
  send: [{ text: "hello" }],
  expect: [{ text: "hello" }],
});

function names({ groups }: Plan): readonly string[] {
  return groups.flatMap(({ tests }) => tests.map(({ name }) => name));
}

test("every case has a test of its own whose name is its id and its title, by section", () => {
  const { groups, cases } = planSuite("server", {});
  const of = CASES.filter(
    ({ peer, keepalive, http2 }) => peer !== "client" && keepalive !== true && http2 === undefined,
  );
  assert.deepEqual(cases, of);
  assert.deepEqual(
    groups.slice(0, -1).flatMap(({ tests }) => tests.map(({ name }) => name)),
    of.map(({ id, title }) => `${id} ${title}`),
  );
  assert.equal(groups[0]?.name, "1 Framing");
  assert.equal(new Set(names({ ...planSuite("server", {}) })).size, of.length + groups.at(-1)!.tests.length);
});

test("the rules for this kind of peer come last, and a test about the run", () => {
  for (const role of ["client", "server"] as const) {
    const last = planSuite(role, { cases: "1.1.1" }).groups.at(-1);
    assert.deepEqual(
      last?.tests.map(({ id }) => id),
      [...LINT_RULES.filter((rule) => rule.role === "both" || rule.role === role).map(({ id }) => id), "end"],
    );
  }
});

test("cases for peers that send Pings by themselves are there if the peer is said to do so", () => {
  const ids = (choice: Choice): readonly string[] => planSuite("server", choice).cases.map(({ id }) => id);
  const first = CASES.find(({ keepalive }) => keepalive === true);
  assert.ok(first !== undefined);
  assert.ok(ids({ keepaliveSeconds: 1 }).includes(first.id));
  assert.ok(!ids({}).includes(first.id));
});

test("patterns and cases of one's own can be mixed, a set and exclusions hold for the former", () => {
  const ids = (choice: Choice): string =>
    planSuite("server", choice)
      .cases.map(({ id }) => id)
      .join(" ");
  assert.equal(ids({ cases: ["3.1,3.2", OWN] }), "3.1 3.2 100.1");
  assert.equal(ids({ cases: [OWN] }), "100.1");
  assert.equal(ids({ cases: "7.1.*", set: "2026.1" }), "7.1.1 7.1.2 7.1.3 7.1.4 7.1.5");
  assert.equal(ids({ cases: "3.*", exclude: ["3.1", "3.5,3.6"] }), "3.2 3.3 3.4 3.7");
});

test("what is known to fail has its reason, by id and by the beginning of ids", () => {
  const known = { "3.2": "issue 1", "24.3.*": "issue 2", end: "issue 3" };
  const { groups } = planSuite("server", { cases: "3.*", known });
  const reasons = groups.flatMap(({ tests }) => tests.filter((one) => one.known !== undefined));
  assert.deepEqual(
    reasons.map(({ id, known: reason }) => [id, reason]),
    [
      ["3.2", "issue 1"],
      ["24.3.4", "issue 2"],
      ["end", "issue 3"],
    ],
  );
});

const REFUSED: readonly (readonly [Choice, RegExp])[] = [
  [{ cases: "5" }, /no case matches "5"; did you mean 5\.\*\?/],
  [{ cases: "22.1.*" }, /can be played with a server/],
  [{ set: "2020.1" }, /there is no set 2020\.1: autobahn, 2026\.1, all/],
  [{ cases: "3.*", known: { "3.9": "because" } }, /no test matches "3\.9", which is known to fail/],
  [{ cases: "3.*", known: { "3.1": " " } }, /why is "3\.1" known to fail\? Give a reason\./],
];
for (const [choice, expected] of REFUSED) {
  test(`${JSON.stringify(choice)} is refused`, () => {
    assert.throws(
      () => planSuite("server", choice),
      (error: Error) => error instanceof RangeError && expected.test(error.message),
    );
  });
}
