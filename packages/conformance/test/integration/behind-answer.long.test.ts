import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  rawClient,
  walkUndici,
  walkWireproof,
  walkWith,
  walkWs,
  type Walk,
  type WalkOptions,
} from "@wireproof/peers";
import type { Case } from "../../src/case/case.js";
import { serveRun } from "./serve-run.js";
import { casesOf, expand, ownWords, pairsOf, type VerdictTable } from "./verdict-table.js";

const PROFILES = ["autobahn", "modern"] as const;
const GOOD: Readonly<Record<string, Walk>> = { ws: walkWs, undici: walkUndici, wireproof: walkWireproof };

describe("22.4.2: a message that comes with the answer to the opening handshake", () => {
  for (const profile of PROFILES) {
    for (const [name, walk] of Object.entries(GOOD)) {
      test(`${name} passes under ${profile}`, async (context) => {
        const cases = casesOf("22.4.2");
        const { verdicts } = await serveRun(context, walk, cases, { profile });
        assert.deepEqual(pairsOf(verdicts, ownWords), new Map([["22.4.2", "pass/ok"]]));
      });
    }

    test(`a client that loses it is caught under ${profile}`, async (context) => {
      const cases = casesOf("22.4.2");
      const { verdicts } = await serveRun(context, losing(cases), cases, { profile });
      assert.deepEqual(pairsOf(verdicts, ownWords), new Map([["22.4.2", "fail/ok"]]));
      if (profile === "modern") assert.equal(verdicts.get("22.4.2")?.requirement, "6455-6.2-1");
    });
  }
});

/**
 * What the rules of the original say about a client that hears nothing of what comes with the answer, and takes part in
 * everything else. Where a case is written in one turn, that is all of it but the Close frame of its timer.
 */
const LOST: VerdictTable = {
  // The tester goes away with 1001 and is given that code back.
  "fail/wrong-code": "1.1.1, 1.1.5, 1.2.2, 6.5.3, 6.6.2, 6.22.1, 7.1.1",
  // The Close frame of these has no code.
  "fail/ok": "2.1, 2.9, 2.10, 5.3, 5.6, 6.1.2, 6.2.1",
  // The Close frame is lost as well, and never answered.
  "pass/unclean": "2.7, 7.1.2, 7.1.4, 7.3.1, 7.3.4, 7.7.1",
  "pass/ok": "7.3.2, 7.5.1, 7.9.1",
  "pass/wrong-side": "2.5, 3.1, 3.7, 4.1.1, 5.1, 5.9",
  "non-strict/wrong-side": "3.2, 4.1.3, 5.15",
  "fail/wrong-side": "6.3.1, 6.6.1, 6.20.1",
};

test("under autobahn a client that loses it fails the cases that it fails with the original", async (context) => {
  const expected = expand(LOST);
  const cases = casesOf([...expected.keys()].join());
  const connections = cases.length;
  const { verdicts } = await serveRun(context, losing(cases), cases, { profile: "autobahn", connections });
  assert.deepEqual(pairsOf(verdicts, ownWords), expected);
});

/** It cannot ask how many cases there are: the number comes with the answer, too. */
function losing(cases: readonly Case[]): Walk {
  const client = rawClient({ losesBehindAnswer: true });
  return (options: WalkOptions) =>
    walkWith(client, { ...options, cases: cases.map((_, index) => index + 1) });
}
