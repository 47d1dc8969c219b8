import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { message, pongWith, timeout } from "../../src/case/expect.js";
import { CASES } from "../../src/cases/index.js";
import { judge } from "../../src/judge/judge.js";
import type { Verdict } from "../../src/judge/verdict.js";
import type { CaseRecord } from "../../src/record/record.js";
import { check, DROPPED, EMPTY_CLOSE, SILENT, verdictOf } from "./modern-rows.js";
import { idealRecord, type RecordChanges } from "../support/sample-record.js";
import { caseOf } from "../support/some-case.js";

const PARTS_ANSWERED = "7.1.1 7.1.2 7.1.3 7.1.4 7.1.5 7.3.1 7.3.3 7.3.4 7.3.5 7.7.1 7.7.8 7.7.13";

describe("7.1.3: the ping behind our Close frame may be answered", () => {
  const ids = "7.1.3";
  check([
    { name: "no pong", ids, changes: {}, outcome: "pass" },
    { name: "a pong", ids, changes: { trace: [pongWith("")] }, outcome: "pass" },
    { name: "a message", ids, changes: { trace: [message("")] }, outcome: "fail" },
  ]);
});

describe("a peer that keeps every rule passes every case", () => {
  for (const judged of CASES) {
    test(judged.id, () => {
      const { outcome, closing, requirement } = verdictOf(judged, {});
      const isEndOpen = judged.expect.opening !== undefined || judged.expect.endIsOpen === true;
      const passed = ["pass", isEndOpen ? "not-applicable" : "ok"];
      const expected = judged.expect.informational === true ? ["informational", "not-applicable"] : passed;
      assert.deepEqual([outcome, closing, requirement], [...expected, undefined]);
    });
  }
});

describe("a peer that is silent passes none", () => {
  // What the opening handshake decides is tested with it.
  const isJudgedBefore = ({ expect, answer, inspects, url }: Case): boolean =>
    expect.opening !== undefined ||
    answer !== undefined ||
    inspects !== undefined ||
    url !== undefined ||
    (expect.negotiation !== undefined && expect.pass.length === 0);
  const others = CASES.filter((one) => one.expect.informational !== true && !isJudgedBefore(one));
  for (const judged of others) {
    test(judged.id, () => {
      const { outcome, closing } = verdictOf(judged, SILENT);
      // Two cases about unsolicited Pongs expect only the closing handshake, which has its own column; one, only silence.
      const isOnlyAboutClosing = ["2.7", "2.8", "27.1.10"].includes(judged.id);
      const { firstMessageDecides, loopDecides } = judged.expect;
      const ofOthers = firstMessageDecides === true || loopDecides === true ? "too-slow" : "fail";
      assert.equal(outcome, isOnlyAboutClosing ? "pass" : ofOthers);
      assert.notEqual(closing, "ok");
    });
  }
});

describe("only the latest Ping needs a Pong (2.10, 2.11)", () => {
  const some = (...kept: number[]): ((judged: Case) => RecordChanges) => {
    return ({ expect }) => ({ trace: kept.map((index) => expect.pass[index] ?? timeout("?")) });
  };
  const ids = "2.10 2.11";
  check([
    { name: "the last alone", ids, changes: some(9), outcome: "pass", because: /the latest one was/ },
    { name: "some, in order", ids, changes: some(0, 4, 9), outcome: "pass", because: /the latest one was/ },
    { name: "all", ids, changes: {}, outcome: "pass", because: /exactly those/ },
    { name: "not the last", ids, changes: some(0, 1, 2), outcome: "fail" },
    { name: "out of order", ids, changes: some(4, 3, 9), outcome: "fail" },
    { name: "one twice, so that the second is unsolicited", ids, changes: some(9, 9), outcome: "pass" },
    { name: "none", ids, changes: some(), outcome: "fail" },
    { name: "one that was not asked for", ids, changes: { trace: [pongWith("?")] }, outcome: "fail" },
    {
      name: "more than are kept",
      ids,
      changes: (judged) => ({ ...some(9)(judged), eventCount: 2 }),
      outcome: "fail",
    },
    {
      name: "in other cases every Ping counts",
      ids: "5.19",
      changes: some(1, 2),
      outcome: "fail",
      requirement: "6455-5.5.2-1",
    },
  ]);
});

