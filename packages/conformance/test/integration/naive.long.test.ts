import assert from "node:assert/strict";
import { test } from "node:test";
import { mutants } from "@wireproof/peers";
import { CASES } from "../../src/cases/index.js";
import type { PeerFindings, RunEvent } from "../../src/run/event.js";
import { judgeRun } from "../../src/run/rejudge.js";
import { run } from "../../src/run/run.js";
import { during } from "./play-run.js";
import { casesOf } from "./verdict-table.js";

const PLAYED = casesOf("1.*, 2.*, 3.*, 4.*, 5.*, 6.1.*, 6.2.*, 6.3.*, 6.4.*, 7.*");

function foundIn(events: readonly RunEvent[]): PeerFindings {
  return events.find((event) => event.type === "findings") ?? assert.fail("there are no findings");
}

async function* stored(events: readonly RunEvent[]): AsyncGenerator<RunEvent> {
  yield* events;
}

test("a first attempt at a server: at most ten findings, its main fault first, and the same from the run file", async (context) => {
  const peer = await during(context, mutants.naive.start());
  const events: RunEvent[] = [];
  for await (const event of run({ urls: [peer.url], cases: PLAYED, timeoutScale: 0.2 })) events.push(event);
  const { findings } = foundIn(events);
  const ids = findings.map(({ id }) => id);
  assert.ok(findings.length <= 10, ids.join(" "));
  assert.equal(ids[0], "6455-5.5.1-5/no-close-frame/server");
  assert.ok(ids.includes("6455-6.2-1/frames-lost/server"), ids.join(" "));
  const [first] = findings;
  assert.equal(first?.because, "The server closes TCP without a Close frame, and never sends one.");
  assert.ok((first?.cases.length ?? 0) > 60);
  // Every case that went wrong belongs to a finding.
  const named = new Set(findings.flatMap(({ cases }) => cases));
  const ends = events.filter((event) => event.type === "case-end");
  const wrong = ends.filter(({ verdict }) => verdict.outcome === "fail" || verdict.closing === "unclean");
  assert.deepEqual(
    wrong.map(({ case: id }) => id).filter((id) => !named.has(id)),
    [],
  );

  const again: RunEvent[] = [];
  for await (const event of judgeRun(stored(events), "modern", CASES)) again.push(event);
  assert.deepEqual(foundIn(again), foundIn(events));
});
