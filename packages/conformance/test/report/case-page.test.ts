import assert from "node:assert/strict";
import { test } from "node:test";
import { casePage } from "../../src/report/case-page.js";
import { findCase } from "../../src/report/find-case.js";
import { assertGolden, assertHarmless } from "./golden.js";
import { HOSTILE_AGENT, arriving, sampleRun } from "./sample-run.js";

async function pageOf(id: string, agent?: string): Promise<string> {
  const [found] = await findCase(arriving(sampleRun()), id, agent);
  assert.ok(found);
  return casePage(found);
}

test("the whole record of case 5.20", async () => {
  assertGolden("case-5.20.txt", await pageOf("5.20"));
});

test("a hostile peer cannot act through its record", async () => {
  const page = await pageOf("6.3.1");
  assertGolden("case-6.3.1.txt", page);
  assertHarmless(page);
});

test("a connection that never opened", async () => {
  assertGolden("case-1.1.1-refused.txt", await pageOf("1.1.1", "Ünïcode 服务器 😀"));
});

test("what the process of the peer did meanwhile", async () => {
  const page = await pageOf("1.1.2", HOSTILE_AGENT);
  assertGolden("case-1.1.2-ended.txt", page);
  assertHarmless(page);
});

test("blocks come in this order", async () => {
  const titles = [
    "Description",
    "Expectation",
    "Outcome: Pass",
    "Closing: In order",
    "The two profiles",
    "Opening handshake",
    "How the connection ended",
    "Octets received, by size of the read",
    "Octets sent, by size of the write",
    "Frames received",
    "Frames sent",
    "Wire log",
  ];
  const [headline, ...lines] = (await pageOf("5.20")).split("\n");
  assert.match(headline ?? "", / – Case 5\.20: Pass – 4 ms @ 2026-11-22T08:00:01\.500Z$/);
  assert.deepEqual(
    lines.filter((line) => titles.includes(line)),
    titles,
  );
});

test("findCase: one page a peer, the last play, and by agent", async () => {
  const all = await findCase(arriving(sampleRun()), "2.10");
  assert.deepEqual(
    all.map((page) => [page.end.attempt, page.end.verdict.outcome]),
    [
      [2, "pass"],
      [1, "blocked"],
    ],
  );
  assert.equal((await findCase(arriving(sampleRun()), "2.10", HOSTILE_AGENT)).length, 1);
  assert.equal((await findCase(arriving(sampleRun()), "10.1.1")).length, 0);
});
