import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  answers,
  closedByScript,
  closesWith,
  endsAnyhow,
  failsWith,
  message,
  pongWith,
  shouldFailWith,
} from "../../src/case/expect.js";
import { hex, octets, repeat } from "../../src/case/payload.js";
import {
  close,
  closeAfter,
  endTcp,
  fragmented,
  keepTcp,
  kill,
  MORE,
  patientClose,
  ping,
  rawClose,
  text,
  unread,
  until,
  wait,
} from "../../src/case/steps.js";
import { RECORDED_EVENTS, type Profile } from "../../src/record/record.js";
import { Opcode } from "../../src/case/opcode.js";
import { framesIn, KEY, peerClose, peerFrame, type PeerFrameOptions } from "../support/peer-frames.js";
import { assertClose, playing } from "../support/rig.js";
import { caseOf, someCase } from "../support/some-case.js";

const PROFILES: readonly Profile[] = ["autobahn", "modern"];

describe("steps about TCP", () => {
  test("nothing is read between stop-reading and read-again", () => {
    const played = someCase({
      script: [...unread(text("a"), ping("b")), closeAfter(5)],
      expect: answers(message("a"), pongWith("b")),
    });
    const rig = playing(played, { holdsWrites: true });
    assert.deepEqual([rig.transport.isHeld, rig.sent().length], [true, 2]);
    rig.clock.advance(400);
    assert.equal(rig.transport.isHeld, true);
    for (let write = 0; write < 2; write++) rig.transport.release();
    rig.clock.advance(49);
    assert.equal(rig.transport.isHeld, true);
    rig.clock.advance(1);
    assert.equal(rig.transport.isHeld, false);
  });
  test("a peer that takes nothing is read again after half a second", () => {
    const script = [...unread(text("a")), closeAfter(5)];
    const rig = playing(someCase({ script, expect: answers(message("a")) }), { holdsWrites: true });
    rig.clock.advance(499);
    assert.equal(rig.transport.isHeld, true);
    rig.clock.advance(1);
    assert.equal(rig.transport.isHeld, false);
  });
  test("behind the end of TCP nothing is sent, and the peer is still read", () => {
    const script = [text("a", MORE), endTcp(), closeAfter(1)];
    const rig = playing(someCase({ script, expect: endsAnyhow() }));
    assert.equal(rig.transport.finished, 1);
    rig.receive(peerFrame(Opcode.ping, "?"));
    rig.receive(peerClose(1002));
    assert.deepEqual(rig.sent(), ['TEXT "a" …']);
    assertClose(rig, { remoteCode: 1002, localCode: null, localPayload: null, closedByTester: false });
  });
  test("a Close frame that may be answered later", () => {
    const script = [patientClose(1000, 5000)];
    const rig = playing(someCase({ script, expect: closedByScript(closesWith(1000)) }));
    rig.clock.advance(4999);
    assert.equal(rig.connection.state, "closing");
    rig.clock.advance(1);
    assert.equal(rig.connection.state, "closed");
  });
  test("a server that leaves TCP to the client ends it after a short time", () => {
    const script = [keepTcp(), close(1000)];
    const played = someCase({ script, expect: closedByScript(closesWith(1000)) });
    const rig = playing(played, { role: "server" });
    rig.receive(peerFrame(Opcode.close, Uint8Array.of(3, 232), { key: KEY }));
    assert.equal(rig.connection.state, "closing");
    rig.clock.advance(100);
    assert.equal(rig.connection.state, "closed");
    assert.deepEqual(rig.recorder.timers, ["drop-timeout"]);
  });
});

