import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Fault, Mutant } from "@wireproof/peers";
import type { Case } from "../../src/case/case.js";
import type { CaseEnd } from "../../src/run/event.js";
import { assertNamed, type FaultFindings } from "./assert-named.js";
import { during, findingIds, playRun } from "./play-run.js";
import { casesOf, isAccused } from "./verdict-table.js";

/** A peer that is correct but for one fault at a time. */
export interface FaultyPeer<Name extends string> {
  /** To begin a sentence: `a strict server`. */
  readonly name: string;
  readonly faults: Readonly<Record<Name, Fault>>;
  /** Without a fault it is correct. */
  readonly start: (fault?: Name) => Mutant;
  /** The cases that are about this kind of peer. */
  readonly cases: readonly Case[];
  /** The finding that names each fault. */
  readonly findings: FaultFindings;
}

/**
 * Every case that can fail is failed by the peer with some fault; without one it is accused of nothing; with each it fails
 * exactly the cases that the fault names.
 */
export function testFaults<Name extends string>({
  name,
  faults,
  start,
  cases,
  findings,
}: FaultyPeer<Name>): void {
  test(`every case is failed by ${name} with a fault`, () => {
    const caught = new Set(Object.values<Fault>(faults).flatMap(({ caughtBy }) => idsOf(caughtBy)));
    const judged = cases.filter(({ expect }) => expect.informational !== true);
    assert.deepEqual(
      judged.map(({ id }) => id).filter((id) => !caught.has(id)),
      [],
    );
  });

  test(`${name} without a fault is accused of nothing`, async (context) => {
    const peer = await during(context, start().start());
    const { ends, events } = await playRun(peer.url, cases);
    assert.equal(ends.length, cases.length);
    assert.deepEqual(ends.filter(isAccused).map(nameOf), []);
    assert.deepEqual(findingIds(events), []);
  });

  // They let deadlines pass, which costs time and no work.
  describe(`${name} with one fault fails the cases that are about it`, { concurrency: 8 }, () => {
    const all = Object.entries<Fault>(faults);
    for (const [number, [fault, { caughtBy, isBroad = false, breaks }]] of all.entries()) {
      test(fault, async (context) => {
        const peer = await during(context, start(fault as Name).start());
        const expected = idsOf(caughtBy);
        // Of a fault that breaks much, and of what takes much work, only what has to be found is played; of the rest, every
        // case with every third fault.
        const isTurnOf = (at: number): boolean => at % SHARE === number % SHARE;
        const played = cases.filter(
          (one, at) => expected.includes(one.id) || (!isBroad && !isCostly(one) && isTurnOf(at)),
        );
        const run = await playRun(peer.url, played, { timeoutScale: 0.5 });
        const { ends } = run;
        const failed = ends.filter(({ verdict }) => verdict.outcome === "fail").map(nameOf);
        assert.deepEqual(failed.toSorted(), expected.toSorted());
        assert.deepEqual(ends.filter(({ verdict }) => verdict.outcome === "harness-error").map(nameOf), []);
        assertNamed(findings, fault, run);
        if (breaks === undefined) return;
        assert.deepEqual(
          ends.map(({ verdict }) => verdict.requirement),
          expected.map(() => breaks),
        );
      });
    }
  });
}

/** All cases with all faults would be 25,000 plays. */
const SHARE = 3;

function idsOf(patterns: string): readonly string[] {
  return casesOf(patterns).map(({ id }) => id);
}

/** A load, or a message in many writes. With permessage-deflate a load is what most faults are found with. */
function isCostly({ quiet, chop, deflate }: Case): boolean {
  return deflate === undefined && (quiet === true || chop !== undefined);
}

function nameOf({ case: id }: CaseEnd): string {
  return id;
}
