/** What the judge says of a pair, and the tests of pairs that are broken on purpose. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { REQUIREMENTS } from "../../src/case/requirements.js";
import { judgeScenario } from "../../src/grid/judge.js";
import type { Played } from "../../src/grid/played.js";
import { SCENARIOS, type Scenario } from "../../src/grid/scenarios.js";
import { gridResults, type GridScenario } from "../../src/matrix/results.js";

export function judge(name: string, played: Played): GridScenario {
  const scenario = SCENARIOS.find((one) => one.name === name);
  const result = judgeScenario(scenario as Scenario, played);
  const day = "2026-01-01";
  const pairs = [{ client: "a", server: "b", scenarios: [result] }];
  gridResults.parse({ day, suite: "1", clients: {}, servers: {}, scenarios: {}, pairs });
  return result;
}

/** A pair that fails, and what the octets have to tell. */
export interface Broken {
  readonly scenario: string;
  readonly what: string;
  readonly played: () => Played;
  readonly fault: "client" | "server" | "both" | null;
  readonly requirement?: string;
  readonly because: RegExp;
}

export function testBroken(pairs: readonly Broken[]): void {
  describe("of a pair that fails, the octets tell who is at fault", () => {
    for (const { scenario, what, played, fault, requirement, because } of pairs) {
      test(`${scenario}: ${what}`, () => {
        const result = judge(scenario, played());
        assert.deepEqual([result.outcome, result.fault, result.requirement], ["fails", fault, requirement]);
        assert.match(result.because ?? "", because);
        assert.ok(requirement === undefined || REQUIREMENTS.has(requirement));
      });
    }
  });
}
