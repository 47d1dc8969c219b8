import assert from "node:assert/strict";
import { test } from "node:test";
import { ProcessLog, processLines } from "../../src/report/case-page-process.js";
import type { OutputLine, PeerExit, PeerOutput, RunEvent } from "../../src/run/event.js";
import { findCase } from "../../src/report/find-case.js";
import { arriving, PEER, play, SAMPLE_START } from "./sample-run.js";

function output(texts: readonly string[], omitted = 0): PeerOutput {
  const lines = texts.map((text): OutputLine => ({ from: "stdout", text }));
  return { type: "peer-output", peer: PEER, lines, omitted };
}

function exit(cases: readonly string[]): PeerExit {
  const because = "The command was ended by SIGSEGV.";
  return {
    type: "peer-exit",
    peer: PEER,
    url: "ws://x",
    code: null,
    signal: "SIGSEGV",
    because,
    cases,
    after: null,
    output: [],
  };
}

function linesOf(...events: readonly (PeerOutput | PeerExit)[]): readonly string[] {
  const log = new ProcessLog();
  for (const event of events) log.take(event);
  return log.facts === undefined ? [] : processLines(log.facts);
}

test("lines are shown with their stream, escaped, and how it ended", () => {
  assert.deepEqual(linesOf(), []);
  assert.deepEqual(linesOf(output(["a"]), output(["\u001b[2J", ""]), exit(["1.1.1"])), [
    "stdout  a",
    "stdout  \\x1b[2J",
    "stdout",
    "The command was ended by SIGSEGV.",
  ]);
  assert.deepEqual(linesOf(exit(["1.1.1", "1.1.2"])), [
    "The command was ended by SIGSEGV. 1 other case was in flight.",
  ]);
  assert.deepEqual(linesOf(exit(["1.1.1", "1.1.2", "1.1.3"])), [
    "The command was ended by SIGSEGV. 2 other cases were in flight.",
  ]);
});

test("only lines that follow one another are kept, and not more than 200", () => {
  const gap = linesOf(output(["a", "b"]), output(["c"], 5));
  assert.deepEqual(gap, ["7 lines before these were not recorded.", "stdout  c"]);
  const many = Array.from({ length: 150 }, (_, i) => String(i));
  const shown = linesOf(output(many), output(many));
  assert.equal(shown.length, 201);
  assert.deepEqual(shown.slice(0, 2), ["100 lines before these were not recorded.", "stdout  100"]);
  assert.deepEqual(linesOf(output([], 1)), ["1 line before these was not recorded."]);
});

test("a page has what came between the beginning and the end of the play that counts", async () => {
  const [start, end] = play("1.1.1");
  const [startAgain, endAgain] = play("1.1.1", { attempt: 2 });
  assert.ok(start !== undefined && end !== undefined && startAgain !== undefined && endAgain !== undefined);
  const events: readonly RunEvent[] = [
    SAMPLE_START,
    { type: "peer-up", peer: PEER, agent: "a", url: "ws://x" },
    output(["banner"]),
    start,
    output(["first"]),
    end,
    startAgain,
    output(["second"]),
    { ...output(["of another"]), peer: "other" },
    endAgain,
    output(["late"]),
  ];
  const [page] = await findCase(arriving(events), "1.1.1");
  assert.deepEqual(
    page?.process?.output.map(({ text }) => text),
    ["second"],
  );
  const [plain] = await findCase(arriving(events.filter(({ type }) => type !== "peer-output")), "1.1.1");
  assert.ok(plain !== undefined && !("process" in plain));
});
