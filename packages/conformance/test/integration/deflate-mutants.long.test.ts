import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DEFLATE_FAULTS, deflateStrictMutant, type DeflateFaultName } from "@wireproof/peers";
import { sectionOf } from "../../src/case/case-id.js";
import { CASES } from "../../src/cases/index.js";
import { DEFLATE_SERVER } from "./server-findings.js";
import { testFaults } from "./one-fault.js";
import { during, playRun } from "./play-run.js";
import { casesOf } from "./verdict-table.js";

testFaults({
  name: "a server with permessage-deflate",
  faults: DEFLATE_FAULTS,
  start: deflateStrictMutant,
  findings: DEFLATE_SERVER,
  // Section 31 is about negotiation, which has a test of its own.
  cases: CASES.filter(
    ({ id, peer, deflate }) =>
      [26, 30, 32].includes(sectionOf(id)) && peer !== "client" && deflate !== undefined,
  ),
});

describe("what a server does wrong when it compresses is found under its name, with the requirement", () => {
  const table: readonly (readonly [
    fault: DeflateFaultName,
    id: string,
    violation: string,
    requirement: string,
  ])[] = [
    ["rsv1-on-continuation", "32.2.1.1", "misplaced-rsv1", "7692-6.1-2"],
    ["pong-with-rsv1", "32.2.1.2", "misplaced-rsv1", "7692-6.1-2"],
    ["window-ignored", "32.2.2.3", "window-exceeded", "7692-7.2.1-4"],
    ["context-taken-over", "32.2.3", "context-taken-over", "7692-7.2.1-5"],
    ["window-ignored", "32.2.4", "window-exceeded", "7692-7.2.1-4"],
    ["context-taken-over", "32.2.4", "context-taken-over", "7692-7.2.1-5"],
  ];
  for (const [fault, id, violation, requirement] of table) {
    test(`${fault}, ${id}`, async (context) => {
      const peer = await during(context, deflateStrictMutant(fault).start());
      const { ends } = await playRun(peer.url, casesOf(id));
      assert.deepEqual(
        ends.map(({ verdict, record }) => [record.violations[0]?.violation, verdict.requirement]),
        [[violation, requirement]],
      );
    });
  }
});