describe("a script settles", () => {
  const settled = (...received: readonly Uint8Array[]): string => {
    const played = someCase({
      script: [text("a", { lengthBits: 16 }), kill(1)],
      expect: shouldFailWith(1002, message("a")),
    });
    const rig = playing(played);
    for (const octets of received) rig.receive(octets);
    return rig.connection.state;
  };
  test("when the peer has taken what it should refuse", () => {
    assert.equal(settled(), "open");
    assert.equal(settled(peerFrame(Opcode.text, "a")), "closing");
  });
  test("in either order of a Pong and an echo, if the case allows both", () => {
    const script = [text("a"), ping("b"), closeAfter(5)];
    const expect = answers(message("a"), pongWith("b"));
    for (const differs of [["pong-in-any-place"], []] as const) {
      const rig = playing(someCase({ script, expect, differs }));
      rig.receive(peerFrame(Opcode.pong, "b"));
      assert.equal(rig.connection.state, differs.length === 0 ? "closing" : "open");
      rig.receive(peerFrame(Opcode.text, "a"));
      assert.equal(rig.connection.state, "closing");
    }
  });
});

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
  test("a length in more bits than it needs", () => {
    const script = [text("ab", { lengthBits: 16 }), ping("", { lengthBits: 64 }), kill(1)];
    const rig = playing(someCase({ script, illegal: ["length-form"], expect: failsWith(1002) }));
    assert.deepEqual(
      framesIn(rig.transport.octets).map(({ header }) => [header.length, header.lengthForm]),
      [
        [2, 16],
        [0, 64],
      ],
    );
    assert.deepEqual(rig.undeclared(), []);
  });
  test("a chopped Close frame of the script", () => {
    const script = [rawClose(octets("\u0003\u00e8"))];
    const rig = playing(someCase({ script, chop: 3, expect: closedByScript(closesWith(1000)) }));
    assert.ok(rig.transport.writes.every(({ length }) => length <= 3));
    assert.equal(rig.connection.state, "closing");
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
      "cebae1bdb9cf83cebcceb5f4908080656469746564",
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

describe("inside a frame that goes out in parts", () => {
  const IN_PARTS = ["6.4.3", "6.4.4"];
  const PEERS: readonly { role: "client" | "server"; options: PeerFrameOptions }[] = [
    { role: "client", options: {} },
    { role: "server", options: { key: KEY } },
  ];
  for (const profile of PROFILES) {
    for (const { role, options } of PEERS) {
      for (const id of IN_PARTS) {
        test(`${id}: a Ping is answered behind it, ${role}, ${profile}`, () => {
          const rig = playing(caseOf(id), { profile, role });
          rig.connection.receive(peerFrame(Opcode.ping, "are you there?", options));
          assert.deepEqual(rig.sent(), []);
          const pauseMs = profile === "autobahn" ? 1000 : 100;
          rig.clock.advance(pauseMs);
          assert.deepEqual(rig.sent(), []);
          rig.clock.advance(pauseMs);
          const [text, pong, end] = rig.sent();
          assert.match(text ?? "", /^TEXT .* …$/);
          assert.deepEqual([pong, end], ['PONG "are you there?"', 'CONT ""']);
          assert.deepEqual(rig.undeclared(), []);
        });
        test(`${id}: a Close frame is answered behind it, ${role}, ${profile}`, () => {
          const rig = playing(caseOf(id), { profile, role });
          rig.connection.receive(peerClose(1007, "", options));
          const [text, close, ...more] = framesIn(rig.transport.octets);
          assert.deepEqual([text?.header.length, close?.header.opcode, more], [21, Opcode.close, []]);
          assert.deepEqual(rig.undeclared(), []);
          assertClose(rig, { clean: true, closedByTester: false, remoteCode: 1007 });
        });
        test(`${id}: a violation is answered behind it, ${role}, ${profile}`, () => {
          const rig = playing(caseOf(id), { profile, role });
          rig.connection.receive(peerFrame(Opcode.text, "", { ...options, rsv: 1 }));
          const [text, close, ...more] = framesIn(rig.transport.octets);
          assert.deepEqual([text?.header.length, close?.header.opcode, more], [21, Opcode.close, []]);
          assert.deepEqual(rig.undeclared(), []);
          assertClose(rig, { failedByTester: true, localCode: 1002 });
        });
      }
    }
  }
  test("what fails a connection by dropping it does not write inside the frame either", () => {
    const rig = playing(caseOf("6.4.3"), { testerOptions: { failsByDrop: true } });
    const before = rig.transport.octets.length;
    rig.connection.receive(peerFrame(Opcode.text, "", { rsv: 1 }));
    assert.equal(rig.transport.octets.length, before);
    assert.deepEqual([rig.connection.state, rig.undeclared()], ["closed", []]);
  });
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
        someCase({ script: [text("a"), kill(9)], expect: { ...failsWith(1002), pass: [message("a")] } }),
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
    assert.deepEqual(rig.recorder.timers, [], "an unsolicited Pong decides nothing");
    rig.connection.receive(peerFrame(Opcode.text, "b"));
    assert.deepEqual(rig.recorder.timers, ["settled"]);
  });
  test("modern: what never stops is not listened to for ever", () => {
    const rig = playing(someCase({ script: [ping("1"), kill(1)], expect: answers(pongWith("1")) }));
    for (let i = 0; i < RECORDED_EVENTS; i++) rig.connection.receive(peerFrame(Opcode.pong, "heartbeat"));
    assert.deepEqual(rig.recorder.timers, []);
    rig.connection.receive(peerFrame(Opcode.pong, "heartbeat"));
    assert.deepEqual(rig.recorder.timers, ["settled"]);
  });
  test("modern: pongs may be missing where only the latest is demanded", () => {
    const rig = playing(caseOf("2.10"));
    rig.connection.receive(peerFrame(Opcode.pong, "payload-9"));
    assert.deepEqual([rig.recorder.timers, rig.connection.state], [[], "closing"]);
  });
  test("modern: while the latest is missing, it is waited for", () => {
    const rig = playing(caseOf("2.10"));
    rig.connection.receive(peerFrame(Opcode.pong, "payload-8"));
    assert.deepEqual([rig.recorder.timers, rig.connection.state], [[], "open"]);
    rig.clock.advance(3000);
    assert.deepEqual(rig.recorder.timers, ["close"]);
  });
  test("modern: a peer that must fail and answers is not waited for", () => {
    const rig = playing(caseOf("3.1"));
    rig.connection.receive(peerFrame(Opcode.text, "Hello, world!"));
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
