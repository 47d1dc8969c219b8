import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  CLIENT_FAULTS,
  strictClient,
  walkWireproof,
  walkWith,
  walkWs,
  type ClientFaultName,
  type Walk,
} from "@wireproof/peers";
import type { Case } from "../../src/case/case.js";
import { CASES } from "../../src/cases/index.js";
import type { CaseEnd } from "../../src/run/event.js";
import { assertNamed } from "./assert-named.js";
import { CLIENT_HANDSHAKE } from "./client-findings.js";
import { findingIds } from "./play-run.js";
import { serveRun } from "./serve-run.js";
import { casesOf } from "./verdict-table.js";

/** Those that are about the URL are in `client-urls`. */
const HANDSHAKE: readonly Case[] = CASES.filter(({ id, url }) => id.startsWith("22.") && url === undefined);

const idsOf = (patterns: string): readonly string[] => casesOf(patterns).map(({ id }) => id);

/** Walks as a strict client. It need not ask how many cases there are. */
function strict(fault?: ClientFaultName): Walk {
  return (options) =>
    walkWith(strictClient(fault), { ...options, cases: HANDSHAKE.map((_, index) => index + 1) });
}

test("every judged case of the opening handshake is failed by a client with a fault", () => {
  const caught = new Set(Object.values(CLIENT_FAULTS).flatMap(({ caughtBy }) => idsOf(caughtBy)));
  // What has no content breaks no MUST: 22.1.10 is non-strict at worst.
  const judged = HANDSHAKE.filter(({ id, expect }) => expect.informational !== true && id !== "22.1.10");
  assert.deepEqual(
    judged.map(({ id }) => id).filter((id) => !caught.has(id)),
    [],
  );
});

/** It takes permessage-deflate twice in one header as well, see 31.2.10 in docs/findings.md. */
const TAKEN_BY_WS = ["22.2.27.3"];

for (const profile of ["modern", "autobahn"] as const) {
  describe(`clients that are accused of nothing under ${profile}`, () => {
    const correct: Readonly<Record<string, Walk>> = {
      strict: strict(),
      ws: walkWs,
      wireproof: walkWireproof,
    };
    for (const [name, walk] of Object.entries(correct)) {
      test(name, async (context) => {
        const { ends, events, notes } = await serveRun(context, walk, HANDSHAKE, { profile });
        assert.equal(ends.length, HANDSHAKE.length);
        assert.deepEqual(ends.filter(isAccused).map(nameOf), name === "ws" ? TAKEN_BY_WS : []);
        assert.deepEqual(notes, []);
        assert.deepEqual(findingIds(events), name === "ws" ? ["7692-5-4/handshake-accepted/client"] : []);
      });
    }
  });
}

// They let deadlines pass, which costs time and no work.
describe("a strict client with one fault fails the cases that are about it", { concurrency: 4 }, () => {
  for (const [name, { caughtBy }] of Object.entries(CLIENT_FAULTS)) {
    test(name, async (context) => {
      const walk = strict(name as ClientFaultName);
      const run = await serveRun(context, walk, HANDSHAKE, { timeoutScale: 0.5, connections: 8 });
      const { ends } = run;
      assert.equal(ends.length, HANDSHAKE.length);
      const failed = ends.filter(({ verdict }) => verdict.outcome === "fail").map(nameOf);
      assert.deepEqual(failed.toSorted(), idsOf(caughtBy).toSorted());
      assert.deepEqual(ends.filter(({ verdict }) => verdict.outcome === "harness-error").map(nameOf), []);
      assertNamed(CLIENT_HANDSHAKE, name, run);
    });
  }
});

function nameOf({ case: id }: CaseEnd): string {
  return id;
}

function isAccused({ verdict: { outcome, closing } }: CaseEnd): boolean {
  const isFine = outcome === "pass" || outcome === "unimplemented" || outcome === "informational";
  return !isFine || (closing !== "ok" && closing !== "not-applicable");
}
