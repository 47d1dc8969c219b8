import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Opcode } from "../../src/case/opcode.js";
import { closeOctets } from "../../src/wire/close-payload.js";
import { judge, judgeBoth } from "../../src/judge/judge.js";
import type { Profile } from "../../src/record/record.js";
import { peerClose, peerFrame } from "../support/peer-frames.js";
import { assertClose, connect, violationsOf, type Rig } from "../support/rig.js";
import { recordOf } from "../support/sample-record.js";
import { caseOf, someCase } from "../support/some-case.js";

const PING = { opcode: Opcode.ping, fin: true, rsv: 0, payload: new Uint8Array(0) };

/** A connection on which the peer has closed: in answer to the tester's Close frame, or on its own. */
function closed(code: number | undefined, order: "answering" | "first", profile: Profile = "modern"): Rig {
  const rig = connect({ profile });
  rig.connection.sendFrame(PING);
  if (order === "answering") rig.connection.startClose(closeOctets(1000));
  rig.connection.receive(peerClose(code));
  return rig;
}

describe("frames behind the peer's Close frame", () => {
  const rows: readonly (readonly [
    name: string,
    code: number | undefined,
    order: "answering" | "first",
    frame: Uint8Array,
    violations: readonly string[],
  ])[] = [
    ["a message, it closed first", 1000, "first", peerFrame(Opcode.text, "late"), ["data-after-close"]],
    ["a message, it answered", 1000, "answering", peerFrame(Opcode.text, "late"), ["data-after-close"]],
    ["a message, it had failed", 1002, "first", peerFrame(Opcode.text, "late"), ["data-after-close"]],
    ["a Close frame, it closed first", 1000, "first", peerClose(1000), ["close-after-close"]],
    ["a Close frame, it answered", undefined, "answering", peerClose(1000), ["close-after-close"]],
    ["a Close frame, it had failed", 1007, "first", peerClose(1000), ["close-after-close"]],
    ["a Pong, it had failed", 1002, "first", peerFrame(Opcode.pong), ["pong-after-failing"]],
    ["a Pong, it failed our Close", 1002, "answering", peerFrame(Opcode.pong), ["pong-after-failing"]],
    ["a Pong, both had closed", 1000, "answering", peerFrame(Opcode.pong), ["control-after-closing"]],
    ["a Ping, both had closed", 1000, "answering", peerFrame(Opcode.ping), ["control-after-closing"]],
    // It may not have the tester's Close frame yet, and has to answer until then (RFC 6455 §5.5.2).
    ["a Pong, it closed first", 1000, "first", peerFrame(Opcode.pong), []],
    ["a Pong, it is shutting down", 1001, "first", peerFrame(Opcode.pong), []],
    ["a Ping, it closed first", undefined, "first", peerFrame(Opcode.ping), []],
  ];
  for (const [name, code, order, frame, violations] of rows) {
    test(name, () => {
      const rig = closed(code, order);
      rig.connection.receive(frame);
      assert.deepEqual(violationsOf(rig), violations);
    });
  }

  test("a Pong that answers nothing is no proof that the peer reads on", () => {
    const rig = connect();
    rig.connection.receive(peerClose(1002));
    rig.connection.receive(peerFrame(Opcode.pong));
    assert.deepEqual(violationsOf(rig), []);
  });

  test("a code that was only sent back does not fail the connection", () => {
    const rig = connect();
    rig.connection.sendFrame(PING);
    rig.connection.startClose(closeOctets(1002));
    rig.connection.receive(peerClose(1002));
    rig.connection.receive(peerFrame(Opcode.pong));
    assert.deepEqual(violationsOf(rig), ["control-after-closing"]);
  });
});

describe("a second Close frame", () => {
  test("under autobahn its code is the one that is reported", () => {
    const rig = closed(1002, "first", "autobahn");
    rig.connection.receive(peerClose(1000, "twice"));
    assertClose(rig, { remoteCode: 1000, remoteReason: "twice", clean: true });
  });

  test("under autobahn it is reported also where it has no code", () => {
    const rig = closed(1002, "first", "autobahn");
    rig.connection.receive(peerClose());
    assertClose(rig, { remoteCode: null, remoteReason: null, remotePayload: "" });
  });

  test("under modern the first one counts", () => {
    const rig = closed(1002, "first");
    rig.connection.receive(peerClose(1000, "twice"));
    assertClose(rig, { remoteCode: 1002, remoteReason: null, clean: true });
  });

  for (const profile of ["autobahn", "modern"] as const) {
    test(`the deadline for TCP runs from the first one, ${profile}`, () => {
      const rig = closed(1000, "answering", profile);
      rig.clock.advance(900);
      rig.connection.receive(peerClose(1000));
      rig.clock.advance(99);
      assert.equal(rig.connection.state, "closing");
      rig.clock.advance(1);
      assert.equal(rig.connection.state, "closed");
      assert.deepEqual(rig.recorder.timers, ["drop-timeout"]);
    });
  }

  test("under autobahn an illegal one drops TCP, and the ending is not clean any more", () => {
    const rig = closed(1000, "answering", "autobahn");
    rig.connection.receive(peerClose(999));
    assert.equal(rig.connection.state, "closed");
    assertClose(rig, { remoteCode: 999, clean: false, droppedByTester: true });
  });
});

describe("verdicts on them", () => {
  const mustFail = caseOf("3.1");
  const byPeer = { closedByTester: false, remoteCode: 1002, remotePayload: "03ea" };

  test("a peer that failed the connection as it had to, and went on", () => {
    const record = recordOf({ close: byPeer, violations: ["close-after-close"] });
    const { outcome, because, requirement } = judge(mustFail, record, "modern");
    assert.deepEqual(
      [outcome, because, requirement],
      ["fail", "The peer sent a second Close frame.", "6455-5.5.1-7"],
    );
  });

  test("the original charges the code of the last one", () => {
    const close = { ...byPeer, remoteCode: 1000 };
    const record = recordOf({ profile: "autobahn", close, violations: ["close-after-close"] });
    const { outcome, closing } = judge(mustFail, record, "autobahn");
    assert.deepEqual([outcome, closing], ["pass", "wrong-code"]);
  });

  test("the record of one profile says nothing about the other", () => {
    for (const profile of ["autobahn", "modern"] as const) {
      const record = recordOf({ profile, violations: ["close-after-close"] });
      assert.deepEqual(Object.keys(judgeBoth(someCase({}), record)), [profile]);
    }
  });

  test("a Ping or Pong behind both Close frames is non-strict, and hides no failure", () => {
    const violations = ["control-after-closing"] as const;
    const mild = judge(someCase({}), recordOf({ violations }), "modern");
    assert.deepEqual([mild.outcome, mild.requirement], ["non-strict", "6455-7.1.2-2"]);
    const wrong = judge(caseOf("1.1.1"), recordOf({ violations }), "modern");
    assert.equal(wrong.outcome, "fail");
    assert.equal(wrong.requirement, caseOf("1.1.1").requirements[0]);
  });

  test("the more serious of two violations counts, whichever came first", () => {
    const record = recordOf({ violations: ["control-after-closing", "close-after-close"] });
    assert.equal(judge(someCase({}), record, "modern").requirement, "6455-5.5.1-7");
  });
});
