import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { runProgram } from "../../src/cli/program.js";
import type { RunEvent } from "../../src/run/event.js";
import { unpack } from "../report/page/unpack.js";
import { sampleRun } from "../report/sample-run.js";
import { fakeIo, type FakeIo } from "./fake-io.js";
import { temporaryFolder } from "./temporary-folder.js";

const folder = temporaryFolder();
const RUN = stored("run.ndjson", sampleRun());

function stored(name: string, events: readonly RunEvent[]): string {
  const path = join(folder, name);
  writeFileSync(path, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  return path;
}

async function report(...args: string[]): Promise<FakeIo & { readonly code: number }> {
  const io = fakeIo();
  const code = await runProgram(["report", ...args], io);
  return { ...io, code };
}

test("without options: the page beside the run file, whatever the verdicts", async () => {
  const { code, complaints, written } = await report(RUN);
  assert.deepEqual([code, complaints], [0, []]);
  assert.equal(written(), `${join(folder, "report.html")}\n`);
  const { events } = unpack(readFileSync(join(folder, "report.html"), "utf8"));
  assert.equal(events[0]?.type, "run");
  assert.ok(events.some((event) => event.type === "catalogue" && event.cases.length > 500));
});

test("several run files become several columns, in any report", async () => {
  const path = join(folder, "both.html");
  const summary = join(folder, "both.json");
  const { code } = await report(RUN, RUN, "--reporter", `html=${path}`, "--reporter", `json=${summary}`);
  assert.equal(code, 0);
  const { events } = unpack(readFileSync(path, "utf8"));
  assert.equal(events.filter(({ type }) => type === "peer-up").length, 4);
  const { peers } = JSON.parse(readFileSync(summary, "utf8")) as { peers: unknown[] };
  assert.equal(peers.length, 6);
});

test("--against: what the earlier run said", async () => {
  const path = join(folder, "against.html");
  await report(RUN, "--against", RUN, "--reporter", `html=${path}`);
  const { events } = unpack(readFileSync(path, "utf8"));
  const against = events.find((event) => event.type === "against");
  assert.equal(against?.file, RUN);
  assert.deepEqual(against.peers[0]?.cases["7.9.2"], ["fail", "wrong-code", 999]);
  // It was played twice: the last play counts.
  assert.deepEqual(against.peers[0]?.cases["2.10"], ["pass", "ok", 1000]);
});

test("the run file itself is never overwritten", async () => {
  const before = readFileSync(RUN, "utf8");
  const { code, complaints } = await report(RUN, "--reporter", "ndjson");
  assert.equal(code, 2);
  assert.match(complaints[0] ?? "", /would overwrite/);
  assert.equal(readFileSync(RUN, "utf8"), before);
});

test("what is no run file is refused before anything is written", async () => {
  const wrong = join(folder, "wrong.ndjson");
  writeFileSync(wrong, "{}\n");
  const page = join(folder, "never.html");
  for (const args of [[RUN, wrong], [RUN, "--against", wrong], [join(folder, "absent")]]) {
    const { code, complaints } = await report(...args, "--reporter", `html=${page}`);
    assert.equal(code, 2);
    assert.equal(complaints.length, 1);
  }
  assert.ok(!existsSync(page));
});

test("a page that cannot be written is exit code 2", async () => {
  const { code, complaints } = await report(RUN, "--reporter", `html=${folder}`);
  assert.equal(code, 2);
  assert.match(complaints[0] ?? "", /cannot write/);
});
