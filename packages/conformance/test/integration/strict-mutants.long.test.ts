import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FAULTS, strictMutant, walkBroken, type FaultName, type WalkOptions } from "@wireproof/peers";
import type { Case } from "../../src/case/case.js";
import { CASES } from "../../src/cases/index.js";
import type { CaseEnd } from "../../src/run/event.js";
import { during, playRun } from "./play-run.js";
import { serveRun } from "./serve-run.js";
import { casesOf } from "./verdict-table.js";

/** Sections that the original does not have, as far as a server's frames are their matter, and not compressed data. */
const NEW: readonly Case[] = CASES.filter(
  ({ id, peer, deflate }) => Number(id.split(".", 1)) >= 24 && peer !== "client" && deflate === undefined,
);
const FOR_CLIENTS: readonly Case[] = CASES.filter(
  ({ id, peer }) => Number(id.split(".", 1)) >= 24 && peer === "client",
);

const idsOf = (patterns: string): readonly string[] => casesOf(patterns).map(({ id }) => id);

test("every case of the new sections is failed by a server with a fault", () => {
  const caught = new Set(Object.values(FAULTS).flatMap(({ caughtBy }) => idsOf(caughtBy)));
  assert.deepEqual(
    NEW.map(({ id }) => id).filter((id) => !caught.has(id)),
    [],
  );
});

test("a strict server without a fault is accused of nothing", async (context) => {
  const peer = await during(context, strictMutant().start());
  const { ends } = await playRun(peer.url, NEW);
  assert.equal(ends.length, NEW.length);
  assert.deepEqual(ends.filter(isAccused).map(nameOf), []);
});

// They let deadlines pass, which costs time and no work.
describe("a strict server with one fault fails the cases that are about it", { concurrency: 8 }, () => {
  for (const [name, { caughtBy, isBroad = false }] of Object.entries(FAULTS)) {
    test(name, async (context) => {
      const peer = await during(context, strictMutant(name as FaultName).start());
      const expected = idsOf(caughtBy);
      // Of a fault that breaks much, only what has to be found is played.
      const cases = isBroad ? NEW.filter(({ id }) => expected.includes(id)) : NEW;
      const { ends } = await playRun(peer.url, cases, { timeoutScale: 0.5 });
      const failed = ends.filter(({ verdict }) => verdict.outcome === "fail").map(nameOf);
      assert.deepEqual(failed.toSorted(), expected.toSorted());
      assert.deepEqual(ends.filter(({ verdict }) => verdict.outcome === "harness-error").map(nameOf), []);
    });
  }
});

test("a client that takes masked frames fails every case that is for clients only", async (context) => {
  const walk = (options: WalkOptions): Promise<void> => walkBroken("sloppy", options);
  const { verdicts } = await serveRun(context, walk, FOR_CLIENTS);
  assert.deepEqual(
    FOR_CLIENTS.map(({ id }) => [id, verdicts.get(id)?.outcome]),
    FOR_CLIENTS.map(({ id }) => [id, "fail"]),
  );
});

function nameOf({ case: id }: CaseEnd): string {
  return id;
}

function isAccused({ verdict: { outcome, closing } }: CaseEnd): boolean {
  return (
    (outcome !== "pass" && outcome !== "unimplemented") || (closing !== "ok" && closing !== "not-applicable")
  );
}
