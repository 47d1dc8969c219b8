import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  answers,
  answersThenFailsWith,
  closedByScript,
  closesWith,
  failsWith,
  message,
  pongWith,
} from "../../src/case/expect.js";
import { hex, octets, repeat } from "../../src/case/payload.js";
import {
  close,
  closeAfter,
  fragmented,
  kill,
  ping,
  rawClose,
  text,
  until,
  wait,
} from "../../src/case/steps.js";
import type { Profile } from "../../src/report/event.js";
import { Opcode } from "../../src/case/opcode.js";
import { framesIn, KEY, peerClose, peerFrame } from "./peer-frames.js";
import { playing, type PlayRig } from "./rig.js";
import { caseOf, someCase } from "./some-case.js";

const PROFILES: readonly Profile[] = ["autobahn", "modern"];

/** Timers, notes and so on, a line each. */
function timersOf({ wire }: PlayRig): readonly string[] {
  return wire.flatMap(({ entry }) => {
    if (!("timer" in entry)) return [];
    const { timer, phase, seconds, tag, early } = entry;
    return [
      `${timer} ${phase} ${seconds}${tag === undefined ? "" : ` ${tag}`}${early === true ? " early" : ""}`,
    ];
  });
}

describe("steps that send", () => {
  test("frames in order, without waiting", () => {
    const rig = playing(someCase({ script: [text("a"), ping("b"), kill(1)], expect: failsWith(1002) }));
    assert.deepEqual(rig.sent(), ['TEXT "a"', 'PING "b"']);
  });
  test("fragments follow the profile", () => {
    const played = someCase({ script: [fragmented(octets("abcd"), 2), kill(1)], expect: failsWith(1002) });
    assert.deepEqual(playing(played, { profile: "modern" }).sent(), ['TEXT "ab" …', 'CONT "cd"']);
    assert.deepEqual(playing(played, { profile: "autobahn" }).sent(), [
      'TEXT "ab" …',
      'CONT "cd" …',
      'CONT ""',
    ]);
  });
  test("chopped frames, a write each", () => {
    const rig = playing(someCase({ script: [text("abc"), kill(1)], chop: 4, expect: failsWith(1002) }));
    assert.deepEqual(
      rig.transport.writes.map(({ length }) => length),
      [4, 4, 1],
    );
  });
  test("sync frames, a write each", () => {
    const rig = playing(
      someCase({ script: [text("a"), text("b"), kill(1)], sync: true, expect: failsWith(1002) }),
    );
    assert.equal(rig.transport.writes.length, 2);
    assert.deepEqual(rig.sent(), ['TEXT "a"', 'TEXT "b"']);
  });
  test("a repeated payload is shown with the length of its pattern", () => {
    const rig = playing(someCase({ script: [text(repeat(octets("ab"), 5))], expect: failsWith(1002) }));
    const [frame] = rig.wire.flatMap(({ entry }) => ("frame" in entry ? [entry.frame] : []));
    assert.deepEqual([frame?.pattern, frame?.length], [2, 5]);
    assert.deepEqual(rig.sent(), ['TEXT "ababa"']);
  });
  test("a frame in parts has one key, and the pauses between them", () => {
    const rig = playing(caseOf("6.4.4"), { profile: "autobahn" });
    assert.deepEqual(framesIn(rig.transport.octets), []);
    assert.equal(rig.transport.writes.length, 2);
    rig.clock.advance(1000);
    assert.equal(rig.transport.writes.length, 3);
    rig.clock.advance(1000);
    const [frame, last] = framesIn(rig.transport.octets);
    assert.equal(
      Buffer.from(frame?.payload ?? []).toString("hex"),
      "cebae1bdb9cf83cebcceb5f490808065646974" + "6564",
    );
    assert.deepEqual([frame?.header.fin, frame?.header.length, last?.header.length], [false, 21, 0]);
    assert.deepEqual(rig.undeclared(), []);
  });
  test("a server sends a frame in parts without a mask", () => {
    const rig = playing(caseOf("6.4.3"), { role: "server" });
    rig.clock.advance(200);
    const [frame] = framesIn(rig.transport.octets);
    assert.deepEqual([frame?.header.maskingKey, frame?.header.length], [null, 21]);
    assert.deepEqual(rig.undeclared(), []);
  });
  test("playing a case leaves its payloads as they are", () => {
    const payload = hex("00fffefd");
    const steps = [
      { do: "frame-header", opcode: 2, fin: true, length: 4 } as const,
      { do: "payload-part", payload } as const,
    ];
    playing(someCase({ script: [...steps, rawClose(payload)], expect: failsWith(1002) }));
    assert.deepEqual(payload.pattern, Uint8Array.of(0, 0xff, 0xfe, 0xfd));
  });
});

describe("a tester that has to close in the middle of a frame", () => {
  for (const id of ["6.4.3", "6.4.4"]) {
    test(`${id} declares that`, () => {
      const rig = playing(caseOf(id));
      rig.connection.receive(peerClose(1007));
      assert.deepEqual([...rig.connection.sentIllegally], ["frame-inside-frame"]);
      assert.deepEqual(rig.undeclared(), []);
    });
  }
});

