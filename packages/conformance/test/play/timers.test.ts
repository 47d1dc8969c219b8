import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { answers, closedByScript, closesWith, failsWith, message, pongWith } from "../../src/case/expect.js";
import { Opcode } from "../../src/case/opcode.js";
import { close, closeAfter, kill, ping, text, until, wait } from "../../src/case/steps.js";
import type { Profile } from "../../src/record/record.js";
import { peerClose, peerFrame } from "../support/peer-frames.js";
import { playing, timersOf } from "../support/rig.js";
import { caseOf, someCase } from "../support/some-case.js";

const PROFILES: readonly Profile[] = ["autobahn", "modern"];

describe("kill", () => {
  const played = someCase({ script: [text("a"), kill(0.5)], expect: answers(message("a")) });

  for (const [profile, line] of [
    ["autobahn", 'CLOSE 1001 "Going Away"'],
    ["modern", "CLOSE 1000"],
  ] as const) {
    test(`against a peer that says nothing, ${profile}`, () => {
      const rig = playing(played, { profile });
      rig.clock.advance(499);
      assert.deepEqual(rig.sent(), ['TEXT "a"']);
      rig.clock.advance(1);
      assert.deepEqual(rig.sent(), ['TEXT "a"', line]);
      assert.deepEqual(rig.recorder.timers, ["kill"]);
      assert.equal(rig.connection.closeRecord.failedByTester, profile === "autobahn");
      assert.deepEqual(timersOf(rig), ["kill set 0.5", "kill fired 0.5"]);
    });
  }
  test("is scaled", () => {
    const rig = playing(played, { scale: 4 });
    rig.clock.advance(1999);
    assert.deepEqual(rig.recorder.timers, []);
    rig.clock.advance(1);
    assert.deepEqual(rig.recorder.timers, ["kill"]);
  });
  test("autobahn: fires while the connection is closing, and drops TCP", () => {
    const rig = playing(played, { profile: "autobahn" });
    rig.connection.receive(peerFrame(Opcode.text, "a"));
    rig.connection.receive(peerClose(1000));
    rig.clock.advance(500);
    assert.deepEqual(rig.recorder.timers, ["kill"]);
    const { droppedByTester, clean, failedByTester } = rig.connection.closeRecord;
    assert.deepEqual(
      { droppedByTester, clean, failedByTester },
      { droppedByTester: true, clean: true, failedByTester: true },
    );
  });
  test("autobahn: is set before the deadlines of closing and so comes before them", () => {
    const rig = playing(someCase({ script: [text("a"), kill(1)], expect: answers(message("a")) }), {
      profile: "autobahn",
    });
    rig.connection.receive(peerFrame(Opcode.text, "a"));
    rig.clock.advance(1000);
    assert.deepEqual(rig.recorder.timers, ["kill"]);
    assert.equal(rig.connection.closeRecord.notCleanReason, null);
  });
  test("modern: does not fire while the connection is closing; the deadlines of closing decide", () => {
    const rig = playing(played, { profile: "modern" });
    rig.connection.receive(peerFrame(Opcode.text, "a"));
    rig.connection.receive(peerClose(1000));
    rig.clock.advance(1000);
    assert.deepEqual(rig.recorder.timers, ["drop-timeout"]);
  });
  for (const profile of PROFILES) {
    test(`does not fire once TCP is gone, ${profile}`, () => {
      const rig = playing(played, { profile });
      rig.connection.end(false);
      assert.equal(rig.clock.waiting, 0);
      assert.deepEqual(rig.recorder.timers, []);
    });
  }
  test("modern: is not set where the script has closed already, autobahn: it is", () => {
    const closing = someCase({ script: [close(1000), kill(1)], expect: closedByScript(closesWith(1000)) });
    const sooner = someCase({ ...closing, script: [close(1000), kill(0.5)] });
    const modern = playing(sooner, { profile: "modern" });
    modern.clock.advance(5000);
    assert.deepEqual(modern.recorder.timers, ["close-timeout"]);
    const autobahn = playing(closing, { profile: "autobahn" });
    autobahn.connection.receive(peerClose(1000));
    autobahn.clock.advance(5000);
    // As far away as the deadline for TCP, and set before it.
    assert.deepEqual(autobahn.recorder.timers, ["kill"]);
    assert.equal(autobahn.connection.closeRecord.clean, true);
  });
});

describe("close-after", () => {
  const played = someCase({ script: [ping("a"), closeAfter(1)], expect: answers(pongWith("a")) });

  for (const [profile, line] of [
    ["autobahn", "CLOSE"],
    ["modern", "CLOSE 1000"],
  ] as const) {
    test(`against a peer that says nothing, ${profile}`, () => {
      const rig = playing(played, { profile });
      rig.clock.advance(1000);
      assert.deepEqual(rig.sent(), ['PING "a"', line]);
      assert.deepEqual(rig.recorder.timers, ["close"]);
      assert.equal(rig.connection.closeRecord.failedByTester, false);
    });
  }
  test("autobahn: means nothing while the connection is closing", () => {
    const rig = playing(played, { profile: "autobahn" });
    rig.connection.receive(peerFrame(Opcode.pong, "a"));
    rig.clock.advance(500);
    rig.connection.receive(peerClose(1000));
    rig.clock.advance(500);
    assert.deepEqual(rig.sent(), ['PING "a"', "CLOSE 1000"]);
    assert.equal(rig.connection.state, "closing");
    rig.clock.advance(500);
    assert.deepEqual(rig.recorder.timers, ["close", "drop-timeout"]);
    assert.equal(rig.connection.closeRecord.clean, false);
  });
});

