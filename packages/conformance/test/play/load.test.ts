import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { echoes, echoesAll, message } from "../../src/case/expect.js";
import { Opcode } from "../../src/case/opcode.js";
import { octets, repeat } from "../../src/case/payload.js";
import { closeAfter, echoLoop, fragmented, text } from "../../src/case/steps.js";
import type { Profile } from "../../src/record/record.js";
import { agreed } from "../support/agreements.js";
import { framesIn, peerClose, peerFrame, type SentFrame } from "../support/peer-frames.js";
import { playing, timersOf, violationsOf, type PlayRig, type RigOptions } from "../support/rig.js";
import { caseOf, someCase } from "../support/some-case.js";

const PROFILES: readonly Profile[] = ["autobahn", "modern"];

const BIG: Case = someCase({
  script: [text(repeat(octets("ab"), 1000)), closeAfter(10)],
  expect: echoes(message(repeat(octets("ab"), 1000))),
  quiet: true,
});

/** A loop of `count` messages of three octets. */
function loopOf(count: number, facts: Partial<Case> = {}): Case {
  const payload = octets("abc");
  return someCase({
    script: [closeAfter(60), echoLoop({ from: "payload", opcode: Opcode.text, payload, count })],
    expect: echoesAll(),
    quiet: true,
    ...facts,
  });
}

/** The log of a rig as words: notes, timers, frames by opcode, and whether it is on. */
function log({ wire }: PlayRig): readonly string[] {
  return wire.flatMap(({ entry }) => {
    if ("log" in entry) return [entry.log ? "on" : "off"];
    if ("note" in entry) return [entry.note];
    if ("timer" in entry) return [`${entry.timer} ${entry.phase}`];
    return "frame" in entry ? [`${entry.dir} ${entry.frame.opcode}`] : [];
  });
}

/** The frames that went out since this was last asked. */
function* newFrames(rig: PlayRig): Generator<readonly SentFrame[]> {
  let from = 0;
  for (;;) {
    const writes = rig.transport.writes.slice(from);
    from += writes.length;
    yield framesIn(Buffer.concat(writes));
  }
}

/** Sends every data frame back as it came, until the tester sends no more of them or `most` went back. */
function echoBack(rig: PlayRig, most = Infinity): number {
  let count = 0;
  for (const frames of newFrames(rig)) {
    const data = frames.filter(({ header }) => header.opcode < Opcode.close);
    if (data.length === 0 || count >= most) return count;
    const octetsBack = data.map(({ header: { opcode, rsv, fin }, payload }) =>
      peerFrame(opcode, payload, { rsv, more: !fin }),
    );
    count += data.filter(({ header }) => header.fin).length;
    rig.receive(Buffer.concat(octetsBack));
  }
  return count;
}

function loopFacts(rig: PlayRig): readonly (number | undefined)[] {
  const { loop } = rig.play.load.facts;
  return [loop?.wanted, loop?.sent, loop?.matched];
}

describe("a big message", () => {
  for (const profile of PROFILES) {
    test(`is quiet, its echo ends the case, and the rest is shown, ${profile}`, () => {
      const rig = playing(BIG, { profile });
      assert.deepEqual(log(rig), ["off", "close set"]);
      rig.receive(peerFrame(1, Buffer.alloc(1000, "ab")));
      rig.receive(peerClose(1000));
      assert.deepEqual(log(rig), ["off", "close set", "on", "> 8", "< 8"]);
      assert.deepEqual(rig.sent().slice(1), ["CLOSE 1000"]);
      assert.equal(rig.recorder.eventCount, 1);
      assert.deepEqual(rig.recorder.timers, []);
      assert.deepEqual(rig.recorder.statistics().frames, {
        received: { "1": 1, "8": 1 },
        sent: { "1": 1, "8": 1 },
      });
    });
    test(`the first message decides, right or wrong, ${profile}`, () => {
      const rig = playing(BIG, { profile });
      rig.receive(peerFrame(2, "x"));
      assert.deepEqual(rig.sent().slice(1), ["CLOSE 1000"]);
    });
    test(`an unsolicited Pong does not, ${profile}`, () => {
      const rig = playing(BIG, { profile });
      rig.receive(peerFrame(10, "still here"));
      assert.equal(rig.connection.state, "open");
      rig.receive(peerFrame(1, Buffer.alloc(1000, "ab")));
      assert.deepEqual(rig.sent().slice(1), ["CLOSE 1000"]);
    });
  }
  test("in fragments, many of them in one write, as the profile wants them", () => {
    const payload = repeat(octets("ab"), 1000);
    const cut = someCase({ ...BIG, script: [fragmented(payload, 100), closeAfter(10)] });
    const counts = PROFILES.map((profile) => {
      const { transport } = playing(cut, { profile });
      return [transport.writes.length, framesIn(transport.octets).length];
    });
    assert.deepEqual(counts, [
      [1, 11],
      [1, 10],
    ]);
  });
  test("in small writes", () => {
    const rig = playing(someCase({ ...BIG, chop: 64 }));
    assert.ok(rig.transport.writes.every(({ length }) => length <= 64));
    assert.equal(rig.transport.octets.length, 1008);
    assert.deepEqual(rig.undeclared(), []);
  });
});

