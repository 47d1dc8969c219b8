import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Opcode } from "../../src/case/opcode.js";
import { closeOctets } from "../../src/wire/close-payload.js";
import { framesIn, KEY, peerClose, peerFrame } from "../support/peer-frames.js";
import { assertClose, connect, violationsOf } from "../support/rig.js";

describe("sending", () => {
  test("a client masks every frame with its own key, a server masks nothing", () => {
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
  test("messages and pongs are reported, in order", () => {
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

  test("a peer that floods the tester with Pings and reads nothing gets no more Pongs than fit", () => {
    const { connection, transport } = connect();
    transport.isHolding = true;
    const pings = Buffer.concat(Array.from({ length: 1500 }, () => peerFrame(Opcode.ping, "x")));
    connection.receive(pings);
    assert.equal(transport.writes.length, 1000);
    transport.release();
    connection.receive(pings);
    assert.equal(transport.writes.length, 1001);
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

  test("once TCP has ended nothing is read", () => {
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
      remoteAfterEvents: 0,
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

  test("only the first Close frame of the peer counts, under modern", () => {
    const rig = connect();
    rig.connection.startClose(closeOctets(1000));
    rig.connection.receive(peerClose(1001, "first"));
    rig.connection.receive(peerClose(1002, "second"));
    assertClose(rig, { remoteCode: 1001, remoteReason: "first" });
  });

  test("data after the peer's Close frame is a violation that changes nothing else", () => {
    const rig = connect();
    rig.connection.startClose(closeOctets(1000));
    rig.connection.receive(Buffer.concat([peerClose(1000), peerFrame(Opcode.text, "late")]));
    assert.deepEqual(violationsOf(rig), ["data-after-close"]);
    assertClose(rig, { failedByTester: false, clean: true });
    assert.equal(rig.connection.state, "closing");
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
