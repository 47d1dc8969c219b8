import assert from "node:assert/strict";
import { test } from "node:test";
import { mutants, startDies, startEchoServer } from "@wireproof/peers";
import { compareIds } from "../../src/case/case-id.js";
import { run } from "../../src/run/run.js";
import type { RunEvent } from "../../src/run/event.js";
import { during, findingIds, finished, playRun } from "./play-run.js";
import { BASIC, casesOf, ownWords } from "./verdict-table.js";

const DOZEN = casesOf("1.1.1, 1.1.6, 1.2.1, 2.1, 2.5, 3.1, 4.1.1, 5.3, 5.19, 6.1.1, 7.1.1, 7.3.1");

test("a peer that takes one connection at a time is noticed and tested case by case", async (context) => {
  const peer = await during(context, mutants.oneAtATime.start());
  const { notes, verdicts, ends, events } = await playRun(peer.url, DOZEN, { timeoutScale: 0.2 });
  assert.deepEqual(notes, ["the peer accepts only one connection at a time: cases are played one at a time"]);
  assert.deepEqual([...verdicts.values()].map(ownWords), Array(DOZEN.length).fill("pass/ok"));
  assert.ok(ends.every(({ record, attempt }) => !record.concurrent && attempt === 1));
  const order = events
    .filter(({ type }) => type === "case-start" || type === "case-end")
    .map(({ type }) => type);
  assert.deepEqual(
    order,
    DOZEN.flatMap(() => ["case-start", "case-end"]),
  );
});

test("a peer that dies leaves what was measured before, and says in which case", async (context) => {
  const peer = await during(context, startDies({ handledConnections: 60 }));
  const { down, verdicts, totals, notes } = await playRun(peer.url, BASIC);
  assert.match(down?.because ?? "", /refused the connection/);
  assert.ok(BASIC.some(({ id }) => id === down?.after));
  assert.ok(!verdicts.has(down?.after ?? ""), "the case that found nobody has no verdict");
  const passed = [...verdicts.values()].filter((verdict) => verdict.outcome === "pass");
  assert.ok(passed.length >= 40, `${passed.length} cases were over before it died`);
  assert.equal(totals.notRun, BASIC.length - verdicts.size);
  assert.ok(totals.notRun > 0);
  assert.deepEqual(notes, []);
});

test("a peer that dies of the last case is noticed at the end, and no case is blamed", async (context) => {
  // Two connections look for it, and four are for cases.
  const peer = await during(context, startDies({ handledConnections: 6 }));
  const { down, events, verdicts, notes } = await playRun(peer.url, casesOf("1.1.1, 1.1.2, 1.2.2, 2.1"));
  assert.deepEqual([...verdicts.values()].map(ownWords), Array(4).fill("pass/ok"));
  assert.equal(down, undefined);
  assert.equal(notes.length, 1);
  assert.match(
    notes[0] ?? "",
    /^the peer passed 1\.1\.1 at first, and no longer at the end of the run: .*refused/,
  );
  assert.deepEqual(findingIds(events), ["none/hang/server"]);
});

test("a peer that hangs is named, and what got no answer by that", async (context) => {
  const peer = await during(context, mutants.hangs.start());
  // The Ping of 2.4 is the last thing that it reads.
  const { events, down } = await playRun(peer.url, casesOf("1.1.1, 1.1.2, 1.2.2, 2.4, 7.1.1"), {
    concurrency: 1,
    timeoutScale: 0.1,
  });
  assert.equal(down, undefined);
  const findings = events.flatMap((event) => (event.type === "findings" ? event.findings : []));
  assert.deepEqual(
    findings.map(({ id, severity, cases }) => [id, severity, cases.toSorted(compareIds)]),
    [["none/hang/server", "critical", ["2.4", "7.1.1"]]],
  );
  const [{ because, evidence } = assert.fail()] = findings;
  assert.equal(
    because,
    "The server stopped working during the run: it passed 1.1.1 at first, and no longer at the end.",
  );
  assert.match(evidence.because ?? "", /no longer at the end of the run: /);
});

test("a peer that dies while one case is played at a time", async (context) => {
  const peer = await during(context, startDies({ handledConnections: 5 }));
  const { down, verdicts } = await playRun(peer.url, DOZEN, { concurrency: 1 });
  // One connection was the first greeting. One more may have been accepted while it died.
  const [, , , , late, ...none] = [...verdicts.values()].map(ownWords);
  assert.deepEqual([...verdicts.values()].slice(0, 4).map(ownWords), Array(4).fill("pass/ok"));
  assert.ok(late === undefined || late === "blocked/not-opened");
  assert.deepEqual(none, []);
  assert.match(down?.because ?? "", /refused the connection/);
  assert.ok(!verdicts.has(down?.after ?? ""));
});

test("of several peers, one that is not there does not keep the others from being tested", async (context) => {
  const gone = await startEchoServer();
  await gone.close();
  const peer = await during(context, startEchoServer());
  const events: RunEvent[] = [];
  for await (const event of run({ urls: [gone.url, peer.url, peer.url], cases: DOZEN })) events.push(event);
  const { ends, totals } = finished(events);
  assert.equal(ends.length, 2 * DOZEN.length);
  assert.equal(totals.notRun, DOZEN.length);
  const names = events.flatMap((event) => (event.type === "peer-up" ? [event.agent] : []));
  assert.deepEqual(
    names.map((name) => name.replace(/\/[\d.]+/, "")),
    ["wireproof-echo", "wireproof-echo (2)"],
  );
});

test("an abort in the middle ends the run with what there is", async (context) => {
  const peer = await during(context, mutants.mute.start());
  const stop = new AbortController();
  const events: RunEvent[] = [];
  for await (const event of run({ urls: [peer.url], cases: BASIC, signal: stop.signal, timeoutScale: 0.2 })) {
    events.push(event);
    if (event.type === "case-end") stop.abort();
  }
  const { ends, totals, down } = finished(events);
  assert.equal(totals.interrupted, true);
  assert.equal(down, undefined);
  assert.ok(ends.length > 0 && ends.length < BASIC.length);
  assert.equal(totals.notRun, BASIC.length - ends.length);
});

test("an abort during the first greeting ends the run at once", async (context) => {
  const peer = await during(context, mutants.silent.start());
  const stop = new AbortController();
  const events: RunEvent[] = [];
  // With this scale the greeting alone would be given more than an hour.
  for await (const event of run({
    urls: [peer.url],
    cases: DOZEN,
    signal: stop.signal,
    timeoutScale: 1000,
  })) {
    events.push(event);
    if (event.type === "run") setImmediate(() => stop.abort());
  }
  assert.equal(finished(events).totals.interrupted, true);
  assert.deepEqual(
    events.map(({ type }) => type),
    ["run", "run-end"],
  );
});

test("a reader that stops reading stops the run", async (context) => {
  const peer = await during(context, startEchoServer());
  let ends = 0;
  for await (const event of run({ urls: [peer.url], cases: BASIC })) {
    if (event.type === "case-end" && ++ends === 3) break;
  }
  assert.equal(ends, 3);
});
