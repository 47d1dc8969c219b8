import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { Opcode } from "../../src/protocol/opcode.js";
import { frame, fromClient, fromHex, fromServer } from "../support/frames.js";
import type { FrameShape } from "../support/frames.js";
import { client, server } from "../support/harness.js";
import type { Harness } from "../support/harness.js";

const { Continuation, Text, Binary, Ping, Pong } = Opcode;

for (const make of [server, client]) {
  describe(`a ${make.name} receives`, () => {
    test("text and binary messages", () => {
      const peer = make();
      peer.receiveFrames({ opcode: Text, payload: "Hé" }, { opcode: Binary, payload: "\x01" });
      assert.deepEqual(peer.take(), ['text "Hé"', "binary <01>"]);
    });

    test("empty messages", () => {
      const peer = make();
      peer.receiveFrames({ opcode: Text }, { opcode: Binary });
      assert.deepEqual(peer.take(), ['text ""', 'binary ""']);
    });

    test("messages of every form of length", () => {
      const peer = make();
      for (const length of [125, 126, 65_535, 65_536]) {
        peer.receiveFrames({ opcode: Binary, payload: new Uint8Array(length).fill(length) });
        assert.deepEqual(peer.take(), [`binary [${length} octets]`]);
        assert.ok(peer.lastOctets.length === length);
      }
    });

    test("fragments with control frames between them (§5.4)", () => {
      const peer = make();
      peer.receiveFrames(
        { opcode: Text, payload: "a", fin: false },
        { opcode: Ping, payload: "1" },
        { opcode: Continuation, fin: false },
        { opcode: Pong, payload: "2" },
        { opcode: Continuation, payload: "b" },
        { opcode: Text, payload: "c" },
      );
      const { trace } = peer;
      assert.deepEqual(trace, ['> PONG "1"', 'ping "1"', 'pong "2"', 'text "ab"', 'text "c"']);
    });

    test("text as validated octets, if asked to", () => {
      const peer = make({ connection: { text: "octets" } });
      peer.receiveFrames({ opcode: Text, payload: "é" });
      peer.receiveFrames({ opcode: Text, payload: "a", fin: false }, { opcode: Continuation });
      assert.deepEqual(peer.take(), ["text octets <c3 a9>", 'text octets "a"']);
      peer.receiveFrames({ opcode: Text, payload: fromHex("c3") });
      assert.ok(peer.take().includes("violation invalid-utf8"));
    });

    test("a message in one frame as a view, a message that was cut in memory that it owns", () => {
      const peer = make();
      peer.receiveFrames({ opcode: Binary, payload: "whole" });
      assert.equal(peer.isLastOwned, false);
      peer.receiveFrames({ opcode: Binary, payload: "cu", fin: false });
      peer.receiveFrames({ opcode: Continuation, payload: "t" });
      assert.equal(peer.isLastOwned, true);
      assert.deepEqual(Buffer.from(peer.lastOctets).toString(), "cut");
      peer.receiveFrames({ opcode: Binary, payload: "whole again" });
      assert.equal(peer.isLastOwned, false);
    });

    test("pings, and answers none of them without autoPong", () => {
      const peer = make({ connection: { autoPong: false } });
      peer.receiveFrames({ opcode: Ping, payload: "x" });
      assert.deepEqual(peer.take(), ['ping "x"']);
    });

    test("the counters count", () => {
      const peer = make();
      peer.receiveFrames({ opcode: Text, payload: "a", fin: false }, { opcode: Ping });
      peer.receiveFrames({ opcode: Continuation }, { opcode: Pong });
      const { counters } = peer.connection;
      assert.equal(counters.framesReceived, 4);
      assert.equal(counters.messagesReceived, 1);
      assert.equal(counters.pingsReceived, 1);
      assert.equal(counters.pongsReceived, 1);
      assert.equal(counters.pongsSent, 1);
      assert.ok(counters.octetsReceived >= 9);
    });
  });
}

/** What is wrong with a frame, or a few: the violation, and its close code. */
interface Wrong {
  readonly name: string;
  readonly frames: readonly FrameShape[];
  readonly violation: string;
  readonly code: number;
}

