import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { checkCases } from "../../src/case/check-cases.js";
import type { DifferenceId } from "../../src/case/difference.js";
import { DIFFERENCES } from "../../src/case/difference.js";
import { sectionOf } from "../../src/case/case-id.js";
import { selectCases, SETS } from "../../src/case/select.js";
import { CASES } from "../../src/cases/index.js";
import { linesOfCase, tracesOfCase } from "./as-facts.js";
import { assertEnding } from "./ending.js";
import { FACTS, linesOfFact, tracesOfFact, type Fact } from "./facts.js";
import { LOAD_FACTS, mayEndWithEmptyFragment } from "./load-facts.js";

const ORIGINAL = CASES.filter(({ id }) => SETS.get("autobahn")?.(id));

test("the catalogue has the 517 cases of the original, in its order", () => {
  assert.equal(FACTS.length, 247);
  assert.equal(LOAD_FACTS.length, 270);
  const ids = FACTS.map(({ id }) => id);
  for (const { id, index } of LOAD_FACTS) ids.splice(index - 1, 0, id);
  assert.equal(ids.length, 517);
  const isOriginal = SETS.get("autobahn");
  assert.deepEqual(
    CASES.map(({ id }) => id).filter((id) => isOriginal?.(id)),
    ids,
  );
});

test("and cases of its own, from section 20 on, which say since when", () => {
  const isOriginal = SETS.get("autobahn");
  const own = CASES.filter(({ id }) => isOriginal?.(id) !== true);
  assert.ok(own.every(({ id }) => sectionOf(id) >= 20));
  assert.deepEqual(
    own.filter(({ since }) => since === undefined).map(({ id }) => id),
    ["22.4.2"],
  );
  assert.ok(CASES.every(({ id, since }) => since === undefined || isOriginal?.(id) !== true));
});

test("the catalogue has no problems", () => {
  assert.deepEqual(checkCases(CASES), []);
});

test("every title is there once and fits on a line", () => {
  const titles = CASES.map(({ title }) => title);
  assert.deepEqual(
    titles.filter((title, index) => titles.indexOf(title) !== index),
    [],
  );
  assert.deepEqual(
    titles.filter((title) => title.length > 90),
    [],
  );
});

describe("every case agrees with the original", () => {
  for (const fact of FACTS) {
    test(fact.id, () => agree(caseOf(fact.id), fact));
  }
});

describe("a case of the original names every reason why the profiles can judge it differently, and no other", () => {
  const failing = FACTS.filter(isFailing).map(({ id }) => id);
  const named: Record<DifferenceId, readonly string[]> = {
    "latest-pong-suffices": chosen("2.10,2.11"),
    "pong-in-any-place": chosen("5.6,5.7,5.8,5.19,5.20"),
    "pong-before-inflating": [],
    "first-echo-optional": chosen("3.2,3.3,3.4,4.1.3,4.1.4,4.1.5,4.2.3,4.2.4,4.2.5,5.15"),
    "silence-is-not-failing": failing,
    "close-frame-before-drop": failing,
    "illegal-close-answered": chosen("3.7,7.3.2,7.3.6"),
    "late-utf8-failure": chosen("6.4.*"),
    "any-close-code": chosen("7.1.5"),
    "closing-handshake-required": chosen("7.1.*,7.3.*,7.7.*", "7.1.6,7.3.2,7.3.6"),
    "pong-after-close": chosen("7.1.3"),
    "close-code-not-used": chosen("7.9.1,7.9.2"),
    "close-code-not-defined": chosen("7.9.3,7.9.6,7.9.7,7.9.8,7.9.9"),
    "pongs-unasked": chosen("2.7,2.8"),
    "code-1010-is-for-clients": chosen("7.7.8"),
    "no-empty-last-fragment": [
      ...chosen("6.2.3,6.2.4,6.3.2"),
      ...LOAD_FACTS.filter(mayEndWithEmptyFragment).map(({ id }) => id),
    ],
    "content-compared": chosen("9.*"),
    "limit-is-a-capability": chosen("9.*,12.*,13.*"),
    "agreed-window-kept": chosen("12.*,13.*"),
    "described-as-sent": chosen("3.6"),
    "observed-only": chosen("7.1.6,7.13.*"),
  };
  for (const id of Object.keys(DIFFERENCES) as DifferenceId[]) {
    test(id, () => {
      assert.deepEqual(
        ORIGINAL.filter(({ differs }) => differs?.includes(id)).map((value) => value.id),
        named[id],
      );
    });
  }
});

test("where a peer has to fail the connection, silence is no failing, and a bare drop is non-strict", () => {
  for (const { id, differs, expect } of CASES) {
    const mustFail = expect.ending.by === "peer";
    if (mustFail) assert.ok(differs?.includes("silence-is-not-failing"), id);
    if (mustFail) assert.ok(differs?.includes("close-frame-before-drop"), id);
  }
});

function agree(ours: Case, fact: Fact): void {
  assert.deepEqual(linesOfCase(ours), linesOfFact(fact));
  assert.deepEqual(tracesOfCase(ours), tracesOfFact(fact));
  assertEnding(ours, fact);
}

/** The peer has to fail the connection: it ends it, or the tester closes with something illegal. */
function isFailing({ expectedClose, verdictTable }: Fact): boolean {
  return !expectedClose.requireClean && verdictTable["allGood"]?.[0] !== "INFORMATIONAL";
}

function caseOf(id: string): Case {
  const found = CASES.find((value) => value.id === id);
  assert.ok(found, `there is no case ${id}`);
  return found;
}

function chosen(include: string, exclude = ""): readonly string[] {
  const selection = selectCases(CASES, { include: [include], exclude: [exclude] });
  assert.ok(selection.ok);
  return selection.cases.map(({ id }) => id);
}
