import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deflateStrictMutant, UNLIKE } from "@wireproof/peers";
import type { Case } from "../../src/case/case.js";
import { sectionOf } from "../../src/case/case-id.js";
import { casesFor } from "../../src/case/select.js";
import { CASES } from "../../src/cases/index.js";
import { during, findingIds, playRun } from "./play-run.js";
import { isAccused } from "./verdict-table.js";

/** Framing to closing, of the original and beyond it. */
const PLAYED: readonly Case[] = casesFor("server", CASES).filter(({ id }) => {
  const section = sectionOf(id);
  return section <= 7 || section >= 24;
});

test("a correct server that answers a Ping before it has inflated what came in front of it is accused of nothing", async (context) => {
  const peer = await during(context, deflateStrictMutant(undefined, { inflatesLate: true }).start());
  const played = casesFor("server", CASES).filter(({ id }) => id.startsWith("32."));
  const { ends } = await playRun(peer.url, played);
  assert.deepEqual(
    ends.filter(isAccused).map(({ case: id, verdict }) => `${id}: ${verdict.because}`),
    [],
  );
  const early = ends.filter(
    ({ record: { events, close } }) => events[0]?.type === "pong" && !close.closedByTester,
  );
  assert.ok(early.length > 5, "it failed connections behind a Pong");
});

describe("a correct server that is unlike others is accused of nothing", { concurrency: 3 }, () => {
  for (const [does, server] of UNLIKE) {
    test(does, async (context) => {
      const peer = await during(context, server.start());
      const { ends, events } = await playRun(peer.url, PLAYED);
      assert.equal(ends.length, PLAYED.length);
      const accused = ends.filter(isAccused);
      assert.deepEqual(
        accused.map(({ case: id, verdict }) => `${id}: ${verdict.because} ${verdict.closingBecause}`),
        [],
      );
      assert.deepEqual(findingIds(events), []);
    });
  }
});