describe("close and raw-close", () => {
  test("go on: what follows is part of the case", () => {
    const script = [close(1000, "bye"), ping("x"), kill(1)];
    const rig = playing(someCase({ script, expect: closedByScript(closesWith(1000)) }));
    assert.deepEqual(rig.sent(), ['CLOSE 1000 "bye"', 'PING "x"']);
  });
  test("a second close does nothing", () => {
    const script = [rawClose(octets("a")), close(1000), text("late")];
    const rig = playing(someCase({ script, expect: closedByScript(closesWith(1000)) }));
    assert.deepEqual(rig.sent(), ["CLOSE hex 61", 'TEXT "late"']);
  });
});

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
    const modern = playing(closing, { profile: "modern" });
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
  test("that nobody expects: under modern the case is still played to its end", () => {
    const rig = playing(someCase({ script: [wait("X"), text("a"), kill(1)], expect: failsWith(1002) }));
    rig.clock.advance(100);
    assert.deepEqual(rig.sent(), ['TEXT "a"']);
  });
});

describe("a settled case", () => {
  for (const profile of PROFILES) {
    test(`is closed with the first expected code as soon as its trace is complete, ${profile}`, () => {
      const rig = playing(someCase({ script: [text("a"), kill(9)], expect: answers(message("a")) }), {
        profile,
      });
      rig.connection.receive(peerFrame(Opcode.text, "a"));
      assert.deepEqual(rig.sent(), ['TEXT "a"', "CLOSE 1000"]);
      assert.deepEqual(rig.recorder.timers, []);
    });
    test(`is not closed by the tester where the peer has to fail, ${profile}`, () => {
      const rig = playing(
        someCase({ script: [text("a"), kill(9)], expect: answersThenFailsWith(1002, message("a")) }),
        { profile },
      );
      rig.connection.receive(peerFrame(Opcode.text, "a"));
      assert.deepEqual(rig.sent(), ['TEXT "a"']);
    });
    test(`is not closed where the script does that, ${profile}`, () => {
      const expect = closedByScript(answers(message("a")));
      const script = [text("a"), until(pongWith("x")), close(3000), kill(9)];
      const rig = playing(someCase({ script, expect }), { profile });
      rig.connection.receive(peerFrame(Opcode.text, "a"));
      assert.deepEqual(rig.sent(), ['TEXT "a"']);
    });
  }
  test("autobahn: events that can no longer become the expected ones are waited out", () => {
    const rig = playing(someCase({ script: [text("a"), kill(1)], expect: answers(message("a")) }), {
      profile: "autobahn",
    });
    rig.connection.receive(peerFrame(Opcode.text, "b"));
    assert.deepEqual(rig.sent(), ['TEXT "a"']);
    rig.clock.advance(1000);
    assert.deepEqual(rig.recorder.timers, ["kill"]);
  });
  test("modern: they settle the case at once", () => {
    const rig = playing(someCase({ script: [text("a"), kill(1)], expect: answers(message("a")) }));
    rig.connection.receive(peerFrame(Opcode.text, "b"));
    assert.deepEqual(rig.sent(), ['TEXT "a"', "CLOSE 1000"]);
    assert.deepEqual(rig.recorder.timers, ["settled"]);
  });
  test("modern: a prefix of any accepted trace may still become one", () => {
    const expect = { ...answers(pongWith("1"), message("a")), nonStrict: [message("a")] };
    const rig = playing(someCase({ script: [ping("1"), text("a"), kill(1)], expect }));
    rig.connection.receive(peerFrame(Opcode.pong, "1"));
    assert.deepEqual(rig.recorder.timers, []);
    rig.connection.receive(peerFrame(Opcode.pong, "1"));
    assert.deepEqual(rig.recorder.timers, ["settled"]);
  });
  test("modern: pongs may be missing where only the latest is demanded", () => {
    const rig = playing(caseOf("2.10"));
    rig.connection.receive(peerFrame(Opcode.pong, "payload-9"));
    assert.deepEqual([rig.recorder.timers, rig.connection.state], [[], "open"]);
    rig.clock.advance(3000);
    assert.deepEqual(rig.recorder.timers, ["close"]);
  });
  test("modern: a peer that must fail and answers is not waited for", () => {
    const rig = playing(caseOf("2.5"));
    rig.connection.receive(peerFrame(Opcode.pong, Buffer.alloc(120, 0xfe)));
    assert.deepEqual(rig.recorder.timers, ["settled"]);
  });
});

describe("a peer that closes before the script has ended", () => {
  test("the rest is not sent", () => {
    const rig = playing(someCase({ script: [wait("A"), text("late"), kill(1)], expect: failsWith(1002) }));
    rig.connection.receive(peerClose(1002));
    rig.clock.advance(100);
    assert.deepEqual(rig.sent(), ["CLOSE 1000"]);
  });
  test("a server that plays: the script ends with the connection", () => {
    const rig = playing(someCase({ script: [wait("A"), text("late"), kill(1)], expect: failsWith(1002) }), {
      role: "server",
    });
    rig.connection.receive(peerClose(1002, "", { key: KEY }));
    assert.deepEqual([rig.states, rig.clock.waiting], [["closing", "closed"], 0]);
  });
});
