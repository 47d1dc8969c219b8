import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runProgram } from "../../src/cli/program.js";
import type { RunEvent } from "../../src/run/event.js";
import type { PeerFinding } from "../../src/run/finding.js";
import { fakeIo, type FakeIo } from "../cli/fake-io.js";
import { temporaryFolder } from "../cli/temporary-folder.js";
import { FOUND, foundRun } from "./found-run.js";
import { assertGolden, assertHarmless } from "./golden.js";
import { PEER, SAMPLE_START, play } from "./sample-run.js";

const folder = temporaryFolder();
let files = 0;

type PlayOptions = Parameters<typeof play>[1];
const BAD: PlayOptions = { verdict: { outcome: "fail", because: "It did not." } };
const UNCLEAN: PlayOptions = { verdict: { closing: "unclean" } };

function stored(events: readonly RunEvent[]): string {
  const path = join(folder, `${++files}.ndjson`);
  writeFileSync(path, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  return path;
}

/** A run of one peer with these cases, which has these findings. */
function runOf(
  cases: Readonly<Record<string, PlayOptions | null>>,
  findings: readonly PeerFinding[] = [],
  agent = "a",
): readonly RunEvent[] {
  const infos = SAMPLE_START.cases.filter(({ id }) => id in cases);
  return [
    { ...SAMPLE_START, cases: infos },
    { type: "peer-up", peer: PEER, agent, url: "ws://x" },
    ...Object.entries(cases).flatMap(([id, options]) => (options === null ? [] : play(id, options))),
    { type: "findings", peer: PEER, connections: 2, findings },
    {
      type: "run-end",
      totals: { durationMs: 1, interrupted: false, outcomes: {}, closings: {}, notRun: 0 },
    },
  ];
}

async function compared(
  before: readonly RunEvent[],
  now: readonly RunEvent[],
  ...args: string[]
): Promise<{ readonly code: number; readonly text: string; readonly io: FakeIo }> {
  const io = fakeIo({ columns: 100 });
  const code = await runProgram(["compare", stored(before), stored(now), ...args], io);
  return { code, text: io.written(), io };
}

const [CRASH, NO_CLOSE, WARNING, NOTE] = FOUND;

test("nothing changed", async () => {
  const { code, text } = await compared(foundRun(), foundRun());
  assert.equal(code, 0);
  assert.equal(text.replaceAll(/\s+/g, " ").match(/nothing changed/g)?.length, 3);
});

test("what is worse is new, and exit code 1", async () => {
  assert.ok(NO_CLOSE && CRASH && WARNING && NOTE);
  for (const [before, now] of [
    [runOf({ "2.1": {} }), runOf({ "2.1": BAD })],
    [runOf({ "2.1": {} }), runOf({ "2.1": UNCLEAN })],
    [runOf({ "2.1": {} }), runOf({ "2.1": {}, "2.2": BAD })],
    [runOf({ "2.1": {}, "2.2": {} }), runOf({ "2.1": {}, "2.2": null })],
    [runOf({ "2.1": {} }), runOf({ "2.1": {} }, [NO_CLOSE])],
    [runOf({ "2.1": {} }, [WARNING]), runOf({ "2.1": {} }, [{ ...WARNING, severity: "error" }])],
  ] as const) {
    const { code, text } = await compared(before, now);
    assert.equal(code, 1, text);
    assert.match(text, /^ {2}\+ /m);
  }
});

test("what is better, or only noted, is exit code 0", async () => {
  assert.ok(NO_CLOSE && WARNING && NOTE);
  for (const [before, now, sentence] of [
    [runOf({ "2.1": BAD }), runOf({ "2.1": {} }), /1 case better/],
    [runOf({ "2.1": {} }, [NO_CLOSE]), runOf({ "2.1": {} }), /1 fixed/],
    [runOf({ "2.1": {} }), runOf({ "2.1": {} }, [WARNING, NOTE]), /2 new findings/],
    [
      runOf({ "2.1": {} }),
      runOf({ "2.1": { verdict: { outcome: "non-strict" } } }),
      /1 case otherwise changed/,
    ],
    [
      runOf({ "2.1": BAD }),
      runOf({ "2.1": { verdict: { outcome: "too-slow" } } }),
      /1 case otherwise changed/,
    ],
  ] as const) {
    const { code, text } = await compared(before, now);
    assert.equal(code, 0, text);
    assert.match(text, sentence);
  }
});

test("what was not played again is not fixed", async () => {
  assert.ok(NO_CLOSE);
  const { code, text } = await compared(runOf({ "2.1": BAD }, [NO_CLOSE]), runOf({ "1.1.1": {} }));
  assert.equal(code, 0);
  assert.doesNotMatch(text, /[Ff]ixed/);
  assert.match(text, /Findings that nothing was played for/);
  assert.match(text, /Cases in the earlier run only/);
});

test("a peer that is no longer tested is exit code 1; an only peer may have another name", async () => {
  const one = runOf({ "2.1": {} }, [], "a/1");
  assert.match(
    (await compared(one, runOf({ "2.1": {} }, [], "a/2"))).text,
    /^a\/2 at ws:\/\/x, a\/1 at ws:\/\/x before: nothing/,
  );
  const { code, text } = await compared(foundRun(), one);
  assert.equal(code, 1);
  assert.match(text, /Not tested any more: /);
});

test("the sample run against its findings, in both forms", async () => {
  const before = foundRun().filter((event) => event.type !== "findings");
  const now = foundRun().filter((event) => event.type !== "case-end" || event.case !== "7.9.2");
  const plain = await compared(before, now);
  assertGolden("compare.txt", plain.text);
  assertHarmless(plain.text);
  const { text, code } = await compared(before, now, "--markdown");
  assert.equal(code, 1);
  assertGolden("compare.md", text);
  assert.doesNotMatch(text.replaceAll(/<(?:br|!-- --)>/g, " "), /<|@octocat/);
});

test("two run files, no more and no fewer", async () => {
  const path = stored(runOf({ "2.1": {} }));
  for (const args of [[path], [path, path, path], [path, join(folder, "absent")]]) {
    const io = fakeIo();
    assert.equal(await runProgram(["compare", ...args], io), 2);
    assert.equal(io.complaints.length, 1);
  }
});
