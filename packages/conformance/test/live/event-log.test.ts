import assert from "node:assert/strict";
import { test } from "node:test";

import { EventLog } from "../../src/live/event-log.js";
import { pageCase } from "../../src/report/page/page-case.js";
import type { PageEvent } from "../../src/report/page/page-event.js";
import { PEER, SAMPLE_START, play } from "../report/sample-run.js";

function kept(log: EventLog): PageEvent[] {
  const texts = Array.from({ length: log.length }, (_, index) => log.at(index));
  return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as PageEvent]));
}

function events(id: string, attempt = 1): PageEvent[] {
  return play(id, { attempt }).flatMap((event): PageEvent[] => {
    if (event.type === "case-end") return [pageCase(event)];
    return event.type === "case-start" ? [event] : [];
  });
}

test("starts are kept while a case is in flight, results once", () => {
  const log = new EventLog();
  const [start, end] = events("1.1.1");
  log.append(SAMPLE_START);
  log.append(start ?? assert.fail());
  assert.deepEqual(kept(log), [SAMPLE_START, start]);
  log.append(end ?? assert.fail());
  assert.deepEqual(kept(log), [SAMPLE_START, end]);
});

test("a case that is played for ever takes the place of one", () => {
  const log = new EventLog();
  for (let attempt = 1; attempt <= 500; attempt++)
    for (const event of events("1.1.1", attempt)) log.append(event);
  const left = kept(log);
  assert.equal(left.length, 1);
  assert.ok(left[0]?.type === "case-end" && left[0].attempt === 500);
});

test("notes without end are forgotten, the oldest first", () => {
  const log = new EventLog();
  for (let number = 0; number < 5000; number++)
    log.append({ type: "note", peer: PEER, text: String(number) });
  const left = kept(log);
  assert.ok(left.length >= 500 && left.length <= 1000);
  assert.deepEqual(left.at(-1), { type: "note", peer: PEER, text: "4999" });
});
