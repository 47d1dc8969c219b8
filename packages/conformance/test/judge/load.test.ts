import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { message } from "../../src/case/expect.js";
import { octets, repeat } from "../../src/case/payload.js";
import { largestMessage } from "../../src/case/steps.js";
import { CASES } from "../../src/cases/index.js";
import { viewOf } from "../../src/record/event-view.js";
import { judge } from "../../src/judge/judge.js";
import { judgeLoad } from "../../src/judge/load.js";
import type { Verdict } from "../../src/judge/verdict.js";
import type { EventView, LoopRecord, Profile, TrafficCounts } from "../../src/record/record.js";
import { finishedLoop, idealRecord, type RecordChanges } from "../support/sample-record.js";
import { caseOf } from "../support/some-case.js";

const PROFILES: readonly Profile[] = ["autobahn", "modern"];
const LOAD = CASES.filter(({ expect }) => expect.firstMessageDecides === true || expect.loopDecides === true);
const DEFLATE = LOAD.filter(({ deflate }) => deflate !== undefined);

function verdictOf(judged: Case, changes: RecordChanges, profile: Profile): Verdict {
  return judge(judged, idealRecord(judged, { profile, ...changes }), profile);
}

function words({ outcome, closing }: Verdict): readonly [string, string] {
  return [outcome, closing];
}

/** A message as it was observed. */
function seen(pattern: string, length: number, type: "text" | "binary" = "text"): EventView {
  return viewOf(message(repeat(octets(pattern), length), type));
}

/** A loop of a case whose second echo was this, and that went on to its end if it could. */
function secondEcho(judged: Case, observed: EventView, matched = 1): { readonly loop: LoopRecord } {
  const expected = seen("*", 16);
  const loop = finishedLoop(judged);
  return { loop: { ...loop, matched, mismatch: { index: 1, expected, observed } } };
}

test("a case without load is none of its business", () => {
  for (const judged of CASES.filter(({ quiet }) => quiet !== true)) {
    assert.equal(judgeLoad(judged, idealRecord(judged), "content"), null, judged.id);
  }
});

describe("a peer that sends everything back passes every load case", () => {
  for (const profile of PROFILES) {
    test(profile, () => {
      for (const judged of LOAD) {
        assert.deepEqual(words(verdictOf(judged, {}, profile)), ["pass", "ok"], judged.id);
      }
    });
  }
  test("with a sentence that says how much", () => {
    assert.equal(
      verdictOf(caseOf("12.1.1"), {}, "modern").because,
      "All 1000 messages came back as they were sent.",
    );
    assert.match(
      verdictOf(caseOf("9.1.1"), {}, "autobahn").because,
      /^A text message of 65536 octets came back\.$/,
    );
  });
});

describe("a peer that declines permessage-deflate", () => {
  for (const profile of PROFILES) {
    test(`does not implement it, ${profile}`, () => {
      for (const judged of DEFLATE) {
        const { loop: _, ...record } = idealRecord(judged, { profile, extension: null });
        const verdict = judge(judged, record, profile);
        const { ending, informational } = judged.expect;
        const isOpen = informational === true || ending.by === "peer";
        assert.deepEqual(words(verdict), ["unimplemented", isOpen ? "not-applicable" : "ok"], judged.id);
        assert.equal(verdict.requirement, undefined);
        assert.match(
          verdict.because,
          /^The tester offered permessage-deflate, and the peer did not accept it\.$/,
        );
      }
    });
    for (const [extension, unmet] of [
      ["permessage-deflate", ""],
      ["permessage-deflate; server_no_context_takeover; server_max_window_bits=9", ""],
      ["permessage-deflate; client_no_context_takeover", "32.1.3, 32.1.19"],
      ["permessage-deflate; client_max_window_bits=14", "32.1.19"],
    ] as const) {
      test(`"${extension}" is enough for a case, or is not, ${profile}`, () => {
        for (const id of ["32.1.3", "32.1.4", "32.1.19"]) {
          const { outcome } = verdictOf(caseOf(id), { extension }, profile);
          assert.equal(outcome, unmet.split(", ").includes(id) ? "unimplemented" : "pass", id);
        }
      });
    }
    test(`is asked for it only where the case is about it, ${profile}`, () => {
      assert.deepEqual(words(verdictOf(caseOf("9.7.2"), { extension: null }, profile)), ["pass", "ok"]);
    });
  }
});

