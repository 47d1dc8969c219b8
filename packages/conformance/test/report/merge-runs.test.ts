import assert from "node:assert/strict";
import { test } from "node:test";

import type { PeerUp, RunEvent, RunStart } from "../../src/run/event.js";
import { mergeRuns, type MergedRun } from "../../src/report/merge-runs.js";
import { runEventSchema } from "../../src/report/run-event-schema.js";
import { SAMPLE_START, arriving, play, sampleRun } from "./sample-run.js";

async function merged(runs: readonly MergedRun[]): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of mergeRuns(runs)) events.push(event);
  return events;
}

function stored(file: string, first: RunStart, rest: readonly RunEvent[]): MergedRun {
  return { file, first, events: arriving([first, ...rest]) };
}

const [FIRST, SECOND, ...OTHERS] = SAMPLE_START.cases;
const [, ...REST] = sampleRun();

test("a single run stays as it is", async () => {
  assert.deepEqual(await merged([stored("a", SAMPLE_START, REST)]), sampleRun());
});

test("two runs: cases of both, keys and names of peers unique, totals added up", async () => {
  const early = {
    ...SAMPLE_START,
    startedAt: "2026-11-21T08:00:00.000Z",
    set: "autobahn",
    cases: [...OTHERS, FIRST ?? assert.fail()],
  };
  const late = { ...SAMPLE_START, cases: [SECOND ?? assert.fail()] };
  const events = await merged([stored("a.ndjson", late, REST), stored("b.ndjson", early, REST)]);
  for (const event of events) assert.ok(runEventSchema.safeParse(event).success, event.type);
  const [start] = events;
  assert.ok(start?.type === "run");
  assert.deepEqual([start.startedAt, start.set], ["2026-11-21T08:00:00.000Z", "all, autobahn"]);
  assert.deepEqual(
    start.cases.map(({ id }) => id),
    SAMPLE_START.cases.map(({ id }) => id),
  );
  const ups = events.filter((event): event is PeerUp => event.type === "peer-up");
  assert.equal(new Set(ups.map(({ peer }) => peer)).size, 4);
  assert.equal(ups[2]?.agent, `${ups[0]?.agent} (2)`);
  assert.deepEqual([ups[0]?.run?.file, ups[2]?.run?.file], ["a.ndjson", "b.ndjson"]);
  assert.deepEqual(ups[0]?.run?.selected, [SECOND?.id]);
  const keys = new Set([...ups.map(({ peer }) => peer), "1:peer-3", "2:peer-3"]);
  for (const event of events) if ("peer" in event) assert.ok(keys.has(event.peer ?? ""), event.type);
  const end = events.at(-1);
  assert.ok(end?.type === "run-end");
  assert.deepEqual(
    [end.totals.durationMs, end.totals.notRun, end.totals.outcomes.pass, end.totals.interrupted],
    [2468, 28, 8, true],
  );
});

test("if one of them was cut short, the whole has no end", async () => {
  const events = await merged([stored("a", SAMPLE_START, REST), stored("b", SAMPLE_START, play("1.1.1"))]);
  assert.ok(events.every(({ type }) => type !== "run-end"));
});
