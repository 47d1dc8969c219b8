import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  HTTP2_FAULTS,
  http2Mutant,
  mintCertificate,
  type Fault,
  type Http2FaultName,
} from "@wireproof/peers";
import type { Case } from "../../src/case/case.js";
import { casesFor } from "../../src/case/select.js";
import { CASES } from "../../src/cases/index.js";
import type { CaseEnd } from "../../src/run/event.js";
import { assertNamed } from "./assert-named.js";
import { SERVER_HTTP2 } from "./server-findings.js";
import { during, findingIds, playRun } from "./play-run.js";
import { BASIC, casesOf, isAccused } from "./verdict-table.js";

const SECTION = CASES.filter(({ id }) => id.startsWith("35.1."));
const MESSAGES: readonly Case[] = casesFor("server", BASIC, { http2: true });

const idsOf = (patterns: string): readonly string[] => casesOf(patterns).map(({ id }) => id);

test("every case about servers over HTTP/2 that judges is failed by a server with a fault", () => {
  const caught = new Set(Object.values<Fault>(HTTP2_FAULTS).flatMap(({ caughtBy }) => idsOf(caughtBy)));
  const judged = SECTION.filter(({ expect }) => expect.informational !== true);
  assert.deepEqual(
    judged.map(({ id }) => id).filter((id) => !caught.has(id)),
    [],
  );
});

describe("a server over HTTP/2 without a fault is accused of nothing", () => {
  for (const profile of ["modern", "autobahn"] as const) {
    test(`with prior knowledge, ${profile}`, async (context) => {
      const peer = await during(context, http2Mutant().start());
      const cases = profile === "modern" ? [...MESSAGES, ...SECTION] : SECTION;
      const { ends, events } = await playRun(peer.url, cases, { profile, http2: true });
      assert.equal(ends.length, cases.length);
      assert.deepEqual(ends.filter(isAccused).map(nameOf), []);
      assert.deepEqual(findingIds(events), []);
    });
  }

  test("over TLS", async (context) => {
    const tls = await mintCertificate();
    const peer = await during(context, http2Mutant().start({ tls }));
    const cases = [...MESSAGES, ...SECTION];
    const { ends, events } = await playRun(peer.url, cases, { http2: true, insecure: true });
    assert.equal(ends.length, cases.length);
    assert.deepEqual(ends.filter(isAccused).map(nameOf), []);
    assert.deepEqual(findingIds(events), []);
  });
});

describe("a server over HTTP/2 with one fault fails the cases that are about it", { concurrency: 4 }, () => {
  for (const [fault, { caughtBy, isBroad = false }] of Object.entries<Fault>(HTTP2_FAULTS)) {
    test(fault, async (context) => {
      const peer = await during(context, http2Mutant(fault as Http2FaultName).start());
      const expected = idsOf(caughtBy);
      // Of a fault that breaks much, only what has to be found is played.
      const cases = isBroad ? SECTION.filter(({ id }) => expected.includes(id)) : SECTION;
      const run = await playRun(peer.url, cases, { http2: true, timeoutScale: 0.5 });
      const { ends } = run;
      // What the RFC only advises makes a case non-strict.
      const failed = ends.filter(({ verdict }) => ["fail", "non-strict"].includes(verdict.outcome));
      assert.deepEqual(failed.map(nameOf).toSorted(), expected.toSorted());
      const others = ends.filter(({ verdict }) => ["blocked", "harness-error"].includes(verdict.outcome));
      assert.deepEqual(others.map(nameOf), []);
      assertNamed(SERVER_HTTP2, fault, run);
      // The texts are about streams, and about no TCP.
      for (const { verdict, record } of ends) {
        const texts = [verdict.because, verdict.closingBecause, verdict.ended, record.close.notCleanReason];
        assert.doesNotMatch(texts.join(" "), /\bTCP\b/);
      }
    });
  }
});

function nameOf({ case: id }: CaseEnd): string {
  return id;
}