describe("until", () => {
  const played = someCase({
    script: [ping("1"), until(pongWith("1"), 400), ping("2"), kill(1)],
    expect: answers(pongWith("1"), pongWith("2")),
  });

  test("goes on when the event arrives", () => {
    const rig = playing(played);
    assert.deepEqual(rig.sent(), ['PING "1"']);
    rig.connection.receive(peerFrame(Opcode.pong, "1"));
    assert.deepEqual(rig.sent(), ['PING "1"', 'PING "2"']);
    assert.deepEqual(timersOf(rig), ["wait set 0.4", "wait fired 0.4 early", "kill set 1"]);
    assert.deepEqual(rig.recorder.timers, []);
    assert.equal(rig.clock.waiting, 1);
  });
  test("goes on at the deadline, and the record says so", () => {
    const rig = playing(played, { scale: 2 });
    rig.clock.advance(799);
    assert.deepEqual(rig.sent(), ['PING "1"']);
    rig.clock.advance(1);
    assert.deepEqual(rig.sent(), ['PING "1"', 'PING "2"']);
    assert.deepEqual(rig.recorder.timers, ["until"]);
    assert.deepEqual(timersOf(rig).slice(0, 2), ["wait set 0.8", "wait fired 0.8"]);
  });
  test("another event is not waited for", () => {
    const rig = playing(someCase({ ...played, differs: ["latest-pong-suffices"] }));
    rig.connection.receive(peerFrame(Opcode.pong, "other"));
    assert.deepEqual(rig.sent(), ['PING "1"']);
  });
  test("ends with the connection", () => {
    const rig = playing(played);
    rig.connection.end(false);
    assert.equal(rig.clock.waiting, 0);
    assert.deepEqual(rig.recorder.timers, []);
  });
  test("after the peer has closed, the script does not go on", () => {
    const rig = playing(played);
    rig.connection.receive(peerClose(1000));
    rig.clock.advance(500);
    assert.deepEqual(rig.sent(), ['PING "1"', "CLOSE 1000"]);
  });
});

describe("wait", () => {
  for (const [profile, ms] of [
    ["autobahn", 1000],
    ["modern", 100],
  ] as const) {
    test(`lasts ${ms} ms, ${profile}, and is an event`, () => {
      const rig = playing(caseOf("6.4.1"), { profile });
      rig.clock.advance(ms - 1);
      assert.deepEqual([rig.sent().length, rig.recorder.events], [1, []]);
      rig.clock.advance(1);
      assert.deepEqual([rig.sent().length, rig.recorder.events], [2, [{ type: "timeout", tag: "A" }]]);
      rig.clock.advance(ms);
      assert.deepEqual(rig.recorder.events.at(-1), { type: "timeout", tag: "B" });
      assert.deepEqual(timersOf(rig).slice(0, 2), [`wait set ${ms / 1000} A`, `wait fired ${ms / 1000} A`]);
    });
    test(`of a peer that fails meanwhile is no event, ${profile}`, () => {
      const rig = playing(caseOf("6.4.1"), { profile });
      rig.connection.receive(peerClose(1007));
      rig.clock.advance(ms);
      assert.deepEqual(rig.recorder.events, []);
      assert.equal(rig.sent().length, 2);
    });
  }
  test("is cancelled when TCP is gone", () => {
    const rig = playing(caseOf("6.4.1"));
    rig.connection.end(true);
    assert.equal(rig.clock.waiting, 0);
  });
  test("that is not expected: under modern the case is still played to its end", () => {
    const rig = playing(someCase({ script: [wait("X"), text("a"), kill(1)], expect: failsWith(1002) }));
    rig.clock.advance(100);
    assert.deepEqual(rig.sent(), ['TEXT "a"']);
  });
});

describe("a limit begins when the system has taken the last octet that was sent", () => {
  const chopped = someCase({ chop: 1, script: [text("a"), kill(1)], expect: answers(message("a")) });

  for (const profile of PROFILES) {
    test(`of octets that go out one by one, ${profile}`, () => {
      const rig = playing(chopped, { profile, holdsWrites: true });
      rig.clock.advance(5000);
      assert.deepEqual([timersOf(rig), rig.recorder.timers], [[], []]);
      // A header of six octets, and one of text.
      for (let octet = 0; octet < 7; octet++) {
        rig.transport.release();
        rig.clock.settle();
      }
      rig.clock.advance(999);
      assert.deepEqual(rig.recorder.timers, []);
      rig.clock.advance(1);
      assert.deepEqual([rig.recorder.timers, rig.recorder.limits], [["kill"], { kill: 1 }]);
    });
  }
  test("or when it has taken none of them for as long as the stall limit", () => {
    const rig = playing(chopped, { holdsWrites: true });
    rig.clock.advance(10_999);
    assert.deepEqual(rig.recorder.timers, []);
    rig.clock.advance(1);
    assert.deepEqual(rig.recorder.timers, ["kill"]);
  });
  test("the answer to a Close frame that is still queued has its time, too", () => {
    const rig = playing(chopped, { holdsWrites: true });
    rig.connection.startClose(Uint8Array.of(3, 232));
    rig.clock.advance(5000);
    assert.deepEqual(rig.recorder.timers, []);
  });
});
