import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { CORPUS_UNITS } from "../../src/case/corpus.js";
import { sectionOf } from "../../src/case/case-id.js";
import type { CorpusName } from "../../src/case/steps.js";
import { CASES } from "../../src/cases/index.js";
import { corpus } from "../../src/corpora/corpus.js";
import { assertEnding } from "./ending.js";
import { eventLine } from "./as-facts.js";
import { LOAD_FACTS, linesOfLoadCase, linesOfLoadFact } from "./load-facts.js";

const LOAD_SECTIONS = new Set([9, 12, 13]);
const LOAD_CASES = CASES.filter(({ id }) => LOAD_SECTIONS.has(sectionOf(id)));

test("sections 9, 12 and 13 have the 270 cases of the original, in its order", () => {
  const sizes = [9, 12, 13].map((section) => LOAD_CASES.filter(({ id }) => sectionOf(id) === section).length);
  assert.deepEqual(sizes, [54, 90, 126]);
  assert.deepEqual(
    LOAD_CASES.map(({ id }) => id),
    LOAD_FACTS.map(({ id }) => id),
  );
});

describe("every load case agrees with the original", () => {
  for (const fact of LOAD_FACTS) {
    test(fact.id, () => {
      const ours = LOAD_CASES.find(({ id }) => id === fact.id);
      assert.ok(ours);
      assert.deepEqual(linesOfLoadCase(ours), linesOfLoadFact(fact));
      assertEnding(ours, fact);
    });
  }
});

test("a big message decides by its echo, a loop by all of its echoes", () => {
  for (const value of LOAD_CASES) {
    const isLoop = value.script.some((step) => step.do === "echo-loop");
    assert.equal(value.expect.loopDecides ?? false, isLoop, value.id);
    assert.equal(value.expect.firstMessageDecides ?? false, !isLoop, value.id);
    assert.deepEqual(value.expect.pass.map(eventLine), isLoop ? [] : [echoLine(value)], value.id);
  }
});

test("only what measures the time of single messages is played alone, and what opens many connections", () => {
  assert.deepEqual(
    CASES.filter(({ alone }) => alone === true).map(({ id }) => id),
    [...LOAD_FACTS.filter(({ id }) => /^9\.[78]\./.test(id)).map(({ id }) => id), "20.8.12"],
  );
});

test("of the original, load cases and no others are quiet", () => {
  assert.deepEqual(
    CASES.filter(({ quiet, id }) => quiet === true && sectionOf(id) < 20),
    LOAD_CASES,
  );
});

test("a compression case says in which unit its messages are counted", () => {
  for (const { id, script, description } of LOAD_CASES) {
    for (const step of script) {
      if (step.do !== "echo-loop" || step.messages.from !== "corpus") continue;
      assert.match(
        description,
        new RegExp(`pieces of [\\d,]+ ${CORPUS_UNITS[step.messages.corpus]}s\\.`),
        id,
      );
    }
  }
});

test("the unit of a corpus is what the corpus is made of, and no message is longer than the ring", () => {
  for (const [name, unit] of Object.entries(CORPUS_UNITS) as [CorpusName, string][]) {
    const { text, units } = corpus(name);
    assert.equal(unit, text ? "character" : "octet", name);
    assert.ok(units > 131_072, name);
  }
});

/** The echo of the one message of a case. */
function echoLine({ script }: Case): string | undefined {
  for (const step of script) {
    if (step.do !== "frame" && step.do !== "message") continue;
    return eventLine({ type: "message", binary: step.opcode === 2, payload: step.payload });
  }
}
