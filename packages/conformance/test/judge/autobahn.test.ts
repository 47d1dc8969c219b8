import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { message } from "../../src/case/expect.js";
import { judge } from "../../src/judge/judge.js";
import type { Closing, Outcome } from "../../src/judge/verdict.js";
import type { CaseRecord } from "../../src/record/record.js";
import { FACTS } from "../cases/facts.js";
import { LOAD_FACTS } from "../cases/load-facts.js";
import { idealRecord } from "../support/sample-record.js";
import { caseOf } from "../support/some-case.js";

/** The words of the original for an outcome and for a closing. */
const BEHAVIOUR: Readonly<Record<Outcome, string>> = {
  pass: "OK",
  "non-strict": "NON-STRICT",
  informational: "INFORMATIONAL",
  unimplemented: "UNIMPLEMENTED",
  "too-slow": "FAILED",
  fail: "FAILED",
  blocked: "FAILED",
  skipped: "-",
  "harness-error": "-",
};
const CLOSE: Readonly<Record<Closing, string>> = {
  ok: "OK",
  unclean: "UNCLEAN",
  "wrong-code": "WRONG CODE",
  "wrong-side": "FAILED",
  "not-opened": "FAILED",
  "dropped-by-tester": "FAILED BY CLIENT",
  "not-applicable": "INFORMATIONAL",
};

/** How a connection ended, by the name that the table of verdicts has for it. */
const SITUATIONS: Readonly<Record<string, (judged: Case) => CaseRecord>> = {
  allGood: (judged) => idealRecord(judged),
  closedByWrongEndpoint: (judged) =>
    idealRecord(judged, { close: { closedByTester: judged.expect.ending.by !== "tester" } }),
  fuzzingClientDroppedTcp: (judged) =>
    idealRecord(judged, { close: { droppedByTester: true, tcp: "ended-by-tester" } }),
  handshakeNeverCompleted: (judged) =>
    idealRecord(judged, {
      trace: [],
      handshake: { opened: false, request: "GET / HTTP/1.1\r\n\r\n", response: null, problem: "no answer" },
    }),
  "matches NON-STRICT": (judged) => idealRecord(judged, { trace: judged.expect.nonStrict ?? [] }),
  noCloseCode: (judged) => idealRecord(judged, { close: { remoteCode: null, remotePayload: "" } }),
  notClean: (judged) => idealRecord(judged, { close: { clean: false, notCleanReason: "no answer" } }),
  unexpectedEvents: (judged) =>
    idealRecord(judged, { trace: [...judged.expect.pass, message("not asked for")] }),
  wrongCloseCode4242: (judged) => idealRecord(judged, { close: { remoteCode: 4242, remotePayload: "1092" } }),
};

function inWords(judged: Case, record: CaseRecord): readonly [string, string] {
  const { outcome, closing } = judge(judged, { ...record, profile: "autobahn" }, "autobahn");
  return [BEHAVIOUR[outcome], CLOSE[closing]];
}

describe("the verdicts of the original in every situation of its table", () => {
  for (const { id, verdictTable } of [...FACTS, ...LOAD_FACTS]) {
    test(id, () => {
      const judged = caseOf(id);
      const actual = Object.keys(verdictTable).map((name) => {
        const situation = SITUATIONS[name];
        assert.ok(situation, `no situation ${name}`);
        return [name, inWords(judged, situation(judged))];
      });
      assert.deepEqual(Object.fromEntries(actual), verdictTable);
    });
  }
  test("each situation occurs", () => {
    const names = new Set(FACTS.flatMap(({ verdictTable }) => Object.keys(verdictTable)));
    assert.deepEqual([...names].sort(), Object.keys(SITUATIONS).sort());
  });
});

describe("the first of several faults of a closing wins", () => {
  const echo = caseOf("7.7.1");
  const everything = {
    closedByTester: false,
    clean: false,
    notCleanReason: null,
    remoteCode: 4242,
    droppedByTester: true,
    tcp: "ended-by-tester" as const,
  };
  const table: readonly (readonly [
    name: string,
    close: Partial<CaseRecord["close"]>,
    words: readonly [string, string],
  ])[] = [
    ["the wrong side hides the rest", everything, ["OK", "FAILED"]],
    [
      "an unclean end hides a wrong code, and so its fatality",
      { ...everything, closedByTester: true },
      ["OK", "UNCLEAN"],
    ],
    [
      "a wrong code hides which side closed TCP",
      { ...everything, closedByTester: true, clean: true },
      ["FAILED", "WRONG CODE"],
    ],
    [
      "which side closed TCP comes last",
      { ...everything, closedByTester: true, clean: true, remoteCode: 1000 },
      ["OK", "FAILED BY CLIENT"],
    ],
  ];
  for (const [name, close, words] of table) {
    test(name, () => assert.deepEqual(inWords(echo, idealRecord(echo, { close })), words));
  }
});

