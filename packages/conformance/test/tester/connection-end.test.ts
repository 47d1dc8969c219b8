import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Opcode } from "../../src/case/opcode.js";
import { closeOctets } from "../../src/wire/close-payload.js";
import { VIOLATIONS } from "../../src/record/violation.js";
import { TCP_END_NOTES } from "../../src/record/close-record.js";
import { TCP_ENDS } from "../../src/report/words.js";
import type { Profile } from "../../src/record/record.js";
import { KEY, peerClose, peerFrame } from "../support/peer-frames.js";
import { assertClose, connect, violationsOf } from "../support/rig.js";

const PROFILES: readonly Profile[] = ["autobahn", "modern"];

describe("deadlines", () => {
  for (const profile of PROFILES) {
    test(`no Close frame within a second, ${profile}`, () => {
      const rig = connect({ profile });
      rig.connection.startClose(closeOctets(1000));
      rig.clock.advance(999);
      assert.equal(rig.connection.state, "closing");
      rig.clock.advance(1);
      assert.equal(rig.connection.state, "closed");
      assert.deepEqual(rig.recorder.timers, ["close-timeout"]);
      assertClose(rig, {
        clean: false,
        closeTimeout: true,
        dropTimeout: false,
        droppedByTester: true,
        failedByTester: false,
        notCleanReason: "the peer did not answer the Close frame within 1000 ms",
        tcp: "ended-by-tester",
      });
      const { ended, destroyed } = rig.transport;
      assert.deepEqual(
        { ended, destroyed },
        profile === "autobahn" ? { ended: 0, destroyed: 1 } : { ended: 1, destroyed: 0 },
      );
    });

    test(`TCP not closed within a second of the closing handshake, ${profile}`, () => {
      const rig = connect({ profile });
      rig.connection.startClose(closeOctets(1000));
      rig.clock.advance(900);
      rig.connection.receive(peerClose(1000));
      rig.clock.advance(999);
      assert.equal(rig.connection.state, "closing");
      rig.clock.advance(1);
      assert.deepEqual(rig.recorder.timers, ["drop-timeout"]);
      assertClose(rig, {
        clean: false,
        closeTimeout: false,
        dropTimeout: true,
        droppedByTester: true,
        notCleanReason: "the peer did not close TCP within 1000 ms of the closing handshake",
      });
    });
  }

  test("are scaled", () => {
    const rig = connect({ scale: 3 });
    rig.connection.startClose(closeOctets(1000));
    rig.clock.advance(2999);
    assert.equal(rig.connection.state, "closing");
    rig.clock.advance(1);
    assertClose(rig, { notCleanReason: "the peer did not answer the Close frame within 3000 ms" });
  });

  test("do not fire for a connection that has ended", () => {
    const rig = connect();
    rig.connection.startClose(closeOctets(1000));
    rig.connection.end(false);
    assert.equal(rig.clock.waiting, 0);
    rig.clock.advance(5000);
    assertClose(rig, { closeTimeout: false, tcp: "ended-by-peer" });
  });
});

describe("the end of TCP", () => {
  for (const reset of [false, true]) {
    test(reset ? "by a reset" : "by an end", () => {
      const rig = connect();
      rig.connection.end(reset);
      assertClose(rig, {
        tcp: reset ? "reset-by-peer" : "ended-by-peer",
        clean: false,
        notCleanReason: reset
          ? "the peer reset TCP, and data that it sent before may be lost"
          : "the peer closed TCP without a closing handshake",
        droppedByTester: false,
        closedByTester: false,
      });
      assert.deepEqual([rig.states, rig.transport.ended], [["closed"], 1]);
    });
  }
  test("is heard once", () => {
    const rig = connect();
    rig.connection.end(false);
    rig.connection.end(true);
    assertClose(rig, { tcp: "ended-by-peer" });
    assert.deepEqual(rig.states, ["closed"]);
  });
  test("in the middle of the closing handshake is no clean end", () => {
    const rig = connect();
    rig.connection.startClose(closeOctets(1000));
    rig.connection.end(true);
    assertClose(rig, { clean: false, closedByTester: true, tcp: "reset-by-peer" });
    assert.match(rig.connection.closeRecord.notCleanReason ?? "", /reset TCP.* may be lost/);
  });
});

