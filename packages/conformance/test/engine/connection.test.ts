import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Opcode } from "../../src/case/opcode.js";
import { closeOctets } from "../../src/engine/connection.js";
import { VIOLATIONS } from "../../src/engine/violation.js";
import type { CloseRecord, Profile } from "../../src/report/event.js";
import { framesIn, KEY, peerClose, peerFrame } from "./peer-frames.js";
import { connect, type Rig } from "./rig.js";

const PROFILES: readonly Profile[] = ["autobahn", "modern"];

/** The parts of a close record that a test is about. */
function assertClose({ connection }: Rig, expected: Partial<CloseRecord>): void {
  const actual = connection.closeRecord;
  const names = Object.keys(expected) as (keyof CloseRecord)[];
  assert.deepEqual(Object.fromEntries(names.map((name) => [name, actual[name]])), expected);
}

function violations({ recorder }: Rig): readonly string[] {
  return recorder.violations.map(({ violation }) => violation);
}

describe("sending", () => {
  test("a client masks every frame with a key of its own, a server masks nothing", () => {
    for (const role of ["client", "server"] as const) {
      const { connection, transport, wire } = connect({ role });
      const frame = { opcode: Opcode.text, fin: true, rsv: 0, payload: Buffer.from("abc") };
      connection.sendFrame(frame);
      connection.sendFrame(frame);
      const [first, second] = framesIn(transport.octets);
      assert.deepEqual([first?.payload, second?.payload], [frame.payload, frame.payload]);
      assert.equal(first?.header.maskingKey?.length, role === "client" ? 4 : undefined);
      const shown = wire.flatMap(({ entry }) => ("frame" in entry ? [entry.frame] : []));
      const key = first?.header.maskingKey;
      assert.equal(shown[0]?.mask, key == null ? null : Buffer.from(key).toString("hex"));
      assert.equal(shown[0]?.masked, role === "client");
      assert.deepEqual([...connection.sentIllegally], []);
    }
  });

  test("how a frame is delivered and what its payload repeats is shown", () => {
    const { connection, clock, wire } = connect();
    const payload = Buffer.from("aaaa");
    connection.sendFrame({ opcode: 1, fin: true, rsv: 0, payload, pattern: 1 }, { chop: 5 });
    connection.sendFrame({ opcode: 1, fin: true, rsv: 0, payload }, { sync: true });
    clock.settle();
    const frames = wire.flatMap(({ entry }) => ("frame" in entry ? [entry.frame] : []));
    assert.deepEqual(
      frames.map(({ chop, sync, pattern }) => [chop, sync, pattern]),
      [
        [5, undefined, 1],
        [undefined, true, undefined],
      ],
    );
    const writes = wire.flatMap(({ entry }) => ("octets" in entry ? [entry] : []));
    assert.deepEqual(
      writes.map(({ octets, queued }) => [octets, queued]),
      [
        [5, true],
        [5, true],
        [10, true],
      ],
    );
  });

  test("what is sent against the RFC is noticed", () => {
    const { connection } = connect();
    connection.sendFrame({ opcode: 3, fin: true, rsv: 1, payload: new Uint8Array(0) });
    assert.deepEqual([...connection.sentIllegally].sort(), ["reserved-opcode", "rsv"]);
  });
});

describe("events", () => {
  test("messages and pongs are told, in order", () => {
    const { connection, events, recorder } = connect();
    connection.receive(
      Buffer.concat([peerFrame(1, "a", { more: true }), peerFrame(10, "p"), peerFrame(0, "b")]),
    );
    assert.deepEqual(
      events.map(({ type }) => type),
      ["pong", "message"],
    );
    assert.deepEqual(recorder.events, events);
    const [pong, message] = events;
    assert.deepEqual(pong, {
      type: "pong",
      length: 1,
      head: "70",
      sha256: "148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940",
    });
    assert.ok(message?.type === "message");
    assert.deepEqual([message.binary, message.length, message.head], [false, 2, "6162"]);
  });

  test("a Ping is answered with its payload while the connection is open, and is no event", () => {
    const { connection, events, sent } = connect();
    connection.receive(peerFrame(Opcode.ping, "hi"));
    assert.deepEqual([sent(), events], [['PONG "hi"'], []]);
    connection.startClose(closeOctets(1000));
    connection.receive(peerFrame(Opcode.ping, "late"));
    assert.deepEqual(sent(), ['PONG "hi"', "CLOSE 1000"]);
  });

  test("a Ping that is too long is a violation and gets no Pong", () => {
    const { connection, sent } = connect();
    connection.receive(peerFrame(Opcode.ping, Buffer.alloc(200, "x")));
    assert.deepEqual(
      sent().map((line) => line.slice(0, 10)),
      ["CLOSE 1002"],
    );
  });

  test("after failing, messages are no events any more; pongs still are", () => {
    const { connection, events } = connect();
    connection.receive(peerFrame(Opcode.text, "bad", { rsv: 1 }));
    connection.receive(peerFrame(Opcode.text, "good"));
    connection.receive(peerFrame(Opcode.pong, "still"));
    assert.deepEqual(
      events.map(({ type }) => type),
      ["pong"],
    );
  });

  test("while it only closes, messages are still events", () => {
    const { connection, events } = connect();
    connection.startClose(closeOctets(1000));
    connection.receive(peerFrame(Opcode.text, "late echo"));
    assert.equal(events.length, 1);
  });

  test("once TCP is gone nothing is heard", () => {
    const { connection, events, recorder } = connect();
    connection.end(false);
    connection.receive(peerFrame(Opcode.text, "ghost"));
    assert.deepEqual([events, recorder.statistics().frames.received], [[], {}]);
  });
});