describe("what the original lets pass", () => {
  test("a tester that is the server closes TCP itself", () => {
    const judged = caseOf("1.1.1");
    const record = idealRecord(judged, { role: "server", close: { droppedByTester: true } });
    assert.deepEqual(inWords(judged, record), ["OK", "OK"]);
  });
  test("a mute peer, where the connection has to be failed", () => {
    const judged = caseOf("2.5");
    const record = idealRecord(judged, {
      timers: ["kill", "close-timeout"],
      close: {
        closedByTester: true,
        failedByTester: true,
        remoteCode: null,
        remotePayload: null,
        clean: false,
      },
    });
    assert.deepEqual(inWords(judged, record), ["OK", "FAILED"]);
  });
  test("violations, as long as the events are right", () => {
    const judged = caseOf("2.1");
    const record = idealRecord(judged, { violations: ["masked-frame"], close: { remoteCode: 1002 } });
    assert.deepEqual(inWords(judged, record), ["OK", "WRONG CODE"]);
  });
  test("a close that answers the one with reserved bits", () => {
    const judged = caseOf("3.7");
    const record = idealRecord(judged, { close: { remoteCode: null, remotePayload: "" } });
    assert.deepEqual(inWords(judged, record), ["OK", "OK"]);
  });
});

describe("what it does not", () => {
  test("pongs only for the latest Ping", () => {
    const judged = caseOf("2.10");
    assert.deepEqual(inWords(judged, idealRecord(judged, { trace: judged.expect.pass.slice(-1) })), [
      "FAILED",
      "OK",
    ]);
  });
  test("a peer that echoes the code of the tester's own timer", () => {
    const judged = caseOf("1.1.1");
    const close = { failedByTester: true, localCode: 1001, remoteCode: 1001 };
    const record = idealRecord(judged, { trace: [], timers: ["kill"], close });
    assert.deepEqual(inWords(judged, record), ["FAILED", "WRONG CODE"]);
  });
  test("events beyond those that are kept", () => {
    const judged = caseOf("1.1.1");
    assert.deepEqual(inWords(judged, idealRecord(judged, { eventCount: 2 })), ["FAILED", "OK"]);
  });
  test("the closing of invalid text by the tester, which hides that the events were right", () => {
    const judged = caseOf("6.3.1");
    const verdict = judge(judged, idealRecord(judged, { close: { closedByTester: true } }), "autobahn");
    assert.deepEqual([verdict.outcome, verdict.closing], ["fail", "wrong-side"]);
    assert.equal(verdict.because, verdict.closingBecause);
    assert.equal(verdict.requirement, "6455-8.1-1");
  });
});

describe("sentences", () => {
  test("why the connection did not open", () => {
    const judged = caseOf("1.1.1");
    const handshake = { opened: false, request: null, response: null };
    const without = judge(judged, idealRecord(judged, { handshake }), "autobahn");
    assert.match(without.because, /the connection never opened/i);
    const withOne = judge(
      judged,
      idealRecord(judged, { handshake: { ...handshake, problem: "refused" } }),
      "autobahn",
    );
    assert.match(withOne.because, /refused/i);
  });
  test("a wrong code names each accepted one once", () => {
    const judged = caseOf("7.7.1");
    const { closingBecause } = judge(
      judged,
      idealRecord(judged, { close: { remoteCode: 3000 } }),
      "autobahn",
    );
    assert.match(closingBecause, /code is 3000 instead of 1000 or none/);
  });
  test("an unclean end without a reason, and with one", () => {
    const judged = caseOf("1.1.1");
    const sentence = (notCleanReason: string | null): string =>
      judge(judged, idealRecord(judged, { close: { clean: false, notCleanReason } }), "autobahn")
        .closingBecause;
    assert.match(sentence(null), /the tester ended the connection/);
    assert.match(sentence("no answer"), /: no answer/);
  });
  test("which side had to start the closing", () => {
    for (const [id, who] of [
      ["1.1.1", "the tester"],
      ["2.5", "the peer"],
    ] as const) {
      const judged = caseOf(id);
      const closedByTester = judged.expect.ending.by !== "tester";
      const { closingBecause } = judge(
        judged,
        idealRecord(judged, { close: { closedByTester } }),
        "autobahn",
      );
      assert.match(closingBecause, new RegExp(`^${who} had to start the closing`, "i"));
    }
  });
  test("only a failure breaks a requirement", () => {
    const judged = caseOf("3.2");
    const tolerated = judge(judged, idealRecord(judged, { trace: [] }), "autobahn");
    assert.deepEqual([tolerated.outcome, tolerated.requirement], ["non-strict", undefined]);
    const failed = judge(judged, idealRecord(judged, { trace: [message("x")] }), "autobahn");
    assert.deepEqual([failed.outcome, failed.requirement], ["fail", "6455-5.2-2"]);
  });
});
