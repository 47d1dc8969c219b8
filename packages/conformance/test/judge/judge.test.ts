import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { message, pongWith } from "../../src/case/expect.js";
import { CASES } from "../../src/cases/index.js";
import { traceView, viewOf } from "../../src/record/event-view.js";
import { judge, judgeBoth } from "../../src/judge/judge.js";
import { servesBoth } from "../../src/judge/serves-both.js";
import type { HandshakeRecord, LoopRecord, Profile } from "../../src/record/record.js";
import { idealRecord, type RecordChanges } from "../support/sample-record.js";
import { caseOf } from "../support/some-case.js";

const PMD = "permessage-deflate";
const PROFILES: readonly Profile[] = ["autobahn", "modern"];

const SITUATIONS: readonly RecordChanges[] = [
  {},
  { trace: [] },
  { trace: [message("other")], violations: ["rsv"] },
  { close: { closedByTester: false, clean: false, remoteCode: null, remotePayload: null } },
  { handshake: { opened: false, request: null, response: null } },
  { undeclared: ["wrong-mask"] },
  { notPlayed: "not played, because no connection opens (1.1.1: the peer answered with status 403)" },
  { notPlayed: "skipped: capability deflate", lacked: "deflate" },
  { extension: null },
  { trace: [], close: { closedByTester: false, remoteCode: 1009, remotePayload: "03f1" } },
];

test("judging is pure: the result is the same twice, and frozen values are not changed", () => {
  for (const judged of CASES) {
    for (const changes of SITUATIONS) {
      const record = frozen(idealRecord(judged, changes));
      for (const profile of PROFILES) {
        assert.deepEqual(judge(frozen(judged), record, profile), judge(judged, record, profile), judged.id);
      }
    }
  }
});

test("a verdict names the traces that would have been accepted, the strict one first", () => {
  const judged = caseOf("6.4.1");
  const { pass, nonStrict = [] } = judged.expect;
  const ending = "the peer fails the connection: a Close frame with code 1007 or without a code";
  for (const [profile, second] of [
    ["modern", "pass"],
    ["autobahn", "non-strict"],
  ] as const) {
    assert.deepEqual(judge(judged, idealRecord(judged), profile).expected, [
      { outcome: "pass", events: traceView(pass), ending },
      { outcome: second, events: traceView(nonStrict), ending },
    ]);
  }
  const echo = caseOf("1.1.1");
  assert.equal(judge(echo, idealRecord(echo), "autobahn").expected.length, 1);
});

test("every sentence begins with a capital and ends with a full stop", () => {
  for (const judged of CASES) {
    for (const changes of SITUATIONS) {
      for (const profile of PROFILES) {
        const { because, closingBecause } = judge(judged, idealRecord(judged, changes), profile);
        for (const sentence of [because, closingBecause])
          assert.match(sentence, /^[A-Z0-9].*[^.]\.$/, judged.id);
      }
    }
  }
});

describe("a fault of the tester", () => {
  for (const profile of PROFILES) {
    test(`is no verdict on the peer, ${profile}`, () => {
      const judged = caseOf("1.1.1");
      const record = idealRecord(judged, { undeclared: ["rsv", "wrong-mask"] });
      const { outcome, because } = judge(judged, record, profile);
      assert.equal(outcome, "harness-error");
      assert.match(because, /rsv, wrong-mask/);
    });
  }
});

