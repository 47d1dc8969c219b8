import assert from "node:assert/strict";
import { test } from "node:test";

import type { RunEvent } from "../../src/run/event.js";
import { Progress } from "../../src/test-client/progress.js";

const up = (peer: string, agent: string): RunEvent => ({ type: "peer-up", peer, agent, url: "" });
const start = (peer: string, id: string, attempt = 1): RunEvent => ({
  type: "case-start",
  peer,
  case: id,
  attempt,
});
/** Only what it reads of the event is there. */
const end = (peer: string, id: string, attempt = 1): RunEvent =>
  ({ type: "case-end", peer, case: id, attempt }) as RunEvent;

test("is complete when every agent that has come has a result for every case", () => {
  const progress = new Progress(2);
  assert.deepEqual([progress.hasBegun, progress.isComplete, progress.missing], [false, false, 0]);
  for (const event of [up("1", "a"), start("1", "1.1"), end("1", "1.1"), start("1", "1.2")])
    progress.take(event);
  assert.deepEqual([progress.isComplete, progress.missing, progress.news], [false, 1, 1]);
  assert.deepEqual(progress.flights, [{ agent: "a", peer: "1", case: "1.2" }]);
  progress.take(end("1", "1.2"));
  assert.deepEqual([progress.isComplete, progress.flights, progress.last?.case], [true, [], "1.2"]);
  progress.take(up("2", "b"));
  assert.deepEqual([progress.isComplete, progress.missing], [false, 2]);
});

test("a repeat is nothing new, and two plays of a case at once are one case in flight", () => {
  const progress = new Progress(1);
  const events = [up("1", "a"), start("1", "1.1"), start("1", "1.1", 2), end("1", "1.1", 2)];
  for (const event of events.slice(0, 3)) progress.take(event);
  assert.equal(progress.flights.length, 1);
  progress.take(end("1", "1.1", 2));
  assert.deepEqual([progress.flights.length, progress.news, progress.hasResult("a", "1.1")], [1, 1, true]);
  progress.take(end("1", "1.1"));
  assert.deepEqual([progress.flights.length, progress.news, progress.hasResult("b", "1.1")], [0, 1, false]);
});
