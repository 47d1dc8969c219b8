import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { test } from "node:test";
import type { Profile } from "../../src/record/record.js";
import type { CaseInfo, RunEvent, RunStart } from "../../src/run/event.js";
import { RunFindings } from "../../src/run/findings.js";
import { createTerminalReporter, terminalReporter } from "../../src/report/terminal.js";
import { againCommand, shellQuote } from "../../src/report/terminal/again.js";
import { LiveRegion, type Progress } from "../../src/report/terminal/live-region.js";
import { CONTEXT, collect } from "./collect.js";
import { assertGolden, assertHarmless } from "./golden.js";
import { PEER, SAMPLE_START, arriving, play, sampleRun } from "./sample-run.js";

test("plain lines for a file", async () => {
  const { stream } = await collect(terminalReporter, sampleRun());
  assertGolden("terminal.txt", stream);
  assertHarmless(stream);
});

test("the findings of a run: the verdict first, then ten of them, then the counts", async () => {
  const findings = new RunFindings();
  const events = sampleRun().flatMap((event): RunEvent[] => {
    findings.see(event);
    return event.type === "run-end" ? [...findings.all(), event] : [event];
  });
  const { stream } = await collect(terminalReporter, events);
  assertGolden("terminal-findings.txt", stream);
  assertHarmless(stream);
});

test("a live line on a terminal, with colours", async () => {
  let nowMs = 0;
  // 40 ms a look: the line is redrawn at every third one.
  const { stream } = await collect(
    createTerminalReporter(() => (nowMs += 40)),
    sampleRun(),
    { tty: true, color: true },
  );
  assertGolden("terminal-live.txt", stream);
  assertHarmless(stripVTControlCharacters(stream).replaceAll("\r", ""));
});