describe("whether one play serves both profiles", () => {
  const echo = caseOf("1.1.1");
  const loop = (wanted: number): LoopRecord => ({ wanted, sent: wanted, matched: wanted });
  const differing: LoopRecord = {
    ...loop(1000),
    matched: 1,
    mismatch: { index: 1, expected: viewOf(message("a")), observed: viewOf(message("b")) },
  };
  const asServer = { profile: "autobahn", role: "server" } as const;
  const unfit = (requirement?: string): HandshakeRecord => ({
    opened: false,
    request: null,
    response: null,
    ...(requirement === undefined ? {} : { requirement }),
  });
  const table: readonly (readonly [name: string, id: string, changes: RecordChanges, serves: boolean])[] = [
    ["an ordinary play", "1.1.1", {}, true],
    ["no empty last fragment", "6.2.3", {}, false],
    ["no empty last fragment, must fail", "6.3.2", {}, false],
    ["short pauses", "6.4.1", {}, false],
    ["an awaited event that did not come", "5.19", { timers: ["until"] }, true],
    ["the kill timer fired", "1.1.1", { timers: ["until", "kill"] }, false],
    ["the close timer fired", "2.1", { timers: ["close"] }, false],
    ["settled early", "1.1.1", { timers: ["settled"] }, false],
    ["no answer to the Close frame", "1.1.1", { timers: ["close-timeout"] }, true],
    [
      "TCP kept open, where the kill timer would have come first",
      "1.1.1",
      { timers: ["drop-timeout"] },
      false,
    ],
    ["TCP kept open, where no kill timer is", "2.1", { timers: ["drop-timeout"] }, true],
    [
      "TCP kept open, played by the original's rules",
      "1.1.1",
      { profile: "autobahn", timers: ["drop-timeout"] },
      true,
    ],
    ["code 1011", "2.5", { close: { remoteCode: 1011 } }, true],
    ["code 1012, which the original takes for a violation", "2.5", { close: { remoteCode: 1012 } }, false],
    ["code 1014", "2.5", { close: { remoteCode: 1014 } }, false],
    ["code 1015", "2.5", { close: { remoteCode: 1015 }, violations: ["close-code"] }, false],
    [
      "a code that is not defined, where the closing has to be complete",
      "7.7.1",
      { close: { remoteCode: 1016 } },
      false,
    ],
    ["an echo of such a code", "7.9.6", { close: { remoteCode: 1016 } }, true],
    [
      "the same, played by the original's rules",
      "7.9.6",
      { profile: "autobahn", close: { remoteCode: 1016 } },
      false,
    ],
    ["an unsolicited Pong", "2.2", { trace: [pongWith("x")] }, false],
    ["the same, where the script closes", "2.7", { trace: [pongWith("x")] }, true],
    ["a big message", "9.1.1", {}, true],
    ["a big message in fragments", "9.3.1", {}, false],
    ["nothing came for a while", "9.1.1", { timers: ["stalled"] }, false],
    ["a finished loop", "9.7.2", {}, true],
    ["a loop of fewer messages than the original's", "9.7.2", { loop: loop(200) }, false],
    ["a loop with permessage-deflate", "12.1.1", {}, true],
    ["one of fewer messages", "12.1.1", { loop: loop(10) }, false],
    ["permessage-deflate in fragments", "12.1.11", {}, false],
    ["permessage-deflate declined", "12.1.1", { extension: null }, true],
    ["an echo that differs ends the loop", "12.1.1", { loop: differing }, true],
    ["an echo that differs, where the original looks at lengths", "9.7.2", { loop: differing }, false],
    ["the same, played by the original's rules", "9.7.2", { profile: "autobahn", loop: differing }, true],
    ["the window exceeded", "13.3.1", { violations: ["window-exceeded"] }, false],
    ["a small window kept", "13.3.1", {}, true],
    ["a small window that was not checked", "13.3.1", { profile: "autobahn" }, false],
    ["the largest window", "13.4.1", { profile: "autobahn" }, true],
    [
      "a small window of a client",
      "13.3.1",
      { ...asServer, extension: `${PMD}; client_max_window_bits=9` },
      false,
    ],
    [
      "a small window of our own",
      "13.3.1",
      { ...asServer, extension: `${PMD}; server_max_window_bits=9` },
      true,
    ],
    ["an answer that does not fit the offer", "13.2.1", { profile: "autobahn", extension: PMD }, false],
    ["one that does", "13.1.1", { profile: "autobahn", extension: PMD }, true],
    ["a handshake that failed for such an answer", "13.2.1", { handshake: unfit("7692-5-2") }, false],
    ["one that failed for another reason", "13.2.1", { handshake: unfit("7692-7-6") }, true],
    ["one that failed for none", "13.2.1", { handshake: unfit() }, true],
  ];
  for (const [name, id, changes, serves] of table) {
    test(name, () => {
      const played = caseOf(id);
      const record = idealRecord(played, changes);
      assert.equal(servesBoth(played, record), serves);
      const verdicts = judgeBoth(played, record);
      const expected = serves ? PROFILES : [record.profile];
      assert.deepEqual(Object.keys(verdicts).sort(), [...expected].sort());
    });
  }
  test("each verdict is by its own rules", () => {
    const pings = caseOf("2.10");
    const record = idealRecord(pings, { trace: pings.expect.pass.slice(-1) });
    const { autobahn, modern } = judgeBoth(pings, record);
    assert.deepEqual([autobahn?.outcome, modern?.outcome], ["fail", "pass"]);
  });
  test("the profile in force has a verdict in any case", () => {
    const record = idealRecord(echo, { profile: "autobahn", timers: ["kill"] });
    assert.deepEqual(judgeBoth(echo, record), { autobahn: judge(echo, record, "autobahn") });
  });
});

/** Deeply frozen; octets in payloads cannot be. */
function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

test("a case that was not played is blocked by any rules, and no other profile can judge it", () => {
  const judged = caseOf("4.1.1");
  const record = idealRecord(judged, { notPlayed: "not played, because no connection opens" });
  for (const profile of PROFILES) {
    const { outcome, closing, because, requirement } = judge(judged, record, profile);
    assert.deepEqual([outcome, closing, requirement], ["blocked", "not-opened", undefined]);
    assert.equal(because, "Not played, because no connection opens.");
  }
  assert.ok(!servesBoth(judged, record));
});

test("a case that needs what the peer lacks is skipped by any rules, and nothing is said about its end", () => {
  const judged = caseOf("12.1.1");
  const record = idealRecord(judged, { notPlayed: "skipped: capability deflate", lacked: "deflate" });
  for (const profile of PROFILES) {
    const { outcome, closing, because } = judge(judged, record, profile);
    assert.deepEqual(
      [outcome, closing, because],
      ["skipped", "not-applicable", "Skipped: capability deflate."],
    );
  }
  assert.ok(!servesBoth(judged, record));
});
