import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { message, pongWith } from "../../src/case/expect.js";
import { judge } from "../../src/judge/judge.js";
import { servesBoth } from "../../src/judge/serves-both.js";
import type { Profile } from "../../src/record/record.js";
import { idealRecord, type RecordChanges } from "../support/sample-record.js";
import { caseOf } from "../support/some-case.js";
import { check, EMPTY_CLOSE } from "./modern-rows.js";

const PROFILES: readonly Profile[] = ["autobahn", "modern"];

/** The tolerated trace, and an ordinary closing by the tester. */
const TAKEN = ({ expect }: Case): RecordChanges => ({
  trace: expect.nonStrict ?? [],
  close: { closedByTester: true, remoteCode: 1000, remotePayload: "03e8" },
});
const ENDED_BY_LIMIT: RecordChanges = {
  trace: [],
  close: { closedByTester: false, remoteCode: 1009, remotePayload: "03f1" },
};

describe("a length that is not in its shortest form (25.1.2–25.1.4)", () => {
  const ids = "25.1.2.1 25.1.3.3 25.1.4.2";
  check([
    { name: "refused with 1002", ids, changes: {}, outcome: "pass", because: /failed the connection/ },
    { name: "refused without a code", ids, changes: { close: EMPTY_CLOSE }, outcome: "pass" },
    {
      name: "taken",
      ids,
      changes: TAKEN,
      outcome: "non-strict",
      because: /took what is illegal/,
      requirement: "6455-10.7-2",
    },
    {
      name: "taken and answered with a frame that is illegal itself",
      ids,
      changes: (judged) => ({ ...TAKEN(judged), violations: ["rsv"] }),
      outcome: "fail",
      requirement: "6455-5.2-1",
    },
    {
      name: "neither taken nor refused",
      ids,
      changes: { trace: [], close: { closedByTester: true } },
      outcome: "fail",
      closing: "wrong-side",
    },
    {
      name: "answered with an ordinary Close frame",
      ids,
      changes: { trace: [], close: { closedByTester: false, remoteCode: 1000, remotePayload: "03e8" } },
      outcome: "non-strict",
      closing: "not-applicable",
      because: /closed with 1000/,
      requirement: "6455-10.7-2",
    },
  ]);

  for (const profile of PROFILES) {
    test(`both traces are named, ${profile}`, () => {
      const judged = caseOf("25.1.2.2");
      const { expected } = judge(judged, { ...idealRecord(judged), profile }, profile);
      assert.deepEqual(
        expected.map(({ outcome, events }) => [outcome, events.length]),
        [
          ["pass", 0],
          ["non-strict", 1],
        ],
      );
      const record = { ...idealRecord(judged, TAKEN(judged)), profile };
      assert.equal(judge(judged, record, profile).outcome, "non-strict");
    });
  }
});

describe("a Pong may overtake an echo, and an echo a Pong", () => {
  const swapped = ({ expect }: Case): RecordChanges => ({ trace: expect.pass.toReversed() });
  check([
    { name: "the other way round", ids: "5.6 24.1.4 28.2.1 29.4.1", changes: swapped, outcome: "pass" },
    {
      name: "not where the tester has waited in vain",
      ids: "5.19",
      changes: ({ expect }) => ({ trace: expect.pass.toReversed(), timers: ["until"] }),
      outcome: "fail",
      requirement: "6455-5.5.2-1",
    },
    {
      name: "not two messages, or two Pongs",
      ids: "25.1.8.1",
      changes: swapped,
      outcome: "fail",
    },
  ]);

  test("under autobahn it may not, and the record of the other order serves one profile", () => {
    const judged = caseOf("5.6");
    const record = idealRecord(judged, swapped(judged));
    assert.equal(judge(judged, record, "autobahn").outcome, "fail");
    assert.ok(!servesBoth(judged, record));
    assert.ok(servesBoth(judged, idealRecord(judged)));
  });
});

describe("a limit of the peer is none of its faults", () => {
  check([
    {
      name: "behind the first message",
      ids: "25.1.8.25",
      changes: { ...ENDED_BY_LIMIT, trace: [message("before")] },
      outcome: "unimplemented",
      closing: "not-applicable",
      because: /has a limit: it refused a message of 65537 octets with close code 1009/,
    },
    {
      name: "behind another event than expected",
      ids: "25.1.8.25",
      changes: { ...ENDED_BY_LIMIT, trace: [message("wrong")] },
      outcome: "fail",
      closing: "wrong-side",
    },
    {
      name: "of a case with small messages only",
      ids: "25.1.8.1",
      changes: ENDED_BY_LIMIT,
      outcome: "fail",
      closing: "wrong-side",
    },
    {
      name: "in answer to a Close frame behind the message",
      ids: "28.2.2 29.1.14",
      changes: { trace: [], close: { remoteCode: 1009, remotePayload: "03f1" } },
      outcome: "unimplemented",
      closing: "not-applicable",
    },
  ]);
});

describe("how the connection ends", () => {
  check([
    {
      name: "a server leaves TCP open where the case is about that",
      ids: "29.1.11",
      changes: {
        timers: ["drop-timeout"],
        close: { dropTimeout: true, droppedByTester: true, tcp: "ended-by-tester" },
      },
      outcome: "fail",
      closing: "dropped-by-tester",
      because: /did not close TCP after both Close frames/,
      requirement: "6455-5.5.1-8",
    },
    {
      name: "in any way, behind the end of TCP",
      ids: "27.1.10",
      changes: {
        close: { closedByTester: false, clean: false, remoteCode: null, remotePayload: null },
      },
      outcome: "pass",
      closing: "not-applicable",
    },
    {
      name: "with a part of the message that never ended",
      ids: "27.1.10",
      changes: { trace: [message("Hel")] },
      outcome: "fail",
      closing: "not-applicable",
      requirement: "6455-6.2-1",
    },
    {
      name: "without the echo, which may be left out before a Close frame",
      ids: "29.1.14",
      changes: { trace: [] },
      outcome: "pass",
    },
    {
      name: "with a second Close frame for a second one",
      ids: "29.1.10",
      changes: { violations: ["close-after-close"] },
      outcome: "fail",
      requirement: "6455-5.5.1-7",
    },
  ]);

  test("under autobahn the end of 27.1.10 is open, too", () => {
    const judged = caseOf("27.1.10");
    const { outcome, closing } = judge(judged, idealRecord(judged), "autobahn");
    assert.deepEqual([outcome, closing], ["pass", "not-applicable"]);
  });

  test("what is only observed says whether TCP was reset", () => {
    const judged = caseOf("29.1.13");
    const record = idealRecord(judged, { close: { tcp: "reset-by-peer" } });
    assert.match(judge(judged, record, "modern").because, /was completed, and the peer reset TCP\.$/);
  });
});

test("a Pong of other data is no Pong for the Ping (28.2.1)", () => {
  const judged = caseOf("28.2.1");
  const [echo] = judged.expect.pass;
  assert.ok(echo);
  const record = idealRecord(judged, { trace: [echo, pongWith("other")] });
  assert.equal(judge(judged, record, "modern").outcome, "fail");
});

describe("messages that do not come back in a case about what the peer compresses (32.2.3)", () => {
  check([
    {
      name: "break what is said of receiving them, not of sending them",
      ids: "32.2.3",
      changes: {
        loop: { wanted: 4, sent: 4, matched: 1 },
        close: { closedByTester: false, remoteCode: 1007, remotePayload: "03ef" },
      },
      outcome: "fail",
      closing: "wrong-side",
      requirement: "7692-6.2-1",
    },
  ]);
});
