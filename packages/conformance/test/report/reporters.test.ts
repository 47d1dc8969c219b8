import assert from "node:assert/strict";
import { test } from "node:test";
import { REPORTERS } from "../../src/report/reporters.js";
import { collect } from "./collect.js";
import { SAMPLE_START, sampleRun } from "./sample-run.js";

test("every reporter writes what it announces: a stream, or files", async () => {
  for (const { name, reporter, files: hasFiles } of REPORTERS.values()) {
    const { stream, files } = await collect(reporter, sampleRun());
    assert.equal(files.size > 0, hasFiles, name);
    assert.equal(stream !== "", !hasFiles, name);
  }
});

test("every reporter survives a run that ends at any event", async () => {
  const events = sampleRun();
  for (const { reporter } of REPORTERS.values()) {
    for (let end = 0; end < events.length; end++) await collect(reporter, events.slice(0, end));
  }
});

test("events of a peer or a case that was never announced do no harm", async () => {
  const [, , ...rest] = sampleRun();
  for (const { reporter } of REPORTERS.values()) {
    await collect(reporter, rest);
    await collect(reporter, [{ ...SAMPLE_START, cases: [] }, ...sampleRun().slice(1)]);
  }
});

test("the registry is keyed by name", () => {
  assert.deepEqual([...REPORTERS.keys()].slice(0, 4), ["terminal", "ndjson", "json", "html"]);
  for (const [key, { name, description }] of REPORTERS) {
    assert.equal(key, name);
    assert.match(description, /^[A-Za-z].*\.$/);
  }
});