describe("a big message", () => {
  const judged = caseOf("9.1.1");
  const same = repeat(octets("BAsd7&jh23"), 65_536);
  const table: readonly (readonly [
    name: string,
    trace: RecordChanges["trace"],
    autobahn: string,
    modern: string,
    because: RegExp,
  ])[] = [
    ["the same", [message(same)], "pass", "pass", /^A text message of 65536 octets came back\.$/],
    [
      "of the same length with other content",
      [message(repeat(octets("x"), 65_536))],
      "pass",
      "fail",
      /and a message of the same length with other content came back\.$/,
    ],
    [
      "one octet short",
      [message(repeat(octets("BAsd7&jh23"), 65_535))],
      "fail",
      "fail",
      /^A text message of 65536 octets was sent, and a text message of 65535 octets came back\.$/,
    ],
    [
      "of the other type",
      [message(same, "binary")],
      "fail",
      "fail",
      /and a binary message of 65536 octets came back\.$/,
    ],
    ["nothing", [], "fail", "fail", /^A text message of 65536 octets did not come back\.$/],
    [
      "the right one behind a wrong one",
      [message("x"), message(same)],
      "fail",
      "fail",
      /a text message of 1 octet came back\.$/,
    ],
  ];
  for (const [name, trace, autobahn, modern, because] of table) {
    test(name, () => {
      const changes: RecordChanges = trace === undefined ? {} : { trace };
      const verdicts = PROFILES.map((profile) => verdictOf(judged, changes, profile));
      assert.deepEqual(
        verdicts.map(({ outcome }) => outcome),
        [autobahn, modern],
      );
      assert.match(verdicts[1]?.because ?? "", because);
      for (const { outcome, requirement } of verdicts) {
        assert.equal(requirement, outcome === "fail" ? judged.requirements[0] : undefined);
      }
    });
  }
});

describe("load that a reset cut off", () => {
  const reset = {
    tcp: "reset-by-peer",
    remoteCode: null,
    remotePayload: null,
    closedByTester: false,
  } as const;
  for (const id of ["9.1.1", "9.7.2"]) {
    test(`${id}: what the peer sent before may be lost`, () => {
      const judged = caseOf(id);
      const changes = id === "9.1.1" ? { trace: [] } : { loop: { ...finishedLoop(judged), matched: 1 } };
      const { because } = verdictOf(judged, { ...changes, close: reset }, "modern");
      assert.match(because, /c[ao]me back: the peer reset TCP, and data that it sent before may be lost\.$/);
    });
  }
});

describe("an echo loop", () => {
  test("that was not finished", () => {
    for (const id of ["9.7.2", "12.1.1"]) {
      for (const profile of PROFILES) {
        const judged = caseOf(id);
        const verdict = verdictOf(judged, { loop: { wanted: 1000, sent: 8, matched: 7 } }, profile);
        assert.deepEqual(words(verdict), ["fail", "ok"]);
        assert.equal(verdict.because, "7 of 1000 messages came back.");
        assert.equal(verdict.requirement, judged.requirements[0]);
      }
    }
  });
  test("that never began, or has no messages, is none that passes", () => {
    const judged = caseOf("9.7.2");
    const { loop: _, ...record } = idealRecord(judged);
    assert.equal(judge(judged, record, "modern").outcome, "fail");
    const loop = { wanted: 0, sent: 0, matched: 0 };
    assert.equal(verdictOf(judged, { loop }, "modern").outcome, "fail");
  });
  test("that was ended by an echo of another length or type", () => {
    const judged = caseOf("12.1.1");
    const shorter = verdictOf(judged, secondEcho(judged, seen("*", 15)), "modern");
    assert.equal(
      shorter.because,
      "Echo 2 of 1000 differs: a text message of 16 octets was sent, and a text message of 15 octets came back.",
    );
    const binary = verdictOf(judged, secondEcho(judged, seen("*", 16, "binary")), "autobahn");
    assert.match(
      binary.because,
      /a text message of 16 octets was sent, and a binary message of 16 octets came back/,
    );
    assert.deepEqual([shorter.outcome, binary.outcome], ["fail", "fail"]);
  });
  test("that was ended by one of the same length with other content", () => {
    const judged = caseOf("12.1.1");
    for (const profile of PROFILES) {
      const { outcome, because } = verdictOf(judged, secondEcho(judged, seen("x", 16)), profile);
      assert.equal(outcome, "fail");
      assert.match(because, /a message of the same length with other content came back\.$/);
    }
  });
  test("that went on behind such an echo, as in the original: only its lengths count there", () => {
    const judged = caseOf("9.7.2");
    const changes = secondEcho(judged, seen("x", 16), 1000);
    const autobahn = verdictOf(judged, changes, "autobahn");
    assert.equal(autobahn.outcome, "pass");
    assert.equal(autobahn.because, "All 1000 messages came back with their type and length.");
    const modern = verdictOf(judged, changes, "modern");
    assert.equal(modern.outcome, "fail");
    assert.match(modern.because, /^Echo 2 of 1000 differs/);
  });
});

