import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { message, pongWith, timeout, type Trace } from "../../src/case/expect.js";
import { describeDifference, nameOf } from "../../src/judge/difference-text.js";
import { traceView, viewOf } from "../../src/record/event-view.js";
import { recordOf, type RecordChanges } from "../support/sample-record.js";

const EXPECTED: Trace = [pongWith("ab"), message("text")];

function describeIt(changes: RecordChanges, expected: Trace = EXPECTED): string {
  return describeDifference(traceView(expected), recordOf(changes));
}

describe("names of events", () => {
  const table = [
    [timeout("A"), "the end of pause A"],
    [pongWith("a"), "a pong with 1 octet"],
    [pongWith(""), "a pong with 0 octets"],
    [message("ab"), "a text message of 2 octets"],
    [message("a", "binary"), "a binary message of 1 octet"],
  ] as const;
  for (const [event, name] of table) test(name, () => assert.equal(nameOf(viewOf(event)), name));
});

describe("what came departs from what was expected", () => {
  test("another event", () => {
    assert.equal(
      describeIt({ trace: [pongWith("ab"), message("text", "binary")] }),
      "a text message of 4 octets was expected as event 2, but a binary message of 4 octets came",
    );
  });
  test("one too many", () => {
    assert.equal(
      describeIt({ trace: [...EXPECTED, pongWith("")] }),
      "a pong with 0 octets came, which was not expected",
    );
  });
  test("more than are kept", () => {
    assert.equal(describeIt({ trace: EXPECTED, eventCount: 2000 }), "2000 events came instead of 2");
  });
});

describe("what did not come, and how it ended", () => {
  const silent = { remoteCode: null, remotePayload: null };
  const table: readonly (readonly [name: string, changes: RecordChanges, end: string])[] = [
    ["the kill timer fired", { timers: ["kill"] }, " in time"],
    ["the close timer fired", { timers: ["until", "close"] }, " in time"],
    ["TCP ended", { close: silent }, ": the peer closed TCP"],
    [
      "TCP was reset",
      { close: { ...silent, tcp: "reset-by-peer" } },
      ": the peer reset TCP, and data that it sent before may be lost",
    ],
    [
      "the peer closed",
      { close: { closedByTester: false, remoteCode: 1003 } },
      ": the peer closed with code 1003",
    ],
    [
      "the peer closed without a code",
      { close: { closedByTester: false, remoteCode: null } },
      ": the peer closed",
    ],
    [
      "TCP was reset behind a Close frame",
      { close: { closedByTester: false, remoteCode: 1009, tcp: "reset-by-peer" } },
      ": the peer closed with code 1009",
    ],
    ["the tester closed", {}, ""],
    ["the tester gave up", { close: { ...silent, tcp: "ended-by-tester" } }, ""],
  ];
  for (const [name, changes, end] of table) {
    test(name, () => {
      assert.equal(
        describeIt({ trace: [pongWith("ab")], ...changes }),
        `a text message of 4 octets did not come${end}`,
      );
    });
  }
  test("a pause that was not over", () => {
    const sentence = describeIt({ close: { ...silent, tcp: "reset-by-peer" } }, [timeout("A")]);
    const lost = "the peer reset TCP, and data that it sent before may be lost";
    assert.equal(sentence, `the connection ended before pause A was over: ${lost}`);
  });
});