const WRONG: readonly Wrong[] = [
  ...[1, 2, 3, 4, 5, 6, 7].map((rsv) => ({
    name: `RSV ${rsv} on a data frame`,
    frames: [{ opcode: Text, rsv }],
    violation: "rsv-not-negotiated",
    code: 1002,
  })),
  {
    name: "RSV1 on a control frame",
    frames: [{ opcode: Ping, rsv: 4 }],
    violation: "rsv-not-negotiated",
    code: 1002,
  },
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => ({
    name: `the reserved opcode ${opcode}`,
    frames: [{ opcode }],
    violation: "reserved-opcode",
    code: 1002,
  })),
  ...[8, 9, 10].map((opcode) => ({
    name: `a fragmented control frame ${opcode}`,
    frames: [{ opcode, fin: false }],
    violation: "control-frame-fragmented",
    code: 1002,
  })),
  ...[8, 9, 10].map((opcode) => ({
    name: `a control frame ${opcode} of 126 octets`,
    frames: [{ opcode, payload: "x".repeat(126) }],
    violation: "control-frame-too-long",
    code: 1002,
  })),
  {
    name: "a control frame with its short length in two octets",
    frames: [{ opcode: Ping, payload: "x", lengthOctets: 2 }],
    violation: "control-frame-too-long",
    code: 1002,
  },
  {
    name: "a continuation of nothing",
    frames: [{ opcode: Continuation }],
    violation: "continuation-without-message",
    code: 1002,
  },
  {
    name: "a continuation behind a whole message",
    frames: [{ opcode: Text }, { opcode: Continuation }],
    violation: "continuation-without-message",
    code: 1002,
  },
  {
    name: "a message inside a message",
    frames: [{ opcode: Text, fin: false }, { opcode: Binary }],
    violation: "message-inside-message",
    code: 1002,
  },
  {
    name: "125 octets with a length in two",
    frames: [{ opcode: Text, payload: "x".repeat(125), lengthOctets: 2 }],
    violation: "length-not-minimal",
    code: 1002,
  },
  {
    name: "65,535 octets with a length in eight",
    frames: [{ opcode: Text, payload: "x".repeat(65_535), lengthOctets: 8 }],
    violation: "length-not-minimal",
    code: 1002,
  },
  {
    name: "a length of 64 bits",
    frames: [{ opcode: Text, lengthOctets: 8, length: 1n << 63n }],
    violation: "length-over-63-bits",
    code: 1002,
  },
  ...[2n ** 53n, 2n ** 63n - 1n].map((length) => ({
    name: `a length of ${length}`,
    frames: [{ opcode: Binary, length }],
    violation: "frame-too-big",
    code: 1009,
  })),
  {
    name: "text that is not UTF-8",
    frames: [{ opcode: Text, payload: fromHex("ce ba ff") }],
    violation: "invalid-utf8",
    code: 1007,
  },
  {
    name: "text that ends inside a character",
    frames: [{ opcode: Text, payload: fromHex("e2 82"), fin: false }, { opcode: Continuation }],
    violation: "invalid-utf8",
    code: 1007,
  },
  {
    name: "a wrong octet in a fragment that is not the last",
    frames: [{ opcode: Text, payload: fromHex("61 ff"), fin: false }],
    violation: "invalid-utf8",
    code: 1007,
  },
  {
    name: "an overlong character split over fragments",
    frames: [
      { opcode: Text, payload: fromHex("f0"), fin: false },
      { opcode: Continuation, payload: fromHex("80"), fin: false },
    ],
    violation: "invalid-utf8",
    code: 1007,
  },
];

for (const make of [server, client]) {
  describe(`a ${make.name} fails the connection at`, () => {
    for (const { name, frames, violation, code } of WRONG) {
      test(name, () => {
        const peer = make();
        peer.receiveFrames(...frames, { opcode: Text, payload: "not read any more" });
        const lines = peer.take().filter((line) => line !== 'text ""');
        assert.match(lines[0]!, new RegExp(`^> CLOSE ${code} "[A-Z]`));
        const end = make === server ? ["> END"] : [];
        assert.deepEqual(lines.slice(1), [...end, `violation ${violation}`, "closing"]);
        peer.receiveFrames({ opcode: Text, payload: "nor this" });
        assert.deepEqual(peer.take(), []);
      });
    }
  });
}

test("a wrong octet of text fails the connection before its frame has ended", () => {
  const peer = server();
  const octets = fromClient({ opcode: Text, payload: fromHex("61 62 ff 63 64 65") });
  peer.receive(octets.subarray(0, octets.length - 4));
  assert.deepEqual(peer.take(), []);
  peer.receive(octets.subarray(octets.length - 4, octets.length - 3));
  assert.equal(peer.take()[2], "violation invalid-utf8");
});

