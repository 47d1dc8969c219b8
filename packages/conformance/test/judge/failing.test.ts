import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { failsWith, message, pongWith, timeout } from "../../src/case/expect.js";
import { check, DROPPED, EMPTY_CLOSE, SILENT, verdictOf } from "./modern-rows.js";
import type { RecordChanges } from "../support/sample-record.js";
import { caseOf, someCase } from "../support/some-case.js";

const FIRST_ECHO = "3.2 3.3 3.4 4.1.3 4.1.4 4.1.5 4.2.3 4.2.4 4.2.5 5.15";
const LATE = "6.4.1 6.4.2 6.4.3 6.4.4";
const BAD_CLOSE = "7.3.2 7.3.6 7.9.4 7.9.5";

describe("the echo before a failure is optional", () => {
  check([
    { name: "no echo", ids: FIRST_ECHO, changes: { trace: [] }, outcome: "pass" },
    { name: "an echo", ids: FIRST_ECHO, changes: {}, outcome: "pass" },
    {
      name: "an answer to what is behind the illegal frame",
      ids: FIRST_ECHO,
      changes: ({ id, expect }) => ({
        trace: [...expect.pass, id === "5.15" ? message("fragment4") : pongWith("")],
      }),
      outcome: "fail",
      because: /came, which was not expected\.$/,
    },
    {
      name: "such an answer behind the peer's own Close frame",
      ids: FIRST_ECHO,
      changes: ({ id, expect }) => ({
        trace: [...expect.pass, id === "5.15" ? message("fragment4") : pongWith("")],
        close: { remoteAfterEvents: 1 },
      }),
      outcome: "fail",
      because: /came, which was not expected, after the peer's Close frame/,
      requirement: "6455-7.1.7-4",
    },
    {
      name: "an unsolicited Pong is not an event",
      ids: FIRST_ECHO,
      changes: ({ expect }) => ({ trace: [...expect.pass, pongWith("heartbeat")] }),
      outcome: "pass",
    },
  ]);
});

describe("a peer has to fail the connection by itself", () => {
  const ids = "2.5 3.1 3.5 3.6 4.1.1 4.2.2 5.1 5.9 5.18 6.3.1 6.20.1";
  check([
    {
      name: "it is silent",
      ids,
      changes: SILENT,
      outcome: "fail",
      closing: "wrong-side",
      because: /did not fail the connection in time/,
    },
    {
      name: "the tester closes for another reason",
      ids,
      changes: { close: { closedByTester: true } },
      outcome: "fail",
      closing: "wrong-side",
      because: /did not fail the connection/,
    },
    {
      name: "with the code that is meant",
      ids,
      changes: {},
      outcome: "pass",
      because: /failed the connection with code 100/,
    },
    {
      name: "with a Close frame without a code",
      ids,
      changes: { close: EMPTY_CLOSE },
      outcome: "pass",
      because: /without a code/,
    },
    {
      name: "by closing TCP",
      ids,
      changes: { close: DROPPED },
      outcome: "non-strict",
      because: /without a Close frame/,
      requirement: "6455-7.1.7-3",
    },
    {
      name: "by a reset",
      ids,
      changes: { close: { ...DROPPED, tcp: "reset-by-peer" } },
      outcome: "pass",
      because: /by resetting TCP; a Close frame before that may be lost/,
    },
    {
      name: "by a reset, with what had to come before it",
      ids: "6.4.1 6.4.3",
      changes: { trace: [], close: { ...DROPPED, tcp: "reset-by-peer" } },
      outcome: "pass",
      because: /may be lost/,
    },
    {
      name: "by an end of TCP, without what had to come before it",
      ids: "6.4.1 6.4.3",
      changes: { trace: [], close: DROPPED },
      outcome: "fail",
      requirement: "6455-5.4-6",
    },
    {
      name: "not by a reset behind another code",
      ids,
      changes: { close: { remoteCode: 1011, remotePayload: "03f3", tcp: "reset-by-peer" } },
      outcome: "non-strict",
      closing: "wrong-code",
      requirement: "6455-7.1.7-3",
    },
    {
      name: "with another code",
      ids,
      changes: { close: { remoteCode: 1011, remotePayload: "03f3" } },
      outcome: "non-strict",
      closing: "wrong-code",
      because: /code 1011; the code for this is 100[27]/,
      requirement: "6455-7.1.7-3",
    },
    {
      name: "not by an ordinary closing",
      ids,
      changes: { close: { remoteCode: 1000, remotePayload: "03e8" } },
      outcome: "fail",
      closing: "wrong-code",
      because: /as if nothing were wrong/,
    },
    {
      name: "not by going away",
      ids,
      changes: { close: { remoteCode: 1001, remotePayload: "03e9" } },
      outcome: "fail",
      closing: "wrong-code",
    },
    {
      name: "not by an answer",
      ids,
      changes: { trace: [message("Hello, world!")], close: { closedByTester: true } },
      outcome: "fail",
      closing: "wrong-side",
      because: /came, which was not expected/,
    },
    {
      name: "not with an echo that is illegal itself",
      ids,
      changes: { violations: ["rsv"], close: { closedByTester: true, failedByTester: true } },
      outcome: "fail",
      closing: "wrong-side",
      because: /reserved bit set.*instead of failing/,
      requirement: "6455-5.2-1",
    },
  ]);
  test("it did so, but sent more than was kept", () => {
    const { outcome } = verdictOf(caseOf("2.5"), { eventCount: 1 });
    assert.equal(outcome, "fail");
  });
});