describe("failing the connection", () => {
  test("sends a Close frame while it is open", () => {
    const rig = connect();
    rig.connection.fail(1002, "because");
    assert.deepEqual(rig.sent(), ['CLOSE 1002 "because"']);
    assertClose(rig, { failedByTester: true, closedByTester: true, droppedByTester: false, localCode: 1002 });
    assert.equal(rig.connection.state, "closing");
  });
  test("ends with a clean closing handshake if the peer takes part", () => {
    const rig = connect();
    rig.connection.fail(1002, "because");
    rig.connection.receive(peerClose(1002));
    rig.connection.end(false);
    assertClose(rig, { clean: true, failedByTester: true, tcp: "ended-by-peer" });
  });
  test("gives TCP up while it closes already", () => {
    const rig = connect({ profile: "autobahn" });
    rig.connection.startClose(closeOctets(1000));
    rig.connection.fail(1001, "Going Away");
    assert.deepEqual(rig.sent(), ["CLOSE 1000"]);
    assertClose(rig, { failedByTester: true, droppedByTester: true, clean: false, notCleanReason: null });
    assert.deepEqual([rig.transport.ended, rig.transport.destroyed], [1, 0]);
  });
  test("means nothing once it is closed", () => {
    const rig = connect();
    rig.connection.end(false);
    rig.connection.fail(1002, "late");
    assertClose(rig, { failedByTester: false });
    assert.deepEqual(rig.sent(), []);
  });
  test("a violation does so, a second one drops TCP and nothing behind it is read", () => {
    const rig = connect();
    rig.connection.receive(
      Buffer.concat([
        peerFrame(Opcode.text, "a", { rsv: 1 }),
        peerFrame(3, "b"),
        peerFrame(Opcode.pong, "c"),
      ]),
    );
    assert.deepEqual(violationsOf(rig), ["rsv", "reserved-opcode"]);
    assert.deepEqual(rig.sent(), [`CLOSE 1002 "the peer ${VIOLATIONS.rsv.sentence}"`]);
    assertClose(rig, { failedByTester: true, droppedByTester: true, tcp: "ended-by-tester" });
    assert.deepEqual([rig.events, rig.connection.state], [[], "closed"]);
  });
  test("octets that were queued go out before TCP is closed", () => {
    const rig = connect();
    rig.connection.sendFrame({ opcode: 1, fin: true, rsv: 0, payload: Buffer.from("ab") }, { chop: 4 });
    rig.connection.startClose(closeOctets(1000));
    rig.connection.fail(1002, "again");
    assert.equal(rig.transport.ended, 0);
    rig.clock.settle();
    assert.deepEqual(rig.sent(), ['TEXT "ab"', "CLOSE 1000"]);
    assert.deepEqual([rig.transport.ended, rig.clock.waiting], [1, 0]);
  });
  test("a peer that no longer reads does not hold the socket", () => {
    const rig = connect();
    rig.transport.isHolding = true;
    rig.connection.sendFrame({ opcode: 1, fin: true, rsv: 0, payload: Buffer.from("ab") }, { chop: 4 });
    rig.connection.startClose(closeOctets(1000));
    rig.connection.fail(1002, "again");
    rig.clock.advance(999);
    assert.equal(rig.transport.ended, 0);
    rig.clock.advance(1);
    assert.equal(rig.transport.ended, 1);
  });
});

describe("illegal Close frames of the peer, for the original", () => {
  const autobahn = { profile: "autobahn" } as const;
  test("an illegal code: 1002, and the peer's frame still counts as its Close frame", () => {
    const rig = connect(autobahn);
    rig.connection.receive(peerClose(999));
    assert.deepEqual(violationsOf(rig), ["close-code"]);
    assert.equal(rig.sent()[0]?.slice(0, 10), "CLOSE 1002");
    assertClose(rig, { remoteCode: 999, clean: true, failedByTester: true, closedByTester: true });
  });
  test("an illegal code in answer to the tester's Close frame drops TCP, and is still recorded", () => {
    const rig = connect(autobahn);
    rig.connection.startClose(closeOctets(1000));
    rig.connection.receive(peerClose(1005));
    assert.equal(rig.connection.state, "closed");
    assertClose(rig, { remoteCode: 1005, remotePayload: "03ed", clean: false, droppedByTester: true });
  });
  test("a reason that is not UTF-8: 1007", () => {
    const rig = connect(autobahn);
    rig.connection.receive(peerClose(1000, Buffer.from("eda080", "hex")));
    assert.deepEqual(violationsOf(rig), ["close-reason-utf8"]);
    assert.equal(rig.sent()[0]?.slice(0, 10), "CLOSE 1007");
    assertClose(rig, { remoteCode: 1000, clean: true });
  });
  test("both at once: the second one drops TCP", () => {
    const rig = connect(autobahn);
    rig.connection.receive(peerClose(1006, Buffer.from("ff", "hex")));
    assert.deepEqual(violationsOf(rig), ["close-code", "close-reason-utf8"]);
    assert.equal(rig.connection.state, "closed");
  });
  test("one octet: 1002", () => {
    const rig = connect(autobahn);
    rig.connection.receive(peerFrame(Opcode.close, "a"));
    assert.deepEqual(violationsOf(rig), ["close-payload-of-one-octet"]);
    assertClose(rig, { remoteCode: null, remotePayload: "61" });
  });
});

