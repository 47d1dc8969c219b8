import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { message } from "../../src/case/expect.js";
import { octets } from "../../src/case/payload.js";
import { viewOf } from "../../src/record/event-view.js";
import { deflated, noise, records } from "../wire/deflate-kit.js";
import { agreed } from "../support/agreements.js";
import { peerClose, peerFrame } from "../support/peer-frames.js";
import { assertClose, connect, violationsOf, type Rig } from "../support/rig.js";

const MIB = 1024 * 1024;
const MORE = { more: true } as const;
const COMPRESSED = { rsv: 4 } as const;

const TEXT = records(1000);
const SMALL = deflated(TEXT);

/** A connection with permessage-deflate on which these octets came. */
function hearing(chunks: readonly Uint8Array[], rig: Rig = connect({ deflate: agreed() })): Rig {
  for (const chunk of chunks) rig.connection.receive(chunk);
  return rig;
}

describe("compressed messages", () => {
  const expected = viewOf(message(octets(TEXT)));
  const [third, half] = [Math.floor(SMALL.length / 3), Math.floor(SMALL.length / 2)];
  const table: readonly (readonly [name: string, chunks: readonly Uint8Array[]])[] = [
    ["in one frame", [peerFrame(1, SMALL, COMPRESSED)]],
    [
      "in fragments, of which only the first has RSV1",
      [
        peerFrame(1, SMALL.subarray(0, third), { ...COMPRESSED, ...MORE }),
        peerFrame(0, SMALL.subarray(third, half), MORE),
        peerFrame(9, "a Ping between them"),
        peerFrame(0, SMALL.subarray(half)),
      ],
    ],
    ["with an empty last fragment", [peerFrame(1, SMALL, { ...COMPRESSED, ...MORE }), peerFrame(0)]],
    ["not compressed at all", [peerFrame(1, TEXT)]],
    ["octet by octet", [...peerFrame(1, SMALL, COMPRESSED)].map((octet) => Uint8Array.of(octet))],
  ];
  for (const [name, chunks] of table) {
    test(name, () => {
      const rig = hearing(chunks);
      assert.deepEqual([violationsOf(rig), rig.events], [[], [expected]]);
      assert.equal(rig.connection.traffic.received.application, TEXT.length);
    });
  }
  test("plain ones between them change no context", () => {
    const rig = hearing([
      peerFrame(2, SMALL, COMPRESSED),
      peerFrame(2, "plain"),
      peerFrame(2, deflated(TEXT, { dictionary: TEXT }), COMPRESSED),
    ]);
    assert.deepEqual(violationsOf(rig), []);
    assert.deepEqual(
      rig.events.map((event) => ("length" in event ? event.length : 0)),
      [1000, 5, 1000],
    );
  });
  test("what they are on the wire, as payload and uncompressed is counted", () => {
    const rig = hearing([peerFrame(1, SMALL, COMPRESSED), peerFrame(10, "a Pong"), peerFrame(2, "ab")]);
    const { wire, payload, application, frames, messages } = rig.connection.traffic.received;
    assert.deepEqual(
      { wire, payload, application, frames, messages },
      {
        wire: peerFrame(1, SMALL).length + 4,
        payload: SMALL.length + 2,
        application: 1002,
        frames: 2,
        messages: 2,
      },
    );
  });
});

