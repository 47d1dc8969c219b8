import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  CLIENT_DEFLATE_FAULTS,
  CLIENT_FRAME_FAULTS,
  deflateClient,
  frameClient,
  walkWith,
  type EchoClient,
  type Fault,
} from "@wireproof/peers";
import type { Case } from "../../src/case/case.js";
import { sectionOf } from "../../src/case/case-id.js";
import { casesFor } from "../../src/case/select.js";
import { CASES } from "../../src/cases/index.js";
import { assertNamed, type FaultFindings } from "./assert-named.js";
import { CLIENT_DEFLATE, CLIENT_FRAMES } from "./client-findings.js";
import { serveRun } from "./serve-run.js";
import { casesOf, isAccused } from "./verdict-table.js";

/** 31 is about negotiation, which `negotiation-mutants` has clients for. */
const NEW: readonly Case[] = casesFor("client", CASES).filter(
  ({ id }) => sectionOf(id) >= 24 && sectionOf(id) !== 31,
);

interface Family<Name extends string> {
  readonly name: string;
  readonly cases: readonly Case[];
  readonly faults: Readonly<Partial<Record<Name, Fault>>>;
  readonly client: (fault?: Name) => EchoClient;
  readonly findings: FaultFindings;
}

testClients({
  name: "a strict client",
  cases: NEW.filter(({ deflate }) => deflate === undefined),
  faults: CLIENT_FRAME_FAULTS,
  client: frameClient,
  findings: CLIENT_FRAMES,
});
testClients({
  name: "a strict client with permessage-deflate",
  cases: NEW.filter(({ deflate }) => deflate !== undefined),
  faults: CLIENT_DEFLATE_FAULTS,
  client: deflateClient,
  findings: CLIENT_DEFLATE,
});

/** Every case that can fail is failed with some fault, and without one none. Of a fault only what it names is played. */
function testClients<Name extends string>({ name, cases, faults, client, findings }: Family<Name>): void {
  const entries = Object.entries<Fault | undefined>(faults).flatMap(([fault, about]) =>
    about === undefined ? [] : [[fault as Name, about] as const],
  );
  const caughtBy = (patterns: string): readonly Case[] =>
    casesOf(patterns).filter((one) => cases.includes(one));

  test(`every case is failed by ${name} with a fault`, () => {
    const caught = new Set(entries.flatMap(([, about]) => caughtBy(about.caughtBy)));
    const judged = cases.filter(({ expect }) => expect.informational !== true);
    assert.deepEqual(
      judged.filter((one) => !caught.has(one)).map(({ id }) => id),
      [],
    );
  });

  for (const profile of ["modern", "autobahn"] as const) {
    test(`${name} without a fault is accused of nothing, ${profile}`, async (context) => {
      const walk = (options: Parameters<typeof walkWith>[1]): Promise<void> => walkWith(client(), options);
      const { ends } = await serveRun(context, walk, cases, { profile, connections: 16 });
      assert.equal(ends.length, cases.length);
      assert.deepEqual(
        ends.filter(isAccused).map(({ case: id, verdict }) => `${id} ${verdict.because}`),
        [],
      );
    });
  }

  // They let deadlines pass, which costs time and no work.
  describe(`${name} with one fault fails the cases that are about it`, { concurrency: 6 }, () => {
    for (const [fault, about] of entries) {
      test(fault, async (context) => {
        const played = caughtBy(about.caughtBy);
        assert.notEqual(played.length, 0);
        const walk = (options: Parameters<typeof walkWith>[1]): Promise<void> =>
          walkWith(client(fault), options);
        const { ends, events } = await serveRun(context, walk, played, {
          timeoutScale: 0.5,
          connections: 16,
        });
        assert.deepEqual(
          ends.map(({ case: id, verdict }) => `${id} ${verdict.outcome}`).toSorted(),
          played.map(({ id }) => `${id} fail`).toSorted(),
        );
        assertNamed(findings, fault, { ends, events });
        if (about.breaks === undefined) return;
        assert.deepEqual(
          ends.map(({ verdict }) => verdict.requirement),
          played.map(() => about.breaks),
        );
      });
    }
  });
}