describe("illegal Close frames of the peer, under modern", () => {
  const table: readonly (readonly [name: string, octets: Uint8Array, code: number | null])[] = [
    ["close-code", peerClose(1005), 1005],
    ["close-code", peerClose(1006), 1006],
    ["close-code", peerClose(1015), 1015],
    ["close-reason-utf8", peerClose(1000, Buffer.from("eda080", "hex")), 1000],
    ["close-payload-of-one-octet", peerFrame(Opcode.close, "a"), null],
    ["long-control", peerClose(1002, "x".repeat(124)), 1002],
    ["masked-frame", peerClose(1002, "", { key: KEY }), 1002],
    ["fragmented-control", peerClose(1002, "", { more: true }), 1002],
    ["rsv", peerClose(1002, "", { rsv: 2 }), 1002],
  ];
  for (const [name, octets, remoteCode] of table) {
    test(`${name}, ${remoteCode}: noted as a part of the closing, which goes on`, () => {
      const rig = connect();
      rig.connection.receive(octets);
      const found = rig.recorder.violations.map(({ violation, closing }) => [violation, closing]);
      assert.deepEqual(found, [[name, true]]);
      assert.deepEqual([rig.sent(), rig.connection.state], [["CLOSE 1000"], "closing"]);
      assertClose(rig, { remoteCode, closedByTester: false, failedByTester: false, clean: true });
    });
    test(`${name}, ${remoteCode}, in answer to the tester's own`, () => {
      const rig = connect();
      rig.connection.startClose(closeOctets(1000));
      rig.connection.receive(octets);
      assert.equal(rig.connection.state, "closing");
      rig.connection.end(false);
      assertClose(rig, { remoteCode, failedByTester: false, droppedByTester: false, clean: true });
    });
  }
  test("what comes behind the peer's Close frame does not fail the connection either", () => {
    const rig = connect();
    rig.connection.startClose(closeOctets(1000));
    rig.connection.receive(Buffer.concat([peerClose(1000), peerFrame(11, "a")]));
    assert.deepEqual(
      rig.recorder.violations.map(({ violation, closing }) => [violation, closing]),
      [
        ["reserved-opcode", true],
        ["control-after-closing", true],
      ],
    );
    assertClose(rig, { failedByTester: false, clean: true });
  });
  test("a reason of which only the beginning is kept is not called invalid", () => {
    const rig = connect();
    rig.connection.receive(peerClose(1002, "µ".repeat(200)));
    assert.deepEqual(violationsOf(rig), ["long-control"]);
  });
  for (const code of [0, 999, 1004, 1012, 1013, 1014, 1016, 2999, 5000]) {
    test(`${code} is not forbidden; the original does not accept it`, () => {
      for (const profile of PROFILES) {
        const rig = connect({ profile });
        rig.connection.receive(peerClose(code));
        assert.deepEqual(violationsOf(rig), profile === "modern" ? [] : ["close-code"]);
      }
    });
  }
  test("how many events came before it is kept", () => {
    const rig = connect();
    rig.connection.receive(Buffer.concat([peerFrame(1, "a"), peerClose(1002), peerFrame(Opcode.pong)]));
    assertClose(rig, { remoteAfterEvents: 1 });
    assert.equal(rig.recorder.eventCount, 2);
  });
});

test("an abandoned connection is gone at once, and nothing that was queued follows", () => {
  const rig = connect();
  rig.connection.sendFrame({ opcode: 1, fin: true, rsv: 0, payload: Buffer.from("abc") }, { chop: 1 });
  rig.connection.startClose(closeOctets(1000));
  rig.connection.abandon();
  rig.clock.settle();
  assert.deepEqual([rig.transport.destroyed, rig.transport.writes.length, rig.clock.waiting], [1, 1, 0]);
  assert.equal(rig.connection.state, "closed");
});

describe("closeOctets", () => {
  test("code and reason", () => assert.equal(hexOf(closeOctets(1000, "ö")), "03e8c3b6"));
  test("no code, no payload", () => assert.equal(closeOctets(undefined).length, 0));
  test("a reason is cut to what a control frame holds", () => {
    assert.equal(closeOctets(1002, "x".repeat(500)).length, 125);
  });
});

test("every sentence with which the tester fails a connection fits into a Close frame whole", () => {
  for (const { code, sentence } of Object.values(VIOLATIONS)) {
    const why = `the peer ${sentence}`;
    assert.equal(Buffer.from(closeOctets(code ?? 1002, why).subarray(2)).toString(), why);
  }
});

function hexOf(octets: Uint8Array): string {
  return Buffer.from(octets).toString("hex");
}

describe("the last entry of the wire log says how TCP ended, in the words that reports use", () => {
  test("by the peer", () => {
    const rig = connect({});
    rig.connection.startClose(closeOctets(1000));
    rig.connection.receive(peerClose(1000));
    rig.connection.end(false);
    assert.deepEqual(rig.wire.at(-1)?.entry, { dir: "=", note: TCP_ENDS["ended-by-peer"] });
  });

  test("by the tester", () => {
    const rig = connect({});
    rig.connection.startClose(closeOctets(1000));
    rig.clock.advance(1000);
    assert.deepEqual(rig.wire.at(-1)?.entry, { dir: "=", note: TCP_ENDS["ended-by-tester"] });
  });

  test("of every end", () => {
    assert.deepEqual(TCP_END_NOTES, TCP_ENDS);
  });
});