describe("an illegal Close frame that comes back with its fault", () => {
  for (const [id, violation] of [
    ["3.7", "rsv"],
    ["27.1.7.1", "fragmented-control"],
  ] as const) {
    test(id, () => {
      const { outcome, because, requirement } = verdictOf(caseOf(id), {
        close: EMPTY_CLOSE,
        violations: [violation],
      });
      assert.deepEqual([outcome, requirement], ["fail", caseOf(id).requirements[0]]);
      assert.equal(because, "The peer sent the illegal Close frame back, as if it were legal.");
    });
  }
});

describe("an illegal Close frame answered as if it were legal", () => {
  const sent = { localPayload: "61", localCode: null };
  check([
    {
      name: "with an empty one, which a peer may send that sends no codes",
      ids: "3.7 27.1.7.1",
      changes: { close: EMPTY_CLOSE },
      outcome: "pass",
      because: /without a code/,
    },
    {
      name: "with the same one",
      ids: "26.1.1.36 27.1.7.2",
      changes: { close: { remoteCode: 1000, remotePayload: "03e8" } },
      outcome: "fail",
      closing: "wrong-code",
      because: /as if it were legal/,
    },
    {
      name: "with an ordinary one",
      ids: "3.7",
      changes: { close: { remoteCode: 1000, remotePayload: "03e8" } },
      outcome: "fail",
      closing: "wrong-code",
      because: /as if nothing were wrong/,
    },
    { name: "it failed the connection", ids: "3.7", changes: {}, outcome: "pass" },
    {
      name: "an empty Close frame that answers the tester's own is none of it",
      ids: "3.7",
      changes: { close: { ...EMPTY_CLOSE, closedByTester: true } },
      outcome: "fail",
      closing: "wrong-side",
      because: /did not fail the connection/,
    },
    {
      name: "with the same one",
      ids: BAD_CLOSE,
      changes: { close: { ...sent, remoteCode: null, remotePayload: "61" } },
      outcome: "fail",
      because: /as if it were legal/,
    },
    {
      name: "with an ordinary one",
      ids: BAD_CLOSE,
      changes: { close: { ...sent, remoteCode: 1000, remotePayload: "03e8" } },
      outcome: "fail",
      closing: "wrong-code",
      because: /closed with 1000, as if nothing/,
    },
    {
      name: "with an illegal one",
      ids: BAD_CLOSE,
      changes: {
        violations: ["close-payload-of-one-octet"],
        close: { ...sent, ...DROPPED, localPayload: "61" },
      },
      outcome: "fail",
      because: /payload of one octet, instead of failing/,
      requirement: "6455-5.5.1-1",
    },
    { name: "with 1002", ids: BAD_CLOSE, changes: {}, outcome: "pass", because: /code 1002/ },
    { name: "with no code", ids: BAD_CLOSE, changes: { close: EMPTY_CLOSE }, outcome: "pass" },
    {
      name: "by closing TCP",
      ids: BAD_CLOSE,
      changes: { close: { ...DROPPED, localPayload: "61" } },
      outcome: "non-strict",
      requirement: "6455-7.1.7-3",
    },
    {
      name: "not at all",
      ids: BAD_CLOSE,
      changes: SILENT,
      outcome: "fail",
      closing: "dropped-by-tester",
      because: /neither sent a Close frame nor closed TCP/,
    },
  ]);
});