describe("a closing handshake that the tester starts", () => {
  test("its course with a conforming server", () => {
    const rig = connect();
    rig.connection.startClose(closeOctets(1000, "bye"));
    assert.equal(rig.connection.state, "closing");
    rig.connection.receive(peerClose(1000, "bye too"));
    assert.deepEqual([rig.connection.state, rig.transport.ended], ["closing", 0]);
    rig.connection.end(false);
    assert.deepEqual(rig.states, ["closing", "closed"]);
    assert.deepEqual(rig.sent(), ['CLOSE 1000 "bye"']);
    assert.deepEqual(rig.connection.closeRecord, {
      closedByTester: true,
      failedByTester: false,
      droppedByTester: false,
      clean: true,
      notCleanReason: null,
      openTimeout: false,
      closeTimeout: false,
      dropTimeout: false,
      localCode: 1000,
      localReason: "bye",
      localPayload: "03e8627965",
      remoteCode: 1000,
      remoteReason: "bye too",
      remotePayload: "03e862796520746f6f",
      tcp: "ended-by-peer",
    });
    assert.deepEqual([rig.transport.ended, rig.clock.waiting], [1, 0]);
  });

  test("with a client, the tester closes TCP itself, at once", () => {
    const rig = connect({ role: "server" });
    rig.connection.startClose(closeOctets(1000));
    rig.connection.receive(peerClose(1000, "", { key: KEY }));
    assertClose(rig, { clean: true, droppedByTester: true, tcp: "ended-by-tester" });
    assert.deepEqual([rig.transport.ended, rig.transport.destroyed, rig.clock.waiting], [1, 0, 0]);
  });

  test("a second start does nothing", () => {
    const rig = connect();
    rig.connection.startClose(closeOctets(1000));
    rig.connection.startClose(closeOctets(1001));
    assert.deepEqual([rig.sent(), rig.states], [["CLOSE 1000"], ["closing"]]);
  });

  test("codes and reasons that are not there are null", () => {
    const rig = connect();
    rig.connection.startClose(closeOctets(undefined));
    rig.connection.receive(peerClose());
    assertClose(rig, {
      localCode: null,
      localReason: null,
      localPayload: "",
      remoteCode: null,
      remoteReason: null,
      remotePayload: "",
      clean: true,
    });
  });

  test("any payload may be sent, also an illegal one", () => {
    const rig = connect();
    rig.connection.startClose(Buffer.from("a"));
    assert.deepEqual(rig.sent(), ["CLOSE hex 61"]);
    assertClose(rig, { localCode: null, localPayload: "61" });
    assert.deepEqual([...rig.connection.sentIllegally], ["close-payload"]);
  });

  test("only the first Close frame of the peer counts", () => {
    const rig = connect();
    rig.connection.startClose(closeOctets(1000));
    rig.connection.receive(peerClose(1001, "first"));
    rig.connection.receive(peerClose(1002, "second"));
    assertClose(rig, { remoteCode: 1001, remoteReason: "first" });
  });

  test("data behind the peer's Close frame is a violation that changes nothing else", () => {
    const rig = connect();
    rig.connection.startClose(closeOctets(1000));
    rig.connection.receive(Buffer.concat([peerClose(1000), peerFrame(Opcode.text, "late")]));
    assert.deepEqual(violations(rig), ["data-after-close"]);
    assertClose(rig, { failedByTester: false, clean: true });
    assert.equal(rig.connection.state, "closing");
  });

  test("a control frame behind the peer's Close frame is none", () => {
    const rig = connect();
    rig.connection.startClose(closeOctets(1000));
    rig.connection.receive(Buffer.concat([peerClose(1000), peerFrame(Opcode.ping)]));
    assert.deepEqual(violations(rig), []);
  });
});

