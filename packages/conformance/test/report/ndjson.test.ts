import assert from "node:assert/strict";
import { test } from "node:test";
import { ndjsonReporter } from "../../src/report/ndjson.js";
import { collect } from "./collect.js";
import { assertGolden, assertHarmless } from "./golden.js";
import { sampleRun } from "./sample-run.js";

test("one event a line, which read back are the events, and nothing in them acts on a terminal", async () => {
  const { stream } = await collect(ndjsonReporter, sampleRun());
  assertGolden("run.ndjson", stream);
  assertHarmless(stream);
  const lines = stream.split("\n");
  assert.equal(lines.pop(), "");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line) as unknown),
    sampleRun(),
  );
});