describe("an unsolicited Pong (RFC 6455 §5.5.3)", () => {
  const heartbeat = pongWith("heartbeat");
  check([
    {
      name: "is no event",
      ids: "2.7 2.8 1.1.1 2.1 5.6 7.1.1",
      changes: ({ expect }) => ({ trace: [heartbeat, ...expect.pass, heartbeat] }),
      outcome: "pass",
    },
    {
      name: "is no answer",
      ids: "2.2 2.9",
      changes: { trace: [heartbeat] },
      outcome: "fail",
      because: /a pong with 9 octets came, which answers no ping/,
      requirement: "6455-5.5.3-1",
    },
    {
      name: "a message is one",
      ids: "2.7",
      changes: { trace: [message("x")] },
      outcome: "fail",
      requirement: "6455-6.2-3",
    },
  ]);
});

describe("a peer that closes with a code that is forbidden, or illegally", () => {
  const close = { remoteCode: 1005, remotePayload: "03ed" };
  const withClosing = (name: "close-code" | "masked-frame"): RecordChanges["violations"] => [name];
  const closing = (name: "close-code" | "masked-frame", judged: Case): Verdict => {
    const record = idealRecord(judged, { close, violations: withClosing(name) ?? [] });
    const violations = record.violations.map((one) => ({ ...one, closing: true as const }));
    return judge(judged, { ...record, violations }, "modern");
  };
  for (const id of ["1.1.1", "2.1", "5.6", "9.1.1", "12.1.1"]) {
    test(`the echo was right, the closing was not: ${id}`, () => {
      const verdict = closing("close-code", caseOf(id));
      assert.deepEqual(
        [verdict.outcome, verdict.requirement, verdict.closing, verdict.closingRequirement],
        ["pass", undefined, "wrong-code", "6455-7.4.1-1"],
      );
      assert.match(verdict.closingBecause, /1005, which must not appear/);
    });
  }
  for (const id of ["7.1.1", "7.3.1", "7.7.1", "7.9.6"]) {
    test(`a case about closing fails: ${id}`, () => {
      const verdict = closing("close-code", caseOf(id));
      assert.deepEqual([verdict.outcome, verdict.requirement], ["fail", "6455-7.4.1-1"]);
    });
  }
  for (const id of ["2.5", "3.1", "6.3.1"]) {
    test(`it has failed the connection: ${id}`, () => {
      const verdict = closing("close-code", caseOf(id));
      assert.deepEqual([verdict.outcome, verdict.closing], ["non-strict", "wrong-code"]);
    });
  }
  test("a Close frame that is illegal otherwise", () => {
    const verdict = closing("masked-frame", caseOf("9.1.1"));
    assert.deepEqual(
      [verdict.outcome, verdict.closing, verdict.closingRequirement],
      ["pass", "wrong-code", "6455-5.1-4"],
    );
    assert.match(verdict.closingBecause, /1005.*; besides, the peer sent a masked frame/);
  });
});

describe("a client that leaves behind the answer to its handshake", () => {
  const judged = caseOf("12.1.1");
  const offer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  const record = (extension: string): CaseRecord =>
    idealRecord(judged, {
      role: "server",
      trace: [],
      extension,
      handshake: {
        opened: true,
        request: `GET / HTTP/1.1\r\nSec-WebSocket-Extensions: ${offer}\r\n\r\n`,
        response: "",
      },
      close: { ...DROPPED, closedByTester: false, tcp: "ended-by-peer" },
    });
  test("although the parameter that is missing is a hint", () => {
    const verdict = judge(judged, record("permessage-deflate; server_no_context_takeover"), "modern");
    assert.deepEqual([verdict.outcome, verdict.requirement], ["fail", "7692-5-7"]);
    assert.match(
      verdict.because,
      /without sending a frame.*client_no_context_takeover.*a hint.*RFC 7692 §7\.1\.1\.2/,
    );
  });
  test("for another reason", () => {
    const verdict = judge(judged, record(offer), "modern");
    assert.match(verdict.because, /without sending a frame, although the answer fits its offer\.$/);
  });
  test("with a frame it is another matter", () => {
    const spoke = { ...record(offer), frames: { received: { "1": 1 }, sent: {} } };
    assert.match(judge(judged, spoke, "modern").because, /messages came back/);
  });
});

describe("closing between two fragments (7.1.5)", () => {
  const ids = "7.1.5";
  check([
    { name: "1000", ids, changes: {}, outcome: "pass", because: /with code 1000/ },
    {
      name: "1002",
      ids,
      changes: { close: { remoteCode: 1002, remotePayload: "03ea" } },
      outcome: "pass",
      because: /with code 1002/,
    },
    { name: "no code", ids, changes: { close: EMPTY_CLOSE }, outcome: "pass", because: /with no code/ },
    {
      name: "no Close frame",
      ids,
      changes: { close: { ...DROPPED, localPayload: "03e8", notCleanReason: "no answer" } },
      outcome: "fail",
      closing: "unclean",
      requirement: "6455-5.5.1-5",
    },
  ]);
});