describe("a closing handshake that the peer starts", () => {
  test("is answered with 1000 and no reason, whatever the code", () => {
    const rig = connect();
    rig.connection.receive(peerClose(3333, "why"));
    assert.deepEqual(rig.sent(), ["CLOSE 1000"]);
    assertClose(rig, { closedByTester: false, clean: true, remoteCode: 3333, localCode: 1000 });
    rig.connection.end(false);
    assertClose(rig, { droppedByTester: false, notCleanReason: null, tcp: "ended-by-peer" });
  });

  test("a client's ends with TCP closed by the tester", () => {
    const rig = connect({ role: "server" });
    rig.connection.receive(peerClose(1000, "", { key: KEY }));
    assert.deepEqual([rig.sent(), rig.transport.ended], [["CLOSE 1000"], 1]);
    assertClose(rig, { closedByTester: false, droppedByTester: true, clean: true });
  });

  test("a server that keeps TCP open is not waited for without end", () => {
    const rig = connect();
    rig.connection.receive(peerClose(1000));
    rig.clock.advance(1000);
    assertClose(rig, { clean: false, dropTimeout: true, droppedByTester: true });
  });
});

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
        notCleanReason: "the peer closed TCP without a closing handshake",
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
    assert.match(rig.connection.closeRecord.notCleanReason ?? "", /without a closing handshake/);
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
    assert.deepEqual(violations(rig), ["rsv", "reserved-opcode"]);
    assert.deepEqual(rig.sent(), [
      `CLOSE 1002 "the peer ${"sent a frame with a reserved bit set although no extension was agreed on"}"`,
    ]);
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

describe("illegal Close frames of the peer", () => {
  test("an illegal code: 1002, and the peer's frame still counts as its Close frame", () => {
    const rig = connect();
    rig.connection.receive(peerClose(999));
    assert.deepEqual(violations(rig), ["close-code"]);
    assert.equal(rig.sent()[0]?.slice(0, 10), "CLOSE 1002");
    assertClose(rig, { remoteCode: 999, clean: true, failedByTester: true, closedByTester: true });
  });
  test("an illegal code in answer to the tester's Close frame drops TCP, and is still recorded", () => {
    const rig = connect();
    rig.connection.startClose(closeOctets(1000));
    rig.connection.receive(peerClose(1005));
    assert.equal(rig.connection.state, "closed");
    assertClose(rig, { remoteCode: 1005, remotePayload: "03ed", clean: false, droppedByTester: true });
  });
  test("a reason that is not UTF-8: 1007", () => {
    const rig = connect();
    rig.connection.receive(peerClose(1000, Buffer.from("eda080", "hex")));
    assert.deepEqual(violations(rig), ["close-reason-utf8"]);
    assert.equal(rig.sent()[0]?.slice(0, 10), "CLOSE 1007");
    assertClose(rig, { remoteCode: 1000, clean: true });
  });
  test("both at once: the second one drops TCP", () => {
    const rig = connect();
    rig.connection.receive(peerClose(1006, Buffer.from("ff", "hex")));
    assert.deepEqual(violations(rig), ["close-code", "close-reason-utf8"]);
    assert.equal(rig.connection.state, "closed");
  });
  test("one octet: 1002", () => {
    const rig = connect();
    rig.connection.receive(peerFrame(Opcode.close, "a"));
    assert.deepEqual(violations(rig), ["close-payload-of-one-octet"]);
    assertClose(rig, { remoteCode: null, remotePayload: "61" });
  });
  for (const code of [1012, 1013, 1014]) {
    test(`${code} was registered later: legal under modern, not for the original`, () => {
      for (const profile of PROFILES) {
        const rig = connect({ profile });
        rig.connection.receive(peerClose(code));
        assert.deepEqual(violations(rig), profile === "modern" ? [] : ["close-code"]);
      }
    });
  }
  for (const code of [1004, 1015, 1016, 2999, 5000]) {
    test(`${code} is legal under neither profile`, () => {
      for (const profile of PROFILES) {
        const rig = connect({ profile });
        rig.connection.receive(peerClose(code));
        assert.deepEqual(violations(rig), ["close-code"]);
      }
    });
  }
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
