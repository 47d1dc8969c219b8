import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { OutboundFrame } from "../../src/tester/outbound.js";
import { agreed } from "../support/agreements.js";
import { framesIn, peerFrame } from "../support/peer-frames.js";
import { connect, type Rig } from "../support/rig.js";

const KIB = 1024;

function frame(opcode: number, payload: Uint8Array, changes: Partial<OutboundFrame> = {}): OutboundFrame {
  return { opcode, fin: true, rsv: 0, payload, ...changes };
}

/** A message in `count` fragments. */
function* inFragments(count: number, payload: Uint8Array): Generator<OutboundFrame> {
  for (let index = 0; index < count; index++) {
    yield frame(index === 0 ? 2 : 0, payload, { fin: index === count - 1 });
  }
}

function loading(frames: Iterable<OutboundFrame>, options: Parameters<typeof connect>[0] = {}): Rig {
  const rig = connect(options);
  rig.connection.sendLoad(frames);
  return rig;
}

describe("writes of a load case", () => {
  test("many small frames go out together", () => {
    const { transport, connection } = loading(inFragments(1000, Buffer.alloc(32, "x")));
    assert.equal(transport.writes.length, 1);
    assert.equal(framesIn(transport.octets).length, 1000);
    assert.deepEqual([...connection.sentIllegally], []);
  });
  test("but not without end: from 64 KiB on a write is full", () => {
    const { transport } = loading(inFragments(100, Buffer.alloc(4 * KIB, "x")));
    const lengths = transport.writes.map(({ length }) => length);
    assert.deepEqual(
      lengths.slice(0, -1).filter((length) => length < 64 * KIB || length > 68 * KIB + 8),
      [],
    );
    assert.equal(lengths.length, 7);
    assert.deepEqual(
      framesIn(transport.octets).map(({ payload }) => payload.length),
      Array<number>(100).fill(4 * KIB),
    );
  });
  test("a large frame goes out in one", () => {
    assert.equal(loading([frame(2, Buffer.alloc(300 * KIB))]).transport.writes.length, 1);
  });
  test("no frames are no write", () => {
    assert.deepEqual(loading([]).transport.writes, []);
  });
  test("nothing is kept of frames that are out: they are made one by one", () => {
    const rig = connect();
    const before: number[] = [];
    const payload = Buffer.alloc(100 * KIB);
    rig.connection.sendLoad(
      (function* () {
        for (let index = 0; index < 3; index++) {
          before.push(rig.transport.writes.length);
          yield frame(2, payload);
        }
      })(),
    );
    assert.deepEqual(before, [0, 1, 2]);
  });
  test("a client masks them, each with its own key, and leaves the payload as it is", () => {
    const payload = Buffer.from("payload of a message");
    const { transport } = loading(inFragments(3, payload));
    const frames = framesIn(transport.octets);
    assert.ok(frames.every((sent) => sent.payload.toString() === "payload of a message"));
    assert.equal(
      new Set(frames.map(({ header }) => Buffer.from(header.maskingKey ?? []).toString("hex"))).size,
      3,
    );
    assert.equal(payload.toString(), "payload of a message");
  });
  test("a server does not", () => {
    const { transport } = loading(inFragments(3, Buffer.from("abc")), { role: "server" });
    assert.ok(framesIn(transport.octets).every(({ header }) => header.maskingKey === null));
  });
});

describe("the self-check still sees the headers", () => {
  const table: readonly (readonly [
    name: string,
    frames: readonly OutboundFrame[],
    found: readonly string[],
  ])[] = [
    ["all legal", [frame(2, Buffer.from("a"), { fin: false }), frame(0, Buffer.alloc(0))], []],
    ["a reserved bit", [frame(2, Buffer.from("a"), { rsv: 4 })], ["rsv"]],
    ["a reserved opcode", [frame(3, Buffer.from("a"))], ["reserved-opcode"]],
    ["a continuation of nothing", [frame(0, Buffer.from("a"))], ["stray-continuation"]],
    [
      "a message in another",
      [frame(2, Buffer.from("a"), { fin: false }), frame(2, Buffer.from("b"))],
      ["interleaved-message"],
    ],
    [
      "behind a large frame",
      [frame(2, Buffer.alloc(70_000)), frame(0, Buffer.from("a"))],
      ["stray-continuation"],
    ],
  ];
  for (const [name, frames, found] of table) {
    test(name, () => assert.deepEqual([...loading(frames).connection.sentIllegally], found));
  }
  test("RSV1 is legal with permessage-deflate, on the first frame", () => {
    const deflate = agreed();
    const first = frame(1, Uint8Array.of(0xff, 0xff), { rsv: 4, fin: false });
    assert.deepEqual(
      [...loading([first, frame(0, Buffer.from("b"))], { deflate }).connection.sentIllegally],
      [],
    );
    assert.deepEqual(
      [...loading([first, frame(0, Buffer.from("b"), { rsv: 4 })], { deflate }).connection.sentIllegally],
      ["rsv"],
    );
  });
  test("and what is sent in the ordinary way afterwards", () => {
    const rig = loading([frame(2, Buffer.alloc(1000))]);
    rig.connection.sendFrame(frame(1, Uint8Array.of(0xff)));
    assert.deepEqual([...rig.connection.sentIllegally], ["invalid-utf8"]);
  });
  test("frames behind a Close frame", () => {
    const rig = connect();
    rig.connection.startClose(Uint8Array.of(0x03, 0xe8));
    rig.connection.sendLoad([frame(2, Buffer.from("a"))]);
    assert.deepEqual([...rig.connection.sentIllegally], ["frame-after-close"]);
  });
});

test("what goes out and comes in is counted: data frames only, headers and masks included", () => {
  const rig = loading(inFragments(3, Buffer.alloc(200)));
  rig.connection.countApplication(5000);
  rig.connection.sendFrame(frame(9, Buffer.from("Ping")));
  rig.connection.receive(
    Buffer.concat([peerFrame(1, "abc"), peerFrame(10, "Pong"), peerFrame(2, Buffer.alloc(126))]),
  );
  assert.deepEqual(rig.connection.traffic, {
    sent: { wire: 3 * 208, payload: 600, application: 5000, frames: 3, messages: 1 },
    received: { wire: 2 + 3 + 4 + 126, payload: 129, application: 129, frames: 2, messages: 2 },
  });
});
