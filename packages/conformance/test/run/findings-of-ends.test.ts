/** What is found about peers that cannot be reached, end, or no longer work. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunEvent } from "../../src/run/event.js";
import { RunFindings } from "../../src/run/findings.js";
import { SAMPLE_START } from "../report/sample-run.js";
import { recordOf } from "../support/sample-record.js";
import { found, played } from "./found.js";

test("cases that were not played belong to the fault that keeps them from being played", () => {
  const record = recordOf({ notPlayed: "not played, because no connection opens" });
  const refused = recordOf({
    handshake: {
      opened: false,
      request: "",
      response: "HTTP/1.1 401 Unauthorized\r\n\r\n",
      status: 401,
      body: "who are you?",
    },
  });
  const blocked = {
    outcome: "blocked",
    closing: "not-opened",
    because: "It was answered with 401.",
  } as const;
  const { findings } =
    found(
      { id: "1.1.1", record: refused, verdict: blocked },
      { id: "1.1.2", record, verdict: blocked },
      { id: "2.1", record, verdict: blocked },
    ) ?? assert.fail();
  const [finding, ...others] = findings;
  assert.deepEqual(others, []);
  assert.deepEqual(
    [finding?.id, finding?.because, finding?.cases],
    ["none/handshake-refused/server", "It was answered with 401.", ["1.1.1", "1.1.2", "2.1"]],
  );
  assert.match(finding?.hint ?? "", /--header/);
  assert.equal(finding?.evidence.answer, "HTTP/1.1 401 Unauthorized\r\n\r\nwho are you?");
});

test("a crash is critical, and explains what the case says that was alone in flight", () => {
  const findings = new RunFindings();
  const failed = { outcome: "fail", requirement: "6455-5.6-1", because: "nothing came" } as const;
  findings.see(played({ id: "1.1.1", verdict: failed }));
  findings.see(played({ id: "1.1.2", verdict: failed }));
  const exit = {
    type: "peer-exit",
    peer: "p",
    url: "ws://x",
    code: null,
    signal: "SIGSEGV",
    output: [],
  } as const;
  findings.see({ ...exit, because: "It was ended by SIGSEGV.", cases: ["1.1.2"], after: "1.1.1" });
  assert.deepEqual(
    findings.of("p")?.findings.map(({ id, severity, because, cases }) => [id, severity, because, cases]),
    [
      ["none/crash/server", "critical", "It was ended by SIGSEGV.", ["1.1.2"]],
      [
        "6455-5.6-1/wrong-answer/server",
        "error",
        "The server does not echo every valid text as it was sent.",
        ["1.1.1"],
      ],
    ],
  );
});

test("a crash is not put down to what was in flight by chance, and is in order when it is played again", () => {
  const exit = {
    type: "peer-exit",
    peer: "p",
    url: "ws://x",
    code: 1,
    signal: null,
    output: [],
    because: "It ended.",
    after: null,
  } as const;
  const failed = { outcome: "fail", requirement: "6455-6.2-1", because: "nothing came" } as const;
  const casesOf = (...alone: readonly string[]): readonly string[] | undefined => {
    const findings = new RunFindings();
    findings.see({ ...exit, cases: ["1.1.1", "1.1.2", "1.1.3"] });
    for (const id of alone) findings.see({ ...exit, cases: [id] });
    findings.see(played({ id: "1.1.1" }));
    findings.see(played({ id: "1.1.2", verdict: failed }));
    findings.see(played({ id: "1.1.3" }));
    return findings.of("p")?.findings.find(({ observation }) => observation === "crash")?.cases;
  };
  assert.deepEqual(casesOf("1.1.2"), ["1.1.2"]);
  assert.deepEqual(casesOf(), ["1.1.2"]);
});

const EXIT = {
  type: "peer-exit",
  peer: "p",
  url: "ws://x",
  code: 1,
  signal: null,
  output: [],
  because: "It ended.",
  after: null,
  cases: ["1.1.2"],
} as const;

function printed(...lines: readonly string[]): RunEvent {
  const all = lines.map((text) => ({ from: "stderr", text }) as const);
  return { type: "peer-output", peer: "p", lines: all, omitted: 0 };
}

test("a process that says that it ran out of memory before it ends was exhausted", () => {
  const failed = { outcome: "fail", requirement: "6455-6.2-1", because: "nothing came" } as const;
  const idsOf = (...before: readonly RunEvent[]): readonly string[] | undefined => {
    const findings = new RunFindings();
    for (const event of before) findings.see(event);
    findings.see(EXIT);
    findings.see(played({ id: "1.1.2", verdict: failed }));
    return findings.of("p")?.findings.map(({ id, severity, because }) => `${id} ${severity} ${because}`);
  };
  const line = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory";
  const stack = Array.from({ length: 30 }, (_, index) => ` ${index}: 0xb7b3e0 node::Abort()`);
  assert.deepEqual(idsOf(printed(line, ...stack)), [
    `none/exhausted/server critical It ended. It had printed: ${line}`,
  ]);
  assert.deepEqual(idsOf(printed("no room")), ["none/crash/server critical It ended."]);
  // What it printed long before, or before another end, is about something else.
  assert.deepEqual(idsOf(printed(line, ...stack, ...stack)), ["none/crash/server critical It ended."]);
  assert.deepEqual(
    idsOf(printed(line), { ...EXIT, cases: ["1.1.1"] })?.map((text) => text.split(" ")[0]),
    ["none/exhausted/server", "none/crash/server"],
  );
});

const DAMAGED = {
  type: "note",
  peer: "p",
  text: "the peer passed 1.1.1 at first, and no longer at the end of the run: no echo",
  damaged: "1.1.1",
} as const;

test("a peer that passes the simplest case no longer hangs, which explains the last cases if nothing came in them", () => {
  const failed = { outcome: "fail", requirement: "6455-6.2-1", because: "nothing came" } as const;
  const close = { tcp: "ended-by-tester" } as const;
  const silent = recordOf({ frames: { received: {}, sent: {} }, close });
  const alive = recordOf({ frames: { received: { 1: 1 }, sent: {} }, close });
  const idsOf = (damage: readonly RunEvent[]): readonly unknown[] | undefined => {
    const findings = new RunFindings();
    findings.see(played({ id: "1.1.1", record: alive }));
    findings.see(played({ id: "1.1.2", record: silent, verdict: failed }));
    findings.see(played({ id: "1.1.3", record: alive }));
    findings.see(played({ id: "2.4", record: silent, verdict: failed }));
    findings.see(played({ id: "2.5", record: silent, verdict: failed }));
    for (const event of damage) findings.see(event);
    return findings.of("p")?.findings.map(({ id, severity, cases, first }) => [id, severity, first, cases]);
  };
  const echo = ["6455-6.2-1/wrong-answer/server", "error", "1.1.2"];
  assert.deepEqual(idsOf([DAMAGED]), [
    ["none/hang/server", "critical", "2.4", ["2.4", "2.5"]],
    [...echo, ["1.1.2"]],
  ]);
  // Without the proof, cases that got no answer say nothing about the peer as a whole.
  assert.deepEqual(idsOf([]), [[...echo, ["1.1.2", "2.4", "2.5"]]]);
});

test("of a peer that never opened a connection, that is the only finding, with what it said", () => {
  const down = { type: "peer-down", peer: "p", url: "ws://x", because: "It is not HTTP." } as const;
  const findings = new RunFindings();
  findings.see(SAMPLE_START);
  findings.see({ ...down, after: null, answer: "SSH-2.0-OpenSSH\r\n", hint: "An SSH server listens there." });
  const [found, ...others] = findings.all();
  assert.deepEqual(others, []);
  assert.equal(found?.connections, 0);
  const [finding, ...more] = found.findings;
  assert.deepEqual(more, []);
  assert.deepEqual(
    [
      finding?.id,
      finding?.severity,
      finding?.because,
      finding?.hint,
      finding?.evidence.answer,
      finding?.cases,
    ],
    [
      "none/unreachable/server",
      "error",
      "It is not HTTP.",
      "An SSH server listens there.",
      "SSH-2.0-OpenSSH\r\n",
      [],
    ],
  );
  // One that was there and went away has crashed.
  findings.see(played({ id: "1.1.1" }));
  findings.see({ ...down, after: "1.1.1" });
  assert.deepEqual(
    findings.of("p")?.findings.map(({ id }) => id),
    ["none/crash/server"],
  );
});
