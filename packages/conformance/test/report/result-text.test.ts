import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CASES } from "../../src/cases/index.js";
import type { Case } from "../../src/case/case.js";
import { message, pongWith } from "../../src/case/expect.js";
import { repeat, octets } from "../../src/case/payload.js";
import { caseInfo } from "../../src/run/case-info.js";
import { traceView } from "../../src/record/event-view.js";
import { judge } from "../../src/judge/judge.js";
import { globalIndex, limitSeconds } from "../../src/report/autobahn/catalogue.js";
import { resultTexts } from "../../src/report/autobahn/result-text.js";
import type { LoopRecord, Profile } from "../../src/record/record.js";
import { finishedLoop, idealRecord, type RecordChanges } from "../support/sample-record.js";

const MATCH = "Actual events match at least one expected.";
const DIFFER = "Actual events differ from any expected.";
const CLOSED = "Connection was properly closed";

function find(id: string): Case {
  return CASES.find((one) => one.id === id) ?? assert.fail(id);
}

/** `result` and `resultClose` of a conforming peer's record with these changes. */
function texts(
  id: string,
  changes: RecordChanges = {},
  profile: Profile = "autobahn",
): readonly [string, string] {
  const played = find(id);
  const record = { ...idealRecord(played, changes), profile };
  const verdict = judge(played, record, profile);
  const { result, resultClose } = resultTexts(caseInfo(played), {
    type: "case-end",
    peer: "peer-1",
    case: id,
    attempt: 1,
    record,
    verdict,
    verdicts: {},
  });
  return [result, resultClose];
}

const UNOPENED: RecordChanges = {
  handshake: { opened: false, request: "", response: null, problem: "no" },
  trace: [],
};