describe("what is only observed", () => {
  const ids = "7.1.6 7.13.1 7.13.2";
  check([
    {
      name: "a clean end",
      ids,
      changes: {},
      outcome: "informational",
      closing: "not-applicable",
      because: /closing handshake was completed/,
    },
    {
      name: "silence",
      ids,
      changes: SILENT,
      outcome: "informational",
      closing: "not-applicable",
      because: /no close code.*did not answer/,
    },
    {
      name: "violations",
      ids,
      changes: { violations: ["rsv"], close: { clean: false } },
      outcome: "informational",
      closing: "not-applicable",
      because: /the tester ended TCP/,
    },
    {
      name: "events are counted",
      ids,
      changes: { trace: [message("a"), message("b")] },
      outcome: "informational",
      closing: "not-applicable",
      because: /^2 events and close code 1000 came/,
    },
    {
      name: "one event",
      ids,
      changes: { trace: [message("a")] },
      outcome: "informational",
      closing: "not-applicable",
      because: /^1 event /,
    },
  ]);
});

describe("a Close frame has to be answered", () => {
  check([
    {
      name: "in cases that are about it",
      ids: PARTS_ANSWERED,
      changes: (judged) => ({ ...SILENT, trace: judged.expect.pass }),
      outcome: "fail",
      closing: "unclean",
      because: /did not answer/,
      requirement: "6455-5.5.1-5",
    },
    {
      name: "with TCP closed instead",
      ids: PARTS_ANSWERED,
      changes: { close: { ...DROPPED, localPayload: "03e8", notCleanReason: null } },
      outcome: "fail",
      closing: "unclean",
      requirement: "6455-5.5.1-5",
    },
    {
      name: "after a reset of TCP it is unknown",
      ids: PARTS_ANSWERED,
      changes: { close: { ...DROPPED, localPayload: "03e8", tcp: "reset-by-peer" } },
      outcome: "pass",
      closing: "unclean",
      because: /reset TCP, and data that it sent before may be lost, including its Close frame/,
    },
    {
      name: "elsewhere it is a matter of the closing",
      ids: "1.1.1 2.1 2.7 10.1.1",
      changes: (judged) => ({ ...SILENT, trace: judged.expect.pass }),
      outcome: "pass",
      closing: "unclean",
    },
    {
      name: "with a code that complains",
      ids: PARTS_ANSWERED.replace("7.1.5 ", ""),
      changes: { close: { remoteCode: 1011, remotePayload: "03f3" } },
      outcome: "fail",
      closing: "wrong-code",
      because: /failed the connection with code 1011 instead of answering/,
    },
    {
      name: "with an odd code that complains about nothing: §5.5.1 says what is typical, not what has to be",
      ids: PARTS_ANSWERED.replace("7.1.5 ", ""),
      changes: { close: { remoteCode: 4242, remotePayload: "1092" } },
      outcome: "pass",
      closing: "wrong-code",
    },
    {
      name: "with a code that complains, elsewhere",
      ids: "1.1.1 2.1",
      changes: { close: { remoteCode: 1011, remotePayload: "03f3" } },
      outcome: "pass",
      closing: "wrong-code",
    },
    { name: "without a code", ids: PARTS_ANSWERED, changes: { close: EMPTY_CLOSE }, outcome: "pass" },
  ]);
});

describe("close code 1010 (7.7.8)", () => {
  check([
    { name: "from the tester as client it is an ordinary code", ids: "7.7.8", changes: {}, outcome: "pass" },
    {
      name: "from the tester as server nothing is demanded",
      ids: "7.7.8",
      changes: { role: "server", close: { remoteCode: 4242, remotePayload: "1092" } },
      outcome: "informational",
      closing: "not-applicable",
      because: /close code 4242/,
    },
    {
      name: "other codes are judged in both roles",
      ids: "7.7.7",
      changes: { role: "server", close: { remoteCode: 1002, remotePayload: "03ea" } },
      outcome: "fail",
      closing: "wrong-code",
    },
  ]);
});

describe("the tester's own code is not charged to the peer that echoes it", () => {
  const own = { localCode: 1001, localPayload: "03e9", remoteCode: 1001, remotePayload: "03e9" };
  const ids = "1.1.1 5.3";
  check([
    {
      name: "after a timer",
      ids,
      changes: { timers: ["kill"], trace: [], close: own },
      outcome: "fail",
      because: /did not come in time/,
    },
    {
      name: "after another timer",
      ids,
      changes: { timers: ["close"], trace: [], close: own },
      outcome: "fail",
    },
    { name: "after a failure", ids, changes: { close: { ...own, failedByTester: true } }, outcome: "pass" },
    {
      name: "another code than the tester's",
      ids,
      changes: { timers: ["kill"], close: { ...own, remoteCode: 1002 } },
      outcome: "pass",
      closing: "wrong-code",
    },
    { name: "without any of these", ids, changes: { close: own }, outcome: "pass", closing: "wrong-code" },
  ]);
});

