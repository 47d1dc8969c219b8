import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { caseInfo } from "../../src/run/case-info.js";
import { judge } from "../../src/judge/judge.js";
import { judgeRun } from "../../src/run/rejudge.js";
import type { CaseRecord, Profile } from "../../src/record/record.js";
import type { CaseEnd, RunEvent } from "../../src/run/event.js";
import { idealRecord } from "../support/sample-record.js";
import { caseOf } from "../support/some-case.js";

const PLAYED: readonly Case[] = ["1.1.1", "2.10", "6.4.1"].map(caseOf);

function end(played: Case, record: CaseRecord, attempt = 1): CaseEnd {
  const verdict = judge(played, record, record.profile);
  return { type: "case-end", peer: "peer-1", case: played.id, attempt, record, verdict, verdicts: {} };
}

function* storedRun(ends: readonly CaseEnd[]): Generator<RunEvent> {
  yield {
    type: "run",
    suite: "1",
    startedAt: "2026-01-01T00:00:00.000Z",
    set: "all",
    profile: "modern",
    seed: 0,
    config: {
      urls: ["ws://a/"],
      concurrency: 1,
      timeoutScale: 1,
      insecure: false,
      headers: [],
      subprotocols: [],
    },
    cases: PLAYED.map(caseInfo),
  };
  yield { type: "peer-up", peer: "peer-1", agent: "a", url: "ws://a/" };
  yield { type: "case-start", peer: "peer-1", case: "1.1.1", attempt: 1 };
  yield* ends;
  yield {
    type: "run-end",
    totals: { durationMs: 7, interrupted: true, outcomes: {}, closings: {}, notRun: 3 },
  };
}

async function again(
  ends: readonly CaseEnd[],
  profile: Profile,
  catalogue: readonly Case[] = PLAYED,
): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of judgeRun(streamOf(storedRun(ends)), profile, catalogue)) events.push(event);
  return events;
}

async function* streamOf(events: Iterable<RunEvent>): AsyncGenerator<RunEvent> {
  yield* events;
}

function notes(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === "note" ? [`${event.peer}: ${event.text}`] : []));
}

const [ECHO, PINGS, PAUSES] = PLAYED as readonly [Case, Case, Case];
const THINNED = idealRecord(PINGS, { trace: PINGS.expect.pass.slice(-1) });

test("a run judged again with the same profile keeps its events, and its verdicts follow from its records", async () => {
  const stored = {
    ...end(ECHO, idealRecord(ECHO)),
    verdict: judge(ECHO, idealRecord(ECHO, { trace: [] }), "modern"),
  };
  const events = await again([stored], "modern");
  assert.deepEqual(
    events.map(({ type }) => type),
    ["run", "peer-up", "case-start", "case-end", "findings", "run-end"],
  );
  const judged = events.find((event) => event.type === "case-end");
  assert.equal(stored.verdict.outcome, "fail");
  assert.equal(judged?.verdict.outcome, "pass");
  assert.deepEqual(judged.verdicts, {
    autobahn: judge(ECHO, stored.record, "autobahn"),
    modern: judge(ECHO, stored.record, "modern"),
  });
});

test("the other profile's rules, where it would have been played alike", async () => {
  const events = await again([end(PINGS, THINNED)], "autobahn");
  const [run] = events;
  assert.equal(run?.type === "run" ? run.profile : undefined, "autobahn");
  assert.equal(events.find((event) => event.type === "case-end")?.verdict.outcome, "fail");
  assert.deepEqual(notes(events), []);
});

test("totals are counted again; how long it took and how it ended is kept", async () => {
  const events = await again([end(ECHO, idealRecord(ECHO)), end(PINGS, THINNED)], "autobahn");
  assert.deepEqual(events.at(-1), {
    type: "run-end",
    totals: {
      durationMs: 7,
      interrupted: true,
      outcomes: { pass: 1, fail: 1 },
      closings: { ok: 2 },
      notRun: 1,
    },
  });
});

describe("without a result", () => {
  const paused = end(PAUSES, idealRecord(PAUSES));
  const killed = end(ECHO, idealRecord(ECHO, { timers: ["kill"] }));

  test("what the other profile plays differently loses its result, and one note says so", async () => {
    const events = await again([killed, end(PINGS, idealRecord(PINGS)), paused], "autobahn");
    assert.deepEqual(
      events.flatMap((event) => (event.type === "case-end" ? [event.case] : [])),
      ["2.10"],
    );
    const [note, ...more] = notes(events);
    assert.match(note ?? "", /^peer-1: these cases have no result.*autobahn.*: 1\.1\.1, 6\.4\.1$/);
    assert.deepEqual(more, []);
    const last = events.at(-1);
    assert.equal(last?.type === "run-end" ? last.totals.notRun : undefined, 2);
  });
  test("nothing is lost by the same rules", async () => {
    const events = await again([killed, paused], "modern");
    assert.deepEqual([notes(events), events.filter(({ type }) => type === "case-end").length], [[], 2]);
  });
  test("of two plays of a case, the last one decides", async () => {
    const good = end(ECHO, idealRecord(ECHO), 2);
    assert.deepEqual(notes(await again([killed, good], "autobahn")), []);
    assert.equal(
      notes(await again([end(ECHO, idealRecord(ECHO)), { ...killed, attempt: 2 }], "autobahn")).length,
      1,
    );
  });
  test("a case that is no longer in the catalogue", async () => {
    const events = await again([end(ECHO, idealRecord(ECHO))], "modern", [PINGS]);
    assert.match(notes(events).join(), /this version does not know them: 1\.1\.1$/);
  });
});