describe("what scripts compare is the original's, letter for letter", () => {
  const WORDS: readonly (readonly [string, RecordChanges, string, string])[] = [
    ["1.1.1", {}, MATCH, CLOSED],
    ["1.1.1", { trace: [message("x")] }, DIFFER, CLOSED],
    ["2.1", { trace: [pongWith(""), pongWith("")] }, DIFFER, CLOSED],
    ["3.2", { trace: [] }, MATCH, CLOSED],
    // In section 7 a wrong code is the result, elsewhere it is not.
    [
      "7.9.5",
      { close: { remoteCode: 1006 } },
      "The close code should have been 1002 or empty",
      "The close code should have been 1002 or empty",
    ],
    [
      "7.7.2",
      { close: { remoteCode: 1002 } },
      "The close code should have been 1000,1001 or empty",
      "The close code should have been 1000,1001 or empty",
    ],
    ["1.1.1", { close: { remoteCode: 1001 } }, MATCH, "The close code should have been 1000 or empty"],
    // Events match, and the case fails all the same: the words stay.
    ["6.3.1", { close: { closedByTester: true } }, MATCH, "The connection was failed by the wrong endpoint"],
    ["3.4", { close: { closedByTester: true } }, MATCH, "The connection was failed by the wrong endpoint"],
    [
      "1.1.1",
      { close: { clean: false } },
      MATCH,
      "The spec requires the connection to be failed cleanly here",
    ],
    [
      "1.1.1",
      { close: { droppedByTester: true } },
      MATCH,
      "It is preferred that the server close the TCP connection",
    ],
    ["1.1.1", UNOPENED, DIFFER, "The WebSocket opening handshake was never completed!"],
    [
      "10.1.1",
      UNOPENED,
      "WebSocket connection was never open",
      "The WebSocket opening handshake was never completed!",
    ],
    ["9.1.4", UNOPENED, DIFFER, "The WebSocket opening handshake was never completed!"],
    // Cases without a verdict of their own.
    ["7.1.6", {}, "Text message was processed before close.", CLOSED],
    ["7.1.6", { trace: [] }, "Close was processed before text message could be returned.", CLOSED],
    ["7.1.6", { trace: [message("x")] }, DIFFER, CLOSED],
    [
      "7.13.1",
      { close: { remoteCode: 1003 } },
      "Actual events are undefined by the spec.",
      "The close code should have been 1000,5000,1002 or empty",
    ],
    [
      "7.13.2",
      { close: { closedByTester: false } },
      "Actual events are undefined by the spec.",
      "The connection was failed by the wrong endpoint",
    ],
    // Big messages.
    ["9.1.4", { trace: [] }, "Did not receive message within 100 seconds.", CLOSED],
    ["9.2.4", { trace: [] }, "Did not receive message within 10 seconds.", CLOSED],
    ["9.5.1", { trace: [] }, "Did not receive message within 1000 seconds.", CLOSED],
    ["9.1.1", {}, "Received text message of length 65536.", CLOSED],
    [
      "9.2.1",
      { trace: [message("x", "binary")] },
      "Expected binary message with payload of length 65536, but got 1.",
      CLOSED,
    ],
    [
      "9.1.1",
      { trace: [message("x", "binary")] },
      "Expected text message with payload, but got binary.",
      CLOSED,
    ],
    ["9.2.1", { trace: [message("x")] }, "Expected binary message with payload, but got text.", CLOSED],
    ["9.4.1", { trace: [message("x")] }, "Expected binary message with payload, but got binary.", CLOSED],
    // Loops.
    ["9.7.1", {}, "Ok, received all echo'ed messages in time.", CLOSED],
    ["9.8.6", { trace: [] }, "Case did not finish within 480 seconds.", CLOSED],
    ["12.1.1", {}, "Ok, received all echo'ed messages in time.", CLOSED],
    ["13.3.18", { trace: [] }, "Case did not finish within 480 seconds.", CLOSED],
    ["12.1.1", { extension: null }, DIFFER, CLOSED],
    [
      "9.7.2",
      { loop: mismatch("9.7.2", 16, true) },
      "Echo'ed message type or length differs from what I sent (got binary = True, payload length = 16).",
      CLOSED,
    ],
    [
      "12.1.1",
      { loop: mismatch("12.1.1", 16, true) },
      "Echo'ed message type differs from what I sent (got binary True, expected binary False).",
      CLOSED,
    ],
    [
      "12.1.1",
      { loop: mismatch("12.1.1", 3, false) },
      "Echo'ed message length differs from what I sent (got length 3, expected length 16).",
      CLOSED,
    ],
  ];
  for (const [id, changes, result, resultClose] of WORDS) {
    test(`${id}: ${result} / ${resultClose}`, () => {
      assert.deepEqual(texts(id, changes), [result, resultClose]);
    });
  }
});

test("what the original has no words for is said in ours", () => {
  const [result, resultClose] = texts("1.1.1", { trace: [] }, "modern");
  assert.notEqual(result, DIFFER);
  assert.notEqual(resultClose, CLOSED);
  assert.match(texts("1.1.1", { undeclared: ["a frame"] })[0], /says nothing about the peer/);
});

test("the seconds that it names are those that its cases have", () => {
  const limited = CASES.filter(({ id }) => /^(9|12|13)\./.test(id) && globalIndex(id) > 0);
  assert.equal(limited.length, 54 + 216);
  for (const { id, script } of limited) {
    const closing = script.find((step) => step.do === "close-after");
    assert.equal(limitSeconds(id), closing?.do === "close-after" ? closing.seconds : null, id);
  }
});

function mismatch(id: string, length: number, binary: boolean): LoopRecord {
  const [observed] = traceView([message(repeat(octets("*"), length), binary ? "binary" : "text")]);
  const [expected] = traceView([message(repeat(octets("*"), 16))]);
  if (observed === undefined || expected === undefined) assert.fail();
  return { ...finishedLoop(find(id)), matched: 0, mismatch: { index: 0, expected, observed } };
}