describe("a peer that closes with the code of a limit", () => {
  const limited = (remoteCode: number, closedByTester = false): RecordChanges => ({
    trace: [],
    close: { closedByTester, remoteCode, remotePayload: remoteCode.toString(16).padStart(4, "0") },
  });
  for (const code of [1008, 1009]) {
    test(`shows a capability under modern, ${code}`, () => {
      for (const judged of LOAD) {
        const verdict = verdictOf(judged, limited(code), "modern");
        // What fits a control frame is never too big.
        if (code === 1009 && largestMessage(judged) <= 125) {
          assert.equal(verdict.outcome, "fail", judged.id);
          continue;
        }
        assert.deepEqual(words(verdict), ["unimplemented", "not-applicable"], judged.id);
        assert.match(verdict.because, new RegExp(`^The peer has a limit: .*with close code ${code}\\.$`));
        assert.equal(verdict.requirement, undefined);
      }
    });
    test(`fails under autobahn, ${code}`, () => {
      for (const judged of LOAD) {
        assert.deepEqual(
          words(verdictOf(judged, limited(code), "autobahn")),
          ["fail", "wrong-side"],
          judged.id,
        );
      }
    });
  }
  test("the case says that the profiles differ about it", () => {
    for (const { id, differs } of LOAD) assert.ok(differs?.includes("limit-is-a-capability"), id);
  });
  test("what it refused is said", () => {
    const because = (id: string): string => verdictOf(caseOf(id), limited(1009), "modern").because;
    assert.match(because("9.2.6"), /a message of 16777216 octets with/);
    assert.match(because("9.3.1"), /a message of 4194304 octets in fragments with/);
    assert.match(because("12.2.10"), /a message of 131072 octets/);
  });
  const not: readonly (readonly [name: string, changes: RecordChanges])[] = [
    ["another code", limited(1011)],
    ["no code", { trace: [], close: { closedByTester: false, remoteCode: null, remotePayload: "" } }],
    ["an answer to the tester's Close frame", limited(1009, true)],
    ["a violation before", { ...limited(1009), violations: ["rsv"] }],
  ];
  for (const [name, changes] of not) {
    test(`does not: ${name}`, () => {
      assert.equal(verdictOf(caseOf("9.1.1"), changes, "modern").outcome, "fail");
      assert.equal(verdictOf(caseOf("12.1.1"), changes, "modern").outcome, "fail");
    });
  }
  test("is none where everything came back before", () => {
    const close = limited(1009).close ?? {};
    assert.equal(verdictOf(caseOf("9.1.1"), { close }, "modern").outcome, "pass");
  });
});

describe("violations of permessage-deflate", () => {
  for (const [violation, requirement] of [
    ["corrupt-deflate", "7692-6.1-1"],
    ["window-exceeded", "7692-7.2.1-4"],
    ["context-taken-over", "7692-7.2.1-5"],
    ["inflated-too-long", "6455-6.2-1"],
  ] as const) {
    test(`fail the case under modern, whatever came back: ${violation}`, () => {
      const verdict = verdictOf(caseOf("13.3.1"), { violations: [violation] }, "modern");
      assert.deepEqual([verdict.outcome, verdict.requirement], ["fail", requirement]);
    });
  }
});

describe("figures beside the verdict", () => {
  const counts = (payload: number, application: number): TrafficCounts => ({
    wire: payload + 6,
    payload,
    application,
    frames: 1,
    messages: 1,
  });
  const latency = { min: 1, mean: 3, p50: 2, p99: 9, max: 10 };

  test("of a loop", () => {
    const judged = caseOf("12.1.1");
    const traffic = {
      received: counts(25, 100),
      sent: counts(50, 100),
      handshake: { received: 1, sent: 1 },
    };
    const loop = { ...finishedLoop(judged), latency };
    assert.deepEqual(verdictOf(judged, { loop, traffic }, "modern").measured, {
      durationMs: 3,
      messages: 1000,
      latencyP50Micros: 2,
      latencyP99Micros: 9,
      ratioReceived: 0.25,
      ratioSent: 0.5,
    });
  });
  test("nothing is divided by nothing", () => {
    const judged = caseOf("12.1.1");
    const traffic = { received: counts(1, 0), sent: counts(1, 0), handshake: { received: 1, sent: 1 } };
    assert.deepEqual(verdictOf(judged, { traffic }, "modern").measured, { durationMs: 3, messages: 1000 });
  });
  test("none of a case without loop", () => {
    assert.equal(verdictOf(caseOf("1.1.1"), {}, "modern").measured, undefined);
  });
});

test("the traces of a loop are none: its messages are not events", () => {
  assert.deepEqual(verdictOf(caseOf("12.1.1"), {}, "modern").expected, []);
  assert.equal(verdictOf(caseOf("9.1.1"), {}, "modern").expected.length, 1);
});
