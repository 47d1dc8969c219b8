import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import type { Verdict } from "../../src/judge/verdict.js";
import type { CaseRecord, LoopRecord, TrafficRecord } from "../../src/record/record.js";
import type { RunEvent } from "../../src/run/event.js";
import { RunFileError, readRunFile } from "../../src/report/read-run-file.js";
import { runEventSchema } from "../../src/report/run-event-schema.js";
import { event, play, SAMPLE_START, sampleRun } from "./sample-run.js";

const folder = mkdtempSync(join(tmpdir(), "wireproof-"));
after(() => rmSync(folder, { recursive: true }));

const LINES: readonly string[] = sampleRun().map((event) => JSON.stringify(event));

function stored(content: string | Uint8Array): string {
  const path = join(folder, "run.ndjson");
  writeFileSync(path, content);
  return path;
}

async function read(path: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of readRunFile(path)) events.push(event);
  return events;
}

async function sentenceFor(content: string | Uint8Array): Promise<string> {
  const path = stored(content);
  const error = await read(path).then(
    () => assert.fail("it was read"),
    (problem: unknown) => problem,
  );
  assert.ok(error instanceof RunFileError);
  assert.equal(error.path, path);
  return error.message.replace(path, "FILE");
}

test("what was written is read back", async () => {
  assert.deepEqual(await read(stored(`${LINES.join("\n")}\n`)), sampleRun());
  assert.deepEqual(await read(stored(LINES.join("\r\n\r\n"))), sampleRun());
});

test("every kind of event is in the sample and passes the schema", () => {
  const kinds = new Set(sampleRun().map((event) => event.type));
  assert.deepEqual([...kinds].sort(), [
    "case-end",
    "case-start",
    "note",
    "peer-down",
    "peer-exit",
    "peer-output",
    "peer-up",
    "run",
    "run-end",
    "wire",
  ]);
  for (const event of sampleRun()) assert.deepEqual(runEventSchema.parse(event), event);
});

test("fields of a later version are kept", async () => {
  const extended = [{ ...SAMPLE_START, later: 1 }];
  assert.deepEqual(await read(stored(JSON.stringify(extended[0]))), extended);
});

describe("load cases", () => {
  const traffic: TrafficRecord = {
    received: { wire: 3, payload: 2, application: 9, frames: 1, messages: 1 },
    sent: { wire: 7, payload: 2, application: 9, frames: 1, messages: 1 },
    handshake: { received: 129, sent: 160 },
  };
  const latency = { min: 1, mean: 2.5, p50: 2, p99: 4, max: 5 };
  const mismatch = { index: 1, expected: event("text", "abc"), observed: event("binary", "abc") };
  const ended = (record: Partial<CaseRecord>, verdict: Partial<Verdict> = {}): unknown =>
    play("12.1.1", { record, verdict }).at(-1);
  const valid: readonly (readonly [name: string, event: unknown])[] = [
    ["a run of all messages", { ...SAMPLE_START, messages: "full" }],
    ["a run of some", { ...SAMPLE_START, messages: "enough" }],
    [
      "a case with figures",
      { ...SAMPLE_START, cases: [{ ...SAMPLE_START.cases[0], reports: { time: true, ratio: true } }] },
    ],
    ["no extension", ended({ extension: null })],
    [
      "a finished loop",
      ended(
        { extension: "permessage-deflate", loop: { wanted: 2, sent: 2, matched: 2, latency }, traffic },
        { measured: { durationMs: 1.5, messages: 2, ratioSent: 0.2 } },
      ),
    ],
    ["one that was not", ended({ loop: { wanted: 9, sent: 2, matched: 1, mismatch } })],
    ["the log switched off", play("12.1.1", { wire: [{ dir: "=", log: false }] })[1]],
  ];
  for (const [name, stored] of valid) {
    test(`are read back as they were written: ${name}`, () => {
      assert.deepEqual(runEventSchema.parse(JSON.parse(JSON.stringify(stored))), stored);
    });
  }
  const invalid: readonly (readonly [name: string, event: unknown])[] = [
    ["another number of messages", { ...SAMPLE_START, messages: "some" }],
    ["a loop without a count", ended({ loop: { wanted: 9, sent: 2 } as unknown as LoopRecord })],
    ["a loop that went backwards", ended({ loop: { wanted: 9, sent: 2, matched: -1 } })],
    [
      "a mismatch that is no event",
      ended({ loop: { wanted: 9, sent: 2, matched: 1, mismatch: { ...mismatch, index: 0.5 } } }),
    ],
    [
      "traffic without its handshake",
      ended({ traffic: { ...traffic, handshake: {} } as unknown as TrafficRecord }),
    ],
    ["an extension that is no text", ended({ extension: 1 as unknown as string })],
    ["a figure that is no number", ended({}, { measured: { ratioSent: "0.2" as unknown as number } })],
  ];
  for (const [name, stored] of invalid) {
    test(`are refused: ${name}`, () => assert.equal(runEventSchema.safeParse(stored).success, false));
  }
});

test("an incomplete last line ends the events silently, wherever it was cut", async () => {
  const whole = `${LINES.slice(0, 2).join("\n")}\n`;
  const last = LINES.at(-1) ?? "";
  for (let end = 0; end < last.length; end++) {
    assert.equal((await read(stored(whole + last.slice(0, end)))).length, 2);
  }
  assert.equal((await read(stored(whole + last))).length, 3);
});

test("a damaged line is named", async () => {
  const [start = "", up = "", ...rest] = LINES;
  const damaged = [start, up, '{"type":"wire"', ...rest].join("\n");
  assert.equal(await sentenceFor(damaged), "FILE, line 3: this is not JSON; the file is damaged.");
  assert.equal(
    await sentenceFor([start, '{"type":"note","text":1}', ""].join("\n")),
    "FILE, line 2: this is not an event of a run (at text); the file is damaged.",
  );
  assert.equal(
    await sentenceFor(Buffer.concat([Buffer.from(`${start}\n`), Buffer.of(0x22, 0xff, 0x22, 0x0a)])),
    "FILE, line 2: this is not JSON; the file is damaged.",
  );
});

test("values that could do harm are no events", () => {
  const end = sampleRun().find((event) => event.type === "case-end");
  assert.equal(runEventSchema.safeParse({ ...end, case: "1/../../x" }).success, false);
  const wire = sampleRun().find((event) => event.type === "wire");
  for (const entry of [{ dir: "<", octets: 1, hex: "zz" }, { dir: "<", octets: -1, hex: "" }, { dir: "?" }]) {
    assert.equal(runEventSchema.safeParse({ ...wire, entry }).success, false);
  }
});

test("files that are no run files", async () => {
  const sentence = "FILE is not a run file: its first line is not the start of a run.";
  for (const content of [
    "",
    "\n\n",
    "hello",
    "hello\n",
    "{}\n",
    LINES[1] ?? "",
    (LINES[0] ?? "").slice(0, 50),
  ]) {
    assert.equal(await sentenceFor(content), sentence);
  }
});

test("files that cannot be read", async () => {
  await assert.rejects(read(join(folder, "none\u001b")), (error: Error) => {
    assert.match(error.message, /none\\x1b cannot be read: there is no such file\.$/);
    return error instanceof RunFileError;
  });
  await assert.rejects(read(folder), /cannot be read: it is a folder\.$/);
});

test("a line without end is given up", async () => {
  const sentence = "FILE, line 2: this line is longer than 16 MiB; no event of a run is.";
  assert.equal(await sentenceFor(`${LINES[0]}\n${"x".repeat(17 * 1024 * 1024)}`), sentence);
});
