import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { CAPABILITIES, lackedBy, type Lacks } from "../../src/case/capability.js";
import { casesFor } from "../../src/case/select.js";
import { CASES } from "../../src/cases/index.js";
import { corpus } from "../../src/corpora/corpus.js";
import { caseOf } from "../support/some-case.js";

describe("what a case needs", () => {
  const table: readonly (readonly [id: string, lacks: Lacks, lacked: string | null])[] = [
    ["1.1.1", {}, null],
    ["1.1.1", { without: ["text"] }, "text"],
    ["1.1.1", { without: ["binary", "deflate"] }, null],
    ["1.2.1", { without: ["text"] }, null],
    ["1.2.1", { without: ["text", "binary"] }, "binary"],
    ["2.1", { without: ["text", "binary"] }, null],
    ["9.1.1", { messageLimit: 65_535 }, "limit"],
    ["9.1.1", { messageLimit: 65_536 }, null],
    // Fragments count together.
    ["9.3.1", { messageLimit: 65_536 }, "limit"],
    ["12.1.1", { without: ["deflate"] }, "deflate"],
    ["12.1.1", { without: ["deflate.windowBits", "deflate.contextTakeover"] }, null],
    ["13.3.1", { without: ["deflate.windowBits"] }, "deflate.windowBits"],
    // The same without a word about the window is among the offers.
    ["13.7.1", { without: ["deflate.windowBits"] }, null],
  ];
  for (const [id, lacks, lacked] of table) {
    test(`${id} with ${JSON.stringify(lacks)}`, () => {
      assert.equal(lackedBy(caseOf(id), "server", lacks), lacked);
    });
  }

  test("a peer that declines permessage-deflate can be asked what it makes of offers", () => {
    const asked = CASES.filter(({ id, deflate }) => id.startsWith("31.") && deflate !== undefined);
    assert.ok(asked.some((one) => lackedBy(one, "server", { without: ["deflate"] }) === null));
  });
});

for (const [name] of CAPABILITIES) {
  test(`some cases need ${name}, and some do not`, () => {
    for (const peer of ["client", "server"] as const) {
      const cases = casesFor(peer, CASES);
      const skipped = cases.filter((one) => lackedBy(one, peer, { without: [name] }) !== null);
      assert.ok(skipped.length > 0 && skipped.length < cases.length, `${peer}: ${skipped.length}`);
    }
  });
}

test("a corpus needs the kind of message that it is sent in", () => {
  for (const { id, script } of CASES) {
    for (const step of script) {
      if (step.do !== "echo-loop" || step.messages.from !== "corpus") continue;
      const needed = corpus(step.messages.corpus).text ? "text" : "binary";
      assert.equal(lackedBy(caseOf(id), "server", { without: [needed] }), needed, id);
    }
  }
});