test("the live line is never wider than the terminal and is gone at the end", async () => {
  let nowMs = 0;
  const reporter = createTerminalReporter(() => (nowMs += 1000));
  const { stream } = await collect(reporter, sampleRun(), { tty: true, columns: 30 });
  const drawn = [...stream.matchAll(/[█░][^\r\n]*/g)].map(([line]) => line);
  assert.ok(drawn.length > 5);
  for (const line of drawn) assert.ok(line.length < 30, line);
  // oxlint-disable-next-line no-control-regex
  for (const [, next] of stream.matchAll(/[█░][^\r\n]*(\r\u001b\[K)?/g)) assert.equal(next, "\r\u001b[K");
});

test("the live line is redrawn at most ten times a second, however many events there are", () => {
  let nowMs = 0;
  const live = new LiveRegion(
    80,
    (_, text) => text,
    () => nowMs,
  );
  const progress = (): Progress => ({ done: 1, total: 2, outcomes: new Map([["pass", 1]]), current: "2.1" });
  const drawnAt: number[] = [];
  for (; nowMs <= 1000; nowMs += 10) if (live.draw(progress) !== "") drawnAt.push(nowMs);
  assert.deepEqual(drawnAt, [0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
  assert.equal(live.erase(), "\r\u001b[K");
  assert.equal(live.erase(), "");
  assert.match(live.draw(progress), /^█{12}░{12} 1\/2 {2}✓ 1 {2}2\.1$/);
});

test("colours only where they are asked for", async () => {
  const plain = await collect(terminalReporter, sampleRun(), { color: false });
  assert.ok(!plain.stream.includes("\u001b"));
  const coloured = await collect(terminalReporter, sampleRun(), { color: true });
  assert.equal(stripVTControlCharacters(coloured.stream), plain.stream);
});

test("at most 20 full blocks a peer, one line for each of the others", async () => {
  const cases = Array.from({ length: 100 }, (_, i) => ({ ...SAMPLE_START.cases[0]!, id: `6.22.${i + 1}` }));
  const events: RunEvent[] = [
    { ...SAMPLE_START, cases },
    { type: "peer-up", peer: PEER, agent: "a", url: "ws://x" },
    ...cases.flatMap(({ id }) => play(id, { verdict: { outcome: "fail" } })),
  ];
  const { stream } = await collect(terminalReporter, events);
  assert.equal(stream.match(/^ {4}Again/gm)?.length, 20);
  assert.equal(stream.match(/^✗ 6\.22\.\d+ {2}/gm)?.length, 100);
  assert.match(stream, /And 80 more failures/);
});

test("sections are announced in order when they are over, and what changes later is said", async () => {
  const events: RunEvent[] = [
    SAMPLE_START,
    { type: "peer-up", peer: PEER, agent: "a", url: "ws://x" },
    ...["2.1", "2.2"].flatMap((id) => play(id)),
    ...play("2.10", { verdict: { outcome: "fail" } }),
    ...["7.1.6", "7.9.2", "1.1.1", "1.1.2"].flatMap((id) => play(id)),
    ...play("2.10", { attempt: 2 }),
  ];
  const { stream } = await collect(terminalReporter, events);
  // Section 7 waits for 3, 5 and 6, of which no case is played.
  assert.match(
    stream,
    /✓ 1 Framing: 2 pass\n✗ 2 Pings and pongs: 2 pass, 1 fail\n {2}2\.10 played again: pass\n✓ 7 Close handling: 2 pass\n/,
  );
  assert.doesNotMatch(stream, /Reserved bits/);
});

test("a peer that is named by its URL is not named twice", async () => {
  const up: RunEvent = { type: "peer-up", peer: PEER, agent: "ws://x", url: "ws://x" };
  const { stream } = await collect(terminalReporter, [SAMPLE_START, up]);
  assert.match(stream, /^Testing ws:\/\/x: 12 cases\n\nws:\/\/x\n/);
});

test("a stream without a run prints nothing", async () => {
  assert.equal((await collect(terminalReporter, [])).stream, "");
});

test("what arrived is printed at once, not at the end", async () => {
  const chunks = terminalReporter(arriving(sampleRun()), CONTEXT)[Symbol.asyncIterator]();
  const first = await chunks.next();
  assert.match(String(first.done === true ? "" : first.value.data), /^Testing Evil/);
  await chunks.return?.();
});

test("the command that repeats a case carries what the run was asked for", () => {
  const config = {
    ...SAMPLE_START.config,
    ca: "my ca.pem",
    servername: "a.example",
    origin: "http://o",
    timeoutScale: 2,
  };
  assert.equal(
    againCommand("wireproof", { ...SAMPLE_START, profile: "autobahn", config }, "wss://h/?a=1&b=2", "7.9.2"),
    "wireproof test 'wss://h/?a=1&b=2' --cases 7.9.2 --profile autobahn --insecure --ca 'my ca.pem' --servername a.example " +
      "--origin http://o --header 'X-Token: it'\\''s me' --subprotocol chat --timeout-scale 2",
  );
});

test("the command says how many messages where that is not the usual of its profile", () => {
  const words = (profile: Profile, messages?: "full" | "enough"): string => {
    const start: RunStart = { ...SAMPLE_START, profile, ...(messages === undefined ? {} : { messages }) };
    return /--messages \w+/.exec(againCommand("wireproof", start, "ws://x", "12.1.1"))?.[0] ?? "";
  };
  assert.deepEqual(
    [words("modern"), words("modern", "enough"), words("modern", "full")],
    ["", "", "--messages full"],
  );
  assert.deepEqual(
    [words("autobahn"), words("autobahn", "full"), words("autobahn", "enough")],
    ["", "", "--messages enough"],
  );
});

test("a run that did not send all messages says so, if it had any to send", async () => {
  const [first] = SAMPLE_START.cases;
  assert.ok(first);
  const loops: CaseInfo = { ...first, id: "12.1.1", reports: { time: true, ratio: true } };
  const says = async (start: RunStart): Promise<boolean> => {
    const up: RunEvent = { type: "peer-up", peer: PEER, agent: "a", url: "ws://x" };
    const { stream } = await collect(terminalReporter, [start, up]);
    return stream.includes("--messages full");
  };
  const withLoops: RunStart = { ...SAMPLE_START, cases: [...SAMPLE_START.cases, loops] };
  assert.equal(await says({ ...withLoops, messages: "enough" }), true);
  assert.equal(await says({ ...withLoops, messages: "full" }), false);
  assert.equal(await says(withLoops), false);
  assert.equal(await says({ ...SAMPLE_START, messages: "enough" }), false);
});

test("shellQuote", () => {
  assert.equal(shellQuote("ws://127.0.0.1:9001/a_b"), "ws://127.0.0.1:9001/a_b");
  assert.equal(shellQuote("6.*"), "'6.*'");
  assert.equal(shellQuote("$(rm) `x`"), "'$(rm) `x`'");
  assert.equal(shellQuote(""), "''");
});
