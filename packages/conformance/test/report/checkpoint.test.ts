import assert from "node:assert/strict";
import { test } from "node:test";
import { autobahnReporter } from "../../src/report/autobahn.js";
import type { RunEvent, RunStart } from "../../src/run/event.js";
import { jsonReporter, type JsonSummary } from "../../src/report/json.js";
import { runEventSchema } from "../../src/report/run-event-schema.js";
import type { ReportChunk, Reporter } from "../../src/report/reporter.js";
import { terminalReporter } from "../../src/report/terminal.js";
import { againCommand } from "../../src/report/terminal/again.js";
import { CONTEXT } from "./collect.js";
import { PEER, SAMPLE_START, arriving, play } from "./sample-run.js";

const CHECKPOINT: RunEvent = { type: "checkpoint", peer: PEER };
const UP: RunEvent = { type: "peer-up", peer: PEER, agent: "client", url: "127.0.0.1" };
const END: RunEvent = {
  type: "run-end",
  totals: { durationMs: 1, interrupted: false, outcomes: {}, closings: {}, notRun: 0 },
};
const START: RunStart = {
  ...SAMPLE_START,
  config: { ...SAMPLE_START.config, role: "server", urls: ["ws://127.0.0.1:9002"] },
  cases: SAMPLE_START.cases.slice(0, 2),
};

async function chunks(reporter: Reporter, events: readonly RunEvent[]): Promise<readonly ReportChunk[]> {
  const found: ReportChunk[] = [];
  for await (const chunk of reporter(arriving(events), CONTEXT)) found.push(chunk);
  return found;
}

async function printed(events: readonly RunEvent[]): Promise<string> {
  return (await chunks(terminalReporter, events)).map(({ data }) => String(data)).join("");
}

test("the index of the case files is brought up to date at every checkpoint", async () => {
  const written = await chunks(autobahnReporter, [
    START,
    UP,
    ...play("1.1.1"),
    CHECKPOINT,
    ...play("1.1.2"),
    CHECKPOINT,
    END,
  ]);
  const indexes = written.filter(({ path }) => path === "index.json").map(({ data }) => String(data));
  const cases = indexes.map((text) => Object.keys((JSON.parse(text) as { client: object }).client));
  assert.deepEqual(cases, [["1.1.1"], ["1.1.1", "1.1.2"], ["1.1.1", "1.1.2"]]);
});

test("plays of one case at the same time keep their wire logs apart", async () => {
  const [first, second] = [play("1.1.1"), play("1.1.1", { attempt: 2 })];
  const mixed = first.flatMap((event, at) => [event, second[at] ?? event]);
  const alone = await chunks(autobahnReporter, [START, UP, ...second, END]);
  const together = await chunks(autobahnReporter, [START, UP, ...mixed, END]);
  const ofCase = (written: readonly ReportChunk[]): unknown =>
    written.findLast(({ path }) => path?.endsWith("_case_1_1_1.json"))?.data;
  assert.ok(ofCase(alone));
  assert.equal(ofCase(together), ofCase(alone));
});

test("the summary is drafted at a checkpoint and written at the end", async () => {
  const written = await chunks(jsonReporter, [
    START,
    UP,
    ...play("1.1.1"),
    CHECKPOINT,
    ...play("1.1.2"),
    END,
  ]);
  assert.deepEqual(
    written.map(({ draft }) => draft === true),
    [true, false],
  );
  const cases = written.map(({ data }) => (JSON.parse(String(data)) as JsonSummary).peers[0]?.cases.length);
  assert.deepEqual(cases, [1, 2]);
});

test("the terminal sums a client up once it has run every case, and not again at the end", async () => {
  const summed = / {2}Cases +✓ 2 pass\n/g;
  const whole = [START, UP, ...play("1.1.1"), CHECKPOINT, ...play("1.1.2"), CHECKPOINT];
  const once = await printed([...whole, CHECKPOINT, END]);
  assert.equal(once.match(summed)?.length, 1);
  assert.ok(once.indexOf("2 pass") < once.indexOf("2 results in"), once);
  const again = await printed([...whole, ...play("1.1.1"), CHECKPOINT, END]);
  assert.equal(again.match(summed)?.length, 2);
});

test("a checkpoint is an event that a run file may hold", () => {
  assert.deepEqual(runEventSchema.parse(CHECKPOINT), CHECKPOINT);
  assert.deepEqual(runEventSchema.parse({ type: "checkpoint" }), { type: "checkpoint" });
  assert.deepEqual(runEventSchema.parse(START), START);
});

test("a client is tested again by serving the case again", () => {
  const command = (url: string): string => {
    const config = { ...START.config, insecure: false, headers: [], subprotocols: [], urls: [url] };
    return againCommand("wireproof", { ...START, config }, "127.0.0.1", "7.9.2");
  };
  assert.equal(command("ws://127.0.0.1:9001"), "wireproof serve --cases 7.9.2");
  assert.equal(command("wss://[::1]:9002"), "wireproof serve --port 9002 --host ::1 --tls --cases 7.9.2");
});