describe("masking (§5.1)", () => {
  const refused: readonly (readonly [() => Harness, Uint8Array, string])[] = [
    [server, frame({ opcode: Text, payload: "x" }), "violation not-masked"],
    [server, frame({ opcode: Ping }), "violation not-masked"],
    [client, fromClient({ opcode: Text, payload: "x" }), "violation masked"],
    [client, fromClient({ opcode: Pong }), "violation masked"],
  ];
  for (const [make, octets, violation] of refused) {
    test(`a ${make.name} refuses ${violation}`, () => {
      const peer = make();
      peer.receive(octets.subarray(0, 2));
      assert.match(peer.trace[0]!, /^> CLOSE 1002/);
      assert.ok(peer.trace.includes(violation));
    });
  }

  test("a key is turned with every cut", () => {
    const octets = fromClient({ opcode: Text, payload: "0123456789" });
    for (let cut = 1; cut < octets.length; cut += 1) {
      const peer = server();
      peer.receive(octets.subarray(0, cut));
      peer.receive(octets.subarray(cut));
      assert.deepEqual(peer.take(), ['text "0123456789"'], `cut at ${cut}`);
    }
  });
});

describe("leniency", () => {
  test("a server that accepts unmasked frames still reads masked ones", () => {
    const peer = server({ leniency: { acceptUnmasked: true } });
    peer.receive(fromServer({ opcode: Text, payload: "a" }), fromServer({ opcode: Text }));
    peer.receive(fromClient({ opcode: Text, payload: "b" }));
    assert.deepEqual(peer.take(), ['text "a"', 'text ""', 'text "b"']);
  });

  test("a client that accepts masked frames still reads unmasked ones", () => {
    const peer = client({ leniency: { acceptMasked: true } });
    peer.receive(fromClient({ opcode: Text, payload: "a" }));
    peer.receive(fromServer({ opcode: Text, payload: "b" }));
    assert.deepEqual(peer.take(), ['text "a"', 'text "b"']);
  });

  test("lengths that are not minimal", () => {
    const peer = server({ leniency: { acceptNonMinimalLength: true } });
    peer.receiveFrames(
      { opcode: Text, payload: "a", lengthOctets: 2 },
      { opcode: Text, payload: "b", lengthOctets: 8 },
    );
    assert.deepEqual(peer.take(), ['text "a"', 'text "b"']);
    peer.receiveFrames({ opcode: Ping, payload: "c", lengthOctets: 2 });
    assert.ok(peer.trace.includes("violation control-frame-too-long"));
  });

  test("text that is not validated", () => {
    const peer = server({
      leniency: { skipUtf8Validation: true },
      connection: { text: "octets" },
    });
    peer.receiveFrames({ opcode: Text, payload: fromHex("ff") });
    peer.receiveFrames({ opcode: Text, payload: fromHex("c3"), fin: false });
    peer.receiveFrames({ opcode: Continuation, payload: fromHex("fe") });
    assert.deepEqual(peer.take(), ["text octets <ff>", "text octets <c3 fe>"]);
  });

  test("a string is decoded, and so validated, all the same", () => {
    const peer = server({ leniency: { skipUtf8Validation: true } });
    peer.receiveFrames({ opcode: Text, payload: fromHex("ff") });
    assert.ok(peer.trace.includes("violation invalid-utf8"));
  });
});

test("a leading U+FEFF is a character like any other", () => {
  const peer = server();
  peer.receiveFrames({ opcode: Text, payload: "\ufeffx" });
  assert.deepEqual(peer.take(), ['text "\ufeffx"']);
});

test("an idle connection keeps nothing of what was read", async () => {
  const peer = client();
  const chunk = new WeakRef(fromServer({ opcode: Binary, payload: "x".repeat(1000) }));
  receive(peer, chunk.deref()!);
  assert.equal(peer.connection.retainedOctets, 0);
  peer.lastOctets = new Uint8Array(0);
  // What a weak reference has given out stays until the turn ends.
  await setImmediate();
  collectGarbage();
  assert.equal(chunk.deref(), undefined);
  assert.equal(peer.connection.counters.messagesReceived, 1);
});

/** A separate function, so that no variable of the test refers to the chunk. */
function receive({ connection }: Harness, chunk: Uint8Array): void {
  connection.receive(chunk, 0, chunk.length);
}

function collectGarbage(): void {
  setFlagsFromString("--expose_gc");
  (runInNewContext("gc") as () => void)();
}
