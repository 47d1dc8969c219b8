import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonReporter, type JsonSummary } from "../../src/report/json.js";
import { collect } from "./collect.js";
import { assertGolden, assertHarmless } from "./golden.js";
import { SAMPLE_START, sampleRun } from "./sample-run.js";

test("the summary of the sample run", async () => {
  const { stream } = await collect(jsonReporter, sampleRun());
  assertGolden("summary.json", stream);
  assertHarmless(stream);
});

test("the last play counts, and cases without a result are not run", async () => {
  const { stream } = await collect(jsonReporter, sampleRun());
  const [first, second, third] = (JSON.parse(stream) as JsonSummary).peers;
  const replayed = first?.cases.find(({ id }) => id === "2.10");
  assert.deepEqual([replayed?.outcome, replayed?.attempts], ["pass", 2]);
  assert.deepEqual(first?.notRun, ["10.1.1"]);
  assert.equal(second?.agent, "Ünïcode 服务器 😀");
  assert.deepEqual([third?.agent, third?.cases.length, third?.notRun.length], [null, 0, 12]);
});

test("a run that was cut short has no totals; no events, no document", async () => {
  const { stream } = await collect(jsonReporter, [SAMPLE_START]);
  assert.equal((JSON.parse(stream) as JsonSummary).totals, null);
  assert.equal((await collect(jsonReporter, [])).stream, "");
});