describe("an echo loop", () => {
  for (const profile of PROFILES) {
    test(`sends message by message, and closes with 1000 behind the last, ${profile}`, () => {
      const rig = playing(loopOf(3), { profile });
      assert.deepEqual(rig.sent(), ['TEXT "abc"']);
      assert.equal(echoBack(rig), 3);
      assert.deepEqual(rig.sent(), ['TEXT "abc"', 'TEXT "abc"', 'TEXT "abc"', "CLOSE 1000"]);
      assert.deepEqual(loopFacts(rig), [3, 3, 3]);
      assert.deepEqual([rig.recorder.events, rig.recorder.timers, rig.undeclared()], [[], [], []]);
      assert.deepEqual(log(rig), ["off", "close set", "on", "> 8"]);
    });
    test(`ends at a message of another length, ${profile}`, () => {
      const rig = playing(loopOf(3), { profile });
      rig.receive(peerFrame(1, "abcd"));
      assert.deepEqual(rig.sent(), ['TEXT "abc"', "CLOSE 1000"]);
      assert.deepEqual(loopFacts(rig), [3, 1, 0]);
      assert.equal(rig.play.load.facts.loop?.mismatch?.index, 0);
    });
  }
  test("other content of the same length: ends it under modern, autobahn goes on", () => {
    const [autobahn, modern] = PROFILES.map((profile) => {
      const rig = playing(loopOf(3), { profile });
      rig.receive(peerFrame(1, "xyz"));
      return rig.sent();
    });
    assert.deepEqual(autobahn, ['TEXT "abc"', 'TEXT "abc"']);
    assert.deepEqual(modern, ['TEXT "abc"', "CLOSE 1000"]);
  });
  test("pieces of a corpus are compared whole under autobahn too", () => {
    const rig = playing(caseOf("12.2.1"), { profile: "autobahn", deflate: agreed() });
    rig.receive(peerFrame(2, Buffer.alloc(16)));
    assert.deepEqual(rig.sent().slice(1), ["CLOSE 1000"]);
  });
  test("how many depends on the run", () => {
    const wanted = (messages: "full" | "enough"): number | undefined =>
      playing(loopOf(1000), { messages }).play.load.facts.loop?.wanted;
    assert.deepEqual([wanted("full"), wanted("enough")], [1000, 200]);
  });
  test("Pings between the echoes are answered, Pongs are events and change nothing", () => {
    const rig = playing(loopOf(2));
    rig.receive(peerFrame(9, "?"));
    rig.receive(peerFrame(10, "!"));
    assert.equal(rig.connection.state, "open");
    assert.equal(echoBack(rig), 2);
    assert.deepEqual(loopFacts(rig), [2, 2, 2]);
    assert.deepEqual(rig.sent(), ['TEXT "abc"', 'PONG "?"', 'TEXT "abc"', "CLOSE 1000"]);
  });
  test("an echo in fragments, octet by octet", () => {
    const rig = playing(loopOf(1));
    const echo = Buffer.concat([
      peerFrame(1, "a", { more: true }),
      peerFrame(0, "", { more: true }),
      peerFrame(0, "bc"),
    ]);
    for (const octet of echo) rig.receive(Uint8Array.of(octet));
    assert.deepEqual(loopFacts(rig), [1, 1, 1]);
  });
  test("messages behind the last one are events", () => {
    const rig = playing(loopOf(1));
    rig.receive(Buffer.concat([peerFrame(1, "abc"), peerFrame(1, "abc")]));
    assert.deepEqual([loopFacts(rig), rig.recorder.eventCount], [[1, 1, 1], 1]);
  });
  for (const [name, end] of [
    ["the tester has begun to close", (rig: PlayRig): void => rig.clock.advance(60_000)],
    ["the peer has begun to close", (rig: PlayRig): void => rig.receive(peerClose(1000))],
  ] as const) {
    test(`does not go on when ${name}`, () => {
      const rig = playing(loopOf(5), { profile: "autobahn" });
      echoBack(rig, 2);
      const sent = rig.sent().length;
      end(rig);
      rig.receive(peerFrame(1, "abc"));
      assert.equal(rig.sent().length, sent + 1);
      assert.deepEqual([loopFacts(rig), rig.undeclared()], [[5, 3, 2], []]);
    });
  }
  test("nothing waits once TCP is gone", () => {
    for (const profile of PROFILES) {
      const rig = playing(loopOf(5), { profile });
      rig.connection.end(true);
      assert.equal(rig.clock.waiting, 0);
      assert.deepEqual(loopFacts(rig), [5, 1, 0]);
    }
  });
});