describe("RSV1 where it has no meaning", () => {
  const table: readonly (readonly [name: string, chunks: readonly Uint8Array[]])[] = [
    ["on a continuation", [peerFrame(1, "a", MORE), peerFrame(0, "b", COMPRESSED)]],
    [
      "a second time in a compressed message",
      [peerFrame(1, SMALL, { ...COMPRESSED, ...MORE }), peerFrame(0, "", COMPRESSED)],
    ],
    ["on a Ping", [peerFrame(9, "a", COMPRESSED)]],
    ["on a Pong", [peerFrame(10, "a", COMPRESSED)]],
    ["with RSV2", [peerFrame(2, SMALL, { rsv: 6 })]],
    ["with RSV3", [peerFrame(2, SMALL, { rsv: 5 })]],
    ["RSV2 alone", [peerFrame(1, "a", { rsv: 2 })]],
  ];
  for (const [name, chunks] of table) {
    test(name, () => {
      const rig = hearing(chunks);
      const isMisplaced = name.startsWith("on a ") || name.startsWith("a second");
      assert.deepEqual(violationsOf(rig), [isMisplaced ? "misplaced-rsv1" : "rsv"]);
      assert.match(rig.sent()[0] ?? "", /^CLOSE 1002 /);
    });
  }
  test("on a Close frame, which is answered nevertheless", () => {
    const rig = hearing([peerFrame(8, Uint8Array.of(0x03, 0xe8), COMPRESSED)]);
    assert.deepEqual(
      rig.recorder.violations.map(({ violation, closing }) => [violation, closing]),
      [["misplaced-rsv1", true]],
    );
    assert.deepEqual(rig.sent(), ["CLOSE 1000"]);
  });
  test("where nothing was agreed on", () => {
    assert.deepEqual(violationsOf(hearing([peerFrame(2, SMALL, COMPRESSED)], connect())), ["rsv"]);
  });
  test("on a continuation of nothing", () => {
    assert.deepEqual(violationsOf(hearing([peerFrame(0, SMALL, COMPRESSED)])), ["stray-continuation"]);
  });
});

describe("messages that cannot be inflated", () => {
  test("garbage", () => {
    const rig = hearing([peerFrame(2, Uint8Array.of(0x06), COMPRESSED)]);
    assert.deepEqual([violationsOf(rig), rig.events], [["corrupt-deflate"], []]);
    assert.match(rig.sent()[0] ?? "", /^CLOSE 1007 /);
  });
  test("garbage behind garbage", () => {
    const garbage = peerFrame(2, Uint8Array.of(0x06), COMPRESSED);
    const rig = hearing([Buffer.concat([garbage, garbage, garbage]), garbage]);
    assert.deepEqual(violationsOf(rig), ["corrupt-deflate"]);
  });
  test("references beyond the agreed window", () => {
    const far = deflated(Buffer.concat([noise(1000), noise(1000)]));
    const rig = hearing(
      [peerFrame(2, far, COMPRESSED)],
      connect({ deflate: agreed({ serverMaxWindowBits: 9 }) }),
    );
    assert.deepEqual(violationsOf(rig), ["window-exceeded"]);
    assert.match(rig.sent()[0] ?? "", /^CLOSE 1002 /);
  });
  test("a bomb: 64 MiB in 64 KiB", () => {
    const bomb = deflated(Buffer.alloc(64 * MIB));
    const rig = hearing([peerFrame(2, bomb, COMPRESSED)]);
    assert.deepEqual([violationsOf(rig), rig.events], [["inflated-too-long"], []]);
    assert.match(rig.sent()[0] ?? "", /^CLOSE 1009 /);
    assert.equal(rig.connection.traffic.received.application, 16 * MIB);
  });
});

describe("text that turns out to be invalid while it is inflated", () => {
  // Several pieces come out of one that goes in; the second complaint gives the connection up, and zlib with it.
  for (const length of [10, 70_000, 400_000, 4 * MIB]) {
    const whole = peerFrame(1, deflated(Buffer.alloc(length, 0xff)), COMPRESSED);
    test(`${length} octets at once`, () => {
      const rig = hearing([whole, peerFrame(1, "late"), peerClose(1000)]);
      assert.deepEqual([violationsOf(rig), rig.events], [["invalid-utf8"], []]);
      assert.deepEqual(rig.states, ["closing", "closed"]);
      assertClose(rig, { failedByTester: true, droppedByTester: true, localCode: 1007 });
    });
    test(`${length} octets, octet by octet`, () => {
      const rig = hearing([...whole].map((octet) => Uint8Array.of(octet)));
      assert.deepEqual(violationsOf(rig), ["invalid-utf8"]);
    });
  }
  test("invalid only at its end", () => {
    const text = Buffer.concat([records(500_000), Uint8Array.of(0xce)]);
    const rig = hearing([peerFrame(1, deflated(text), COMPRESSED)]);
    assert.deepEqual([violationsOf(rig), rig.events], [["invalid-utf8"], []]);
  });
});
