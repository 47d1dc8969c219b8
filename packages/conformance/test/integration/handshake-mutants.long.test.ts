import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HANDSHAKE_FAULTS, handshakeMutant, type HandshakeFaultName } from "@wireproof/peers";
import { CASES } from "../../src/cases/index.js";
import type { CaseEnd } from "../../src/run/event.js";
import { assertNamed } from "./assert-named.js";
import { SERVER_HANDSHAKE } from "./server-findings.js";
import { during, findingIds, playRun } from "./play-run.js";
import { casesOf } from "./verdict-table.js";

const SECTION = CASES.filter(({ id }) => id.startsWith("20."));
const JUDGED = SECTION.filter(({ expect }) => expect.informational !== true);

const idsOf = (patterns: string): readonly string[] => casesOf(patterns).map(({ id }) => id);

test("every case about the opening handshake of servers that judges is failed by a server with a fault", () => {
  const caught = new Set(Object.values(HANDSHAKE_FAULTS).flatMap(({ caughtBy }) => idsOf(caughtBy)));
  assert.deepEqual(
    JUDGED.map(({ id }) => id).filter((id) => !caught.has(id)),
    [],
  );
});

for (const profile of ["modern", "autobahn"] as const) {
  test(`a server without a fault is accused of nothing, ${profile}`, async (context) => {
    const peer = await during(context, handshakeMutant().start());
    const { ends, events } = await playRun(peer.url, SECTION, { profile });
    assert.equal(ends.length, SECTION.length);
    const accused = ends.filter(
      ({ verdict: { outcome, closing } }) =>
        !["pass", "informational"].includes(outcome) || !["ok", "not-applicable"].includes(closing),
    );
    assert.deepEqual(accused.map(nameOf), []);
    assert.deepEqual(findingIds(events), []);
  });
}

describe("a server with one fault fails the cases that are about it", { concurrency: 4 }, () => {
  for (const [name, { caughtBy, isBroad = false }] of Object.entries(HANDSHAKE_FAULTS)) {
    test(name, async (context) => {
      const peer = await during(context, handshakeMutant(name as HandshakeFaultName).start());
      const expected = idsOf(caughtBy);
      // Of a fault that breaks much, only what has to be found is played, one case after the other.
      const cases = isBroad ? SECTION.filter(({ id }) => expected.includes(id)) : SECTION;
      const run = await playRun(peer.url, cases, isBroad ? { concurrency: 1 } : {});
      const { ends } = run;
      // What the RFC only advises makes a case non-strict.
      const failed = ends.filter(({ verdict }) => ["fail", "non-strict"].includes(verdict.outcome));
      assert.deepEqual(failed.map(nameOf).toSorted(), expected.toSorted());
      const others = ends.filter(({ verdict }) => ["blocked", "harness-error"].includes(verdict.outcome));
      assert.deepEqual(others.map(nameOf), []);
      assertNamed(SERVER_HANDSHAKE, name, run);
    });
  }
});

function nameOf({ case: id }: CaseEnd): string {
  return id;
}
