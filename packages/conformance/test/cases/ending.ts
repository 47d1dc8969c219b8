import assert from "node:assert/strict";
import type { Case } from "../../src/case/case.js";

/** What the original demands of the end of a connection, and what it says where that is not kept. */
export interface EndingFact {
  readonly expectedClose: {
    readonly closeCode: readonly number[];
    readonly closedByMe: boolean;
    readonly requireClean: boolean;
    readonly closedByWrongEndpointIsFatal?: boolean;
  };
  readonly suppressAutoClose: boolean;
  readonly verdictTable: Readonly<Record<string, readonly [behavior: string, close: string]>>;
}

/** Throws an AssertionError where a case ends in another way than in the original. */
export function assertEnding(ours: Case, fact: EndingFact): void {
  const { ending, closesItself, informational } = ours.expect;
  const { closeCode, closedByMe, requireClean, closedByWrongEndpointIsFatal } = fact.expectedClose;
  assert.deepEqual(
    { codes: ending.codes, by: ending.by, clean: ending.clean, sideIsFatal: ending.sideIsFatal ?? false },
    {
      codes: closeCode,
      by: closedByMe ? "tester" : "peer",
      clean: requireClean,
      sideIsFatal: closedByWrongEndpointIsFatal ?? false,
    },
  );
  assert.equal(closesItself ?? false, fact.suppressAutoClose);
  const isInformational = behavior(fact, "allGood") === "INFORMATIONAL";
  assert.equal(informational ?? false, isInformational);
  if (isInformational) return;
  assert.equal(ending.codeIsFatal ?? false, behavior(fact, "wrongCloseCode4242") === "FAILED");
  assert.equal(ending.sideIsFatal ?? false, behavior(fact, "closedByWrongEndpoint") === "FAILED");
}

function behavior({ verdictTable }: EndingFact, situation: string): string {
  const verdicts = verdictTable[situation];
  assert.ok(verdicts, `nothing is said about ${situation}`);
  return verdicts[0];
}
