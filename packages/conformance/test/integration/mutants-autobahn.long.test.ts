import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mutants, type MutantName } from "@wireproof/peers";
import { BEHAVIORS, CLOSE_BEHAVIORS } from "../../src/report/autobahn/words.js";
import type { Verdict } from "../../src/judge/verdict.js";
import { AUTOBAHN_TABLES } from "./autobahn-tables.js";
import { during, playRun } from "./play-run.js";
import { casesOf, countWords, expand, pairsOf } from "./verdict-table.js";

/** Verdicts of the original on nine broken servers: the profile `autobahn` has to agree case by case. */
describe("the verdicts of the original on broken servers", { concurrency: true }, () => {
  for (const [name, { table, behavior, behaviorClose }] of Object.entries(AUTOBAHN_TABLES)) {
    const expected = expand(table);

    test(`the table of ${name} has the totals of the original`, () => {
      assert.deepEqual(countWords(expected.values(), 0), behavior);
      assert.deepEqual(countWords(expected.values(), 1), behaviorClose);
    });

    test(`${name} gets the verdicts of the original`, async (context) => {
      const peer = await during(context, mutants[name as MutantName].start());
      const cases = casesOf([...expected.keys()].join());
      const { verdicts, totals } = await playRun(peer.url, cases, { profile: "autobahn", ...retries(name) });
      assert.deepEqual(pairsOf(verdicts, originalWords), expected);
      assert.equal(totals.notRun, 0);
    });
  }
});

/** Shorter deadlines where nothing that a deadline could cut off ever comes. */
function retries(name: string): { timeoutScale: number } | undefined {
  return name === "mute" ? { timeoutScale: 0.2 } : undefined;
}

function originalWords({ outcome, closing }: Verdict): string {
  return `${BEHAVIORS[outcome]}/${CLOSE_BEHAVIORS[closing]}`;
}