describe("permessage-deflate", () => {
  for (const profile of PROFILES) {
    test(`was not agreed on: the tester closes at once and sends nothing, ${profile}`, () => {
      const rig = playing(caseOf("12.1.1"), { profile });
      assert.deepEqual(rig.sent(), ["CLOSE 1000"]);
      assert.deepEqual(rig.play.load.facts, {});
      assert.deepEqual(log(rig), ["off", "on", "> 8"]);
      rig.receive(peerClose(1000));
      rig.connection.end(false);
      assert.equal(rig.clock.waiting, 0);
    });
    for (const id of ["12.1.10", "12.2.16", "12.4.15", "13.3.11"]) {
      test(`a loop to its end, ${id}, ${profile}`, () => {
        const rig = playing(caseOf(id), { profile, deflate: agreed({ clientNoContextTakeover: true }) });
        const wanted = rig.play.load.facts.loop?.wanted ?? Number.NaN;
        assert.equal(echoBack(rig), wanted);
        assert.deepEqual(loopFacts(rig), [wanted, wanted, wanted]);
        assert.deepEqual([violationsOf(rig), rig.undeclared()], [[], []]);
        const { sent, received } = rig.play.load.facts.traffic ?? assert.fail("no traffic");
        assert.deepEqual(
          [received.payload, received.application, received.frames, received.messages],
          [sent.payload, sent.application, sent.frames, wanted],
        );
        // Our frames have masks, of which the peer's have none.
        assert.equal(sent.wire - received.wire, 4 * sent.frames);
      });
    }
  }
  test("traffic is only reported for a loop that was completed", () => {
    const unfinished = playing(caseOf("12.2.1"), { deflate: agreed() });
    assert.equal(unfinished.play.load.facts.traffic, undefined);
    unfinished.receive(peerFrame(2, "wrong"));
    assert.equal(unfinished.connection.state, "closing");
    assert.equal(unfinished.play.load.facts.traffic, undefined);
  });
  test("and only where something was compressed", () => {
    const rig = playing(loopOf(1));
    echoBack(rig);
    assert.deepEqual(Object.keys(rig.play.load.facts), ["loop"]);
  });
});

describe("the case's own limit", () => {
  for (const [profile, line] of [
    ["autobahn", "CLOSE"],
    ["modern", "CLOSE 1000"],
  ] as const) {
    test(`ends a peer that goes on too slowly, ${profile}`, () => {
      const rig = playing(loopOf(1000), { profile });
      for (let round = 0; round < 12; round++) {
        rig.clock.advance(4999);
        rig.receive(peerFrame(1, "abc"));
      }
      rig.clock.advance(100);
      assert.equal(rig.sent().at(-1), line);
      assert.deepEqual(rig.recorder.timers, ["close"]);
      assert.deepEqual(timersOf(rig), ["close set 60", "close fired 60"]);
      assert.deepEqual(loopFacts(rig), [200, 13, 12]);
      assert.deepEqual(log(rig).slice(-2), ["on", "> 8"]);
    });
  }
});

describe("a peer that says nothing for a while", () => {
  const stalls = (rig: PlayRig): boolean => rig.recorder.timers.includes("stalled");
  const table: readonly (readonly [name: string, played: Case, options: RigOptions])[] = [
    ["a loop", loopOf(1000), {}],
    ["a big message", { ...BIG, script: [BIG.script[0] ?? text(""), closeAfter(1000)] }, {}],
    ["permessage-deflate", caseOf("12.1.1"), { deflate: agreed() }],
  ];
  for (const [name, played, options] of table) {
    test(`modern: the tester closes after ten seconds, ${name}`, () => {
      const rig = playing(played, options);
      rig.clock.advance(9999);
      assert.equal(rig.connection.state, "open");
      rig.clock.advance(1);
      assert.deepEqual(rig.recorder.timers, ["stalled"]);
      assert.equal(rig.sent().at(-1), "CLOSE 1000");
      assert.deepEqual(log(rig).slice(-3), [
        "no octet was sent or received for 10 s: the tester closes",
        "on",
        "> 8",
      ]);
    });
    test(`autobahn: only the case's own limit counts, ${name}`, () => {
      const rig = playing(played, { ...options, profile: "autobahn" });
      rig.clock.advance(30_000);
      assert.deepEqual([rig.recorder.timers, rig.connection.state], [[], "open"]);
    });
  }
  test("any octet is a sign of life", () => {
    const rig = playing(loopOf(1000));
    const echo = peerFrame(1, "abc");
    rig.clock.advance(6000);
    rig.receive(echo.subarray(0, 1));
    rig.clock.advance(6000);
    assert.equal(stalls(rig), false);
    rig.receive(echo.subarray(1));
    rig.clock.advance(9999);
    assert.equal(stalls(rig), false);
    rig.clock.advance(1);
    assert.equal(stalls(rig), true);
  });
  test("the deadline is scaled", () => {
    const rig = playing(loopOf(1000), { scale: 0.1 });
    rig.clock.advance(999);
    assert.equal(stalls(rig), false);
    rig.clock.advance(1);
    assert.equal(stalls(rig), true);
  });
  test("is not looked for once the connection closes: the deadlines of closing decide", () => {
    const rig = playing(loopOf(1));
    echoBack(rig);
    rig.clock.advance(60_000);
    assert.deepEqual(rig.recorder.timers, ["close-timeout"]);
  });
  test("is not looked for in other cases", () => {
    const rig = playing(caseOf("7.1.6"));
    rig.clock.advance(60_000);
    assert.equal(stalls(rig), false);
  });
});
