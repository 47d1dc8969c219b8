import assert from "node:assert/strict";
import { test } from "node:test";

import { defineCase, type CaseDefinition } from "../../src/case/define-case.js";
import { FIRST_OWN_SECTION } from "../../src/case/spec.js";
import { sectionOf } from "../../src/case/case-id.js";
import { CASES } from "../../src/cases/index.js";

const GREETING: CaseDefinition = {
  id: "100.1",
  title: "A greeting",
  requirements: ["6455-6.2-1"],
  send: [{ text: "hello" }, { binary: Uint8Array.of(1) }, { ping: "p" }, { pong: "q" }],
  expect: [{ text: "hello" }, { binary: Uint8Array.of(1) }, { pong: "p" }],
};

test("what is sent and awaited becomes the script and the trace, and the tester closes", () => {
  const defined = defineCase(GREETING);
  assert.deepEqual(
    defined.script.map((step) => (step.do === "frame" ? step.opcode : step.do)),
    [1, 2, 9, 10, "close-after"],
  );
  assert.deepEqual(
    defined.expect.pass.map(({ type }) => type),
    ["message", "message", "pong"],
  );
  assert.deepEqual(defined.expect.ending, { by: "tester", codes: [1000], clean: true });
});

test("a case in which the peer has to fail ends with a timer, and takes the code", () => {
  const { script, expect, illegal } = defineCase({
    id: "100.2",
    title: "A reserved opcode",
    requirements: ["6455-5.2-3"],
    send: [{ do: "frame", opcode: 3, payload: { pattern: new Uint8Array(), length: 0 }, fin: true, rsv: 0 }],
    fails: 1002,
    illegal: ["reserved-opcode"],
    seconds: 2,
  });
  assert.deepEqual(script.at(-1), { do: "kill", seconds: 2 });
  assert.deepEqual(expect.ending, { by: "peer", codes: [1002], clean: false });
  assert.deepEqual(illegal, ["reserved-opcode"]);
});

const REFUSED: readonly (readonly [string, Partial<CaseDefinition>, RegExp])[] = [
  ["a section of the suite", { id: "99.1" }, /^case 99\.1: sections below 100/],
  ["an id that is none", { id: "100.x" }, /an id that is not numbers/],
  ["a requirement that does not exist", { requirements: ["6455-99-1"] }, /6455-99-1, which does not exist/],
  ["one that nobody has to keep", { requirements: ["6455-5.1-6"] }, /is no MUST/],
  ["an answer that cannot come", { send: [{ text: "hello" }] }, /Case 100\.1 /],
];
for (const [what, facts, expected] of REFUSED) {
  test(`${what} is refused in a sentence`, () => {
    assert.throws(
      () => defineCase({ ...GREETING, ...facts }),
      (error: Error) => error instanceof RangeError && expected.test(error.message),
    );
  });
}

test("the catalogue has no section of users", () => {
  assert.ok(CASES.every(({ id }) => sectionOf(id) < FIRST_OWN_SECTION));
});