test("a case without an illegal Close frame has none that could be sent back", () => {
  const judged = someCase({ expect: failsWith(1002), differs: ["illegal-close-answered"] });
  const { outcome, because } = verdictOf(judged, { close: EMPTY_CLOSE });
  assert.equal(outcome, "pass", because);
});

const ECHO_OF: (judged: Case) => RecordChanges = ({ script }) => {
  const [sent] = script;
  const payload = sent?.do === "raw-close" ? Buffer.from(sent.payload.pattern) : Buffer.alloc(2);
  const hex = payload.toString("hex");
  return { close: { localPayload: hex, remotePayload: hex, remoteCode: payload.readUInt16BE(0) } };
};

describe("a close code that RFC 6455 reserves for later (7.9.3, 7.9.6–7.9.9)", () => {
  const ids = "7.9.3 7.9.6 7.9.7 7.9.8 7.9.9";
  check([
    { name: "an echo", ids, changes: ECHO_OF, outcome: "pass", because: /which RFC 6455 allows/ },
    {
      name: "an ordinary answer",
      ids,
      changes: { close: { remoteCode: 1000, remotePayload: "03e8" } },
      outcome: "pass",
    },
    { name: "without a code", ids, changes: { close: EMPTY_CLOSE }, outcome: "pass" },
    { name: "1002", ids, changes: {}, outcome: "pass", because: /failed the connection with code 1002/ },
    {
      name: "TCP closed",
      ids,
      changes: { close: { ...DROPPED, localPayload: "03ec" } },
      outcome: "non-strict",
      requirement: "6455-7.1.7-3",
    },
    { name: "nothing", ids, changes: SILENT, outcome: "fail", closing: "dropped-by-tester" },
    {
      name: "a code that is forbidden",
      ids,
      changes: { violations: ["close-code"], close: { remoteCode: 1005, remotePayload: "03ed" } },
      outcome: "fail",
      requirement: "6455-7.4.1-1",
    },
  ]);
});

describe("a close code that is not used (7.9.1, 7.9.2)", () => {
  const ids = "7.9.1 7.9.2";
  check([
    { name: "an echo", ids, changes: ECHO_OF, outcome: "non-strict", requirement: "6455-10.7-2" },
    {
      name: "an ordinary answer",
      ids,
      changes: { close: { remoteCode: 1000, remotePayload: "03e8" } },
      outcome: "non-strict",
      requirement: "6455-10.7-2",
    },
    { name: "1002", ids, changes: {}, outcome: "pass" },
    { name: "nothing", ids, changes: SILENT, outcome: "fail", closing: "dropped-by-tester" },
  ]);
});

describe("a close reason that is not UTF-8 (7.5.1)", () => {
  const ids = "7.5.1";
  check([
    { name: "1007", ids, changes: { close: { remoteCode: 1007, remotePayload: "03ef" } }, outcome: "pass" },
    { name: "1002", ids, changes: { close: { remoteCode: 1002, remotePayload: "03ea" } }, outcome: "pass" },
    {
      name: "TCP closed",
      ids,
      changes: { close: DROPPED },
      outcome: "non-strict",
      requirement: "6455-7.1.7-3",
    },
    {
      name: "1008",
      ids,
      changes: { close: { remoteCode: 1008, remotePayload: "03f0" } },
      outcome: "non-strict",
      closing: "wrong-code",
      because: /the code for this is 1002 or 1007/,
      requirement: "6455-7.1.7-3",
    },
  ]);
});

describe("invalid text noticed early or late (6.4.x)", () => {
  const both = [timeout("A"), timeout("B")];
  check([
    {
      name: "early",
      ids: LATE,
      changes: { trace: [timeout("A")] },
      outcome: "pass",
      because: /as soon as the text was invalid/,
    },
    {
      name: "late",
      ids: LATE,
      changes: { trace: both },
      outcome: "pass",
      because: /only at the end of the message/,
    },
    {
      name: "before it was invalid",
      ids: LATE,
      changes: { trace: [] },
      outcome: "fail",
      because: /pause A/,
      requirement: "6455-5.4-6",
    },
    {
      name: "never",
      ids: LATE,
      changes: { ...SILENT, trace: both },
      outcome: "fail",
      closing: "wrong-side",
      because: /did not fail the connection in time/,
    },
    {
      name: "never, and echoed",
      ids: LATE,
      changes: { trace: [...both, message("x")], close: { closedByTester: true } },
      outcome: "fail",
      closing: "wrong-side",
      because: /a text message of 1 octet/i,
    },
  ]);
});
