import assert from "node:assert/strict";
import { test } from "node:test";
import { githubReporter } from "../../src/report/github.js";
import { jsonReporter } from "../../src/report/json.js";
import { junitReporter } from "../../src/report/junit.js";
import { markdownReporter } from "../../src/report/markdown.js";
import { runEventSchema } from "../../src/report/run-event-schema.js";
import type { Reporter } from "../../src/report/reporter.js";
import { sarifReporter } from "../../src/report/sarif.js";
import { tapReporter } from "../../src/report/tap.js";
import { terminalReporter } from "../../src/report/terminal.js";
import type { RunEvent } from "../../src/run/event.js";
import { RunFindings } from "../../src/run/findings.js";
import { collect } from "./collect.js";
import { assertHarmless } from "./golden.js";
import { HOSTILE_TEXT, SAMPLE_START } from "./sample-run.js";

const BECAUSE = "the answer to the opening handshake is not HTTP";
const HINT = "An SSH server listens there.";

/** A run in which no connection opened: the peer said something else. */
function neverOpened(): readonly RunEvent[] {
  const down: RunEvent = {
    type: "peer-down",
    peer: "peer-1",
    url: "ws://127.0.0.1:22",
    after: null,
    because: BECAUSE,
    answer: `SSH-2.0-x\r\n${HOSTILE_TEXT}`,
    hint: HINT,
  };
  const findings = new RunFindings();
  findings.see(SAMPLE_START);
  findings.see(down);
  const totals = { durationMs: 3, interrupted: false, outcomes: {}, closings: {}, notRun: 12 };
  return [SAMPLE_START, down, ...findings.all(), { type: "run-end", totals }];
}

async function report(reporter: Reporter): Promise<string> {
  const { stream, files } = await collect(reporter, neverOpened());
  const text = [stream, ...files.values()].join("\n");
  assertHarmless(text);
  return text.replaceAll(/\s+/g, " ");
}

const REPORTERS: Readonly<Record<string, Reporter>> = {
  terminal: terminalReporter,
  markdown: markdownReporter,
  junit: junitReporter,
  tap: tapReporter,
  github: githubReporter,
};

for (const [name, reporter] of Object.entries(REPORTERS)) {
  test(`${name}: why no connection opened, once, with what was heard and a hint`, async () => {
    const text = await report(reporter);
    assert.match(text, /answer to the opening handshake is not HTTP/i);
    assert.match(text, /SSH-2\.0-x/);
    assert.ok(text.includes(HINT));
    assert.doesNotMatch(text, /On 0 connections|wireproof show/);
  });
}

test("the terminal and Markdown do not say it twice", async () => {
  for (const reporter of [terminalReporter, markdownReporter]) {
    const often = (await report(reporter)).match(/opening handshake is not HTTP/gi) ?? [];
    assert.equal(often.length, 1);
  }
});

test("JUnit: one check is about it, an error and no failure", async () => {
  const text = await report(junitReporter);
  assert.match(text, /^<\?xml[^>]*> <testsuites name="wireproof" tests="\d+" failures="0" /);
  assert.match(text, /name="The peer answers"/);
  assert.doesNotMatch(text, /none\/unreachable/);
});

test("SARIF: it is about the run, and no result", async () => {
  const { stream } = await collect(sarifReporter, neverOpened());
  const [{ results, invocations } = assert.fail()] = (
    JSON.parse(stream) as {
      runs: { results: unknown[]; invocations: { toolExecutionNotifications: unknown[] }[] }[];
    }
  ).runs;
  assert.deepEqual(results, []);
  assert.match(JSON.stringify(invocations), /is not HTTP/);
});

test("JSON and the run file have the finding", async () => {
  assert.match(await report(jsonReporter), /"id": "none\/unreachable\/server"/);
  for (const event of neverOpened()) assert.deepEqual(runEventSchema.parse(event), event);
});
