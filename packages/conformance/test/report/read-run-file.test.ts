import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { RunEvent } from "../../src/report/event.js";
import { RunFileError, readRunFile } from "../../src/report/read-run-file.js";
import { runEventSchema } from "../../src/report/run-event-schema.js";
import { SAMPLE_START, sampleRun } from "./sample-run.js";

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
  const sentence = "FILE is not a run file: it does not begin with the event that starts a run.";
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
  const sentence = "FILE, line 2: this line is longer than 16 MiB, which no event of a run is.";
  assert.equal(await sentenceFor(`${LINES[0]}\n${"x".repeat(17 * 1024 * 1024)}`), sentence);
});