describe("an illegal frame fails every case, whatever else came", () => {
  check([
    {
      name: "a pong in a masked frame",
      ids: "2.1 2.9 5.6",
      changes: {
        violations: ["masked-frame"],
        close: { failedByTester: true, localCode: 1002, remoteCode: 1002 },
      },
      outcome: "fail",
      because: /^the peer sent a masked frame/i,
      requirement: "6455-5.1-4",
    },
    {
      name: "the first of several is named",
      ids: "1.1.1",
      changes: { violations: ["length-form", "rsv"] },
      outcome: "fail",
      because: /shortest form/,
      requirement: "6455-5.2-5",
    },
    {
      name: "data behind the Close frame",
      ids: "7.1.4",
      changes: { violations: ["data-after-close"] },
      outcome: "fail",
      requirement: "6455-5.5.1-4",
    },
  ]);
});

describe("how a connection ends", () => {
  check([
    {
      name: "the peer closes where the tester has to",
      ids: "1.1.1",
      changes: { trace: [], close: { closedByTester: false } },
      outcome: "fail",
      closing: "wrong-side",
      because: /: the peer closed with code 1000/,
    },
    {
      name: "a server that keeps TCP open",
      ids: "1.1.1 7.1.1",
      changes: {
        timers: ["drop-timeout"],
        close: { clean: false, dropTimeout: true, droppedByTester: true },
      },
      outcome: "pass",
      closing: "dropped-by-tester",
    },
    {
      name: "a tester that is the server closes TCP itself",
      ids: "1.1.1",
      changes: { role: "server", close: { droppedByTester: true } },
      outcome: "pass",
    },
    {
      name: "TCP given up because of what came while it was closing",
      ids: "1.1.1",
      changes: {
        violations: ["rsv"],
        close: { droppedByTester: true, failedByTester: true, tcp: "ended-by-tester" },
      },
      outcome: "fail",
      closing: "unclean",
      requirement: "6455-5.2-1",
    },
    {
      name: "the closing handshake was cut short",
      ids: "1.1.1",
      changes: { close: { remoteCode: null, remotePayload: null, clean: false, notCleanReason: null } },
      outcome: "pass",
      closing: "unclean",
    },
  ]);
  test("why it was not complete is said", () => {
    const close = { remoteCode: null, remotePayload: null, clean: false, notCleanReason: "no answer" };
    assert.match(verdictOf(caseOf("1.1.1"), { close }).closingBecause, /not completed: no answer/);
  });
  test("a server that did not answer an illegal Close frame in time is said to have kept TCP open", () => {
    assert.match(
      verdictOf(caseOf("7.3.2"), SILENT).closingBecause,
      /did not answer the Close frame within 1000 ms/,
    );
    const dropTimeout = { closeTimeout: false, dropTimeout: true, droppedByTester: true };
    assert.match(verdictOf(caseOf("7.3.2"), { close: dropTimeout }).closingBecause, /did not close TCP/);
  });
});

describe("a connection that never opened", () => {
  const handshake = { opened: false, request: "GET / HTTP/1.1\r\n\r\n", response: null };
  test("blocks every case, also one that only observes", () => {
    for (const judged of CASES) {
      const { outcome, closing, because, requirement } = verdictOf(judged, { handshake });
      assert.deepEqual([outcome, closing, requirement], ["blocked", "not-opened", undefined], judged.id);
      assert.match(because, /the connection never opened/i);
    }
  });
  test("a refusal says why, and breaks nothing", () => {
    const refused = { ...handshake, problem: "refused with 400", status: 400 };
    const { outcome, because, requirement } = verdictOf(caseOf("1.1.1"), { handshake: refused });
    assert.deepEqual([outcome, because, requirement], ["blocked", "Refused with 400.", undefined]);
    assert.match(verdictOf(caseOf("13.2.1"), { handshake: refused }).because, /to decline an offer.*§5\.1/);
  });
  test("an answer that breaks a MUST is a failure, in every case", () => {
    const broken = { ...handshake, problem: "a wrong answer", requirement: "7692-5-2", status: 101 };
    for (const judged of CASES) {
      const { outcome, closing, requirement } = verdictOf(judged, { handshake: broken });
      assert.deepEqual([outcome, closing, requirement], ["fail", "not-opened", "7692-5-2"], judged.id);
    }
  });
});
