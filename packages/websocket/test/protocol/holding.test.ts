import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Opcode } from "../../src/protocol/opcode.js";
import { fromClient } from "../support/frames.js";
import { server } from "../support/harness.js";
import type { Harness } from "../support/harness.js";
import { plainKernels } from "../support/kernels.js";

const { Continuation, Text, Binary, Ping, Close } = Opcode;

/** Holds in each message. */
function holding(): Harness {
  const peer = server();
  peer.onLine = (line) => {
    if (line.startsWith("text")) peer.connection.hold();
  };
  return peer;
}

describe("hold and release", () => {
  test("what comes while held waits, in order", () => {
    const peer = server();
    peer.connection.hold();
    peer.connection.hold();
    peer.receiveFrames({ opcode: Text, payload: "1" });
    peer.receiveFrames({ opcode: Text, payload: "2" }, { opcode: Ping });
    assert.deepEqual(peer.take(), ["held"]);
    assert.ok(peer.connection.retainedOctets > 0);
    assert.equal(peer.connection.hasWaitingInput, true);
    peer.connection.release();
    assert.equal(peer.connection.hasWaitingInput, false);
    assert.deepEqual(peer.take(), ['text "1"', 'text "2"', '> PONG ""', 'ping ""', "released"]);
    assert.equal(peer.connection.retainedOctets, 0);
    peer.connection.release();
    assert.deepEqual(peer.take(), []);
  });

  test("holding in the middle of a chunk keeps its rest, message by message", () => {
    const peer = holding();
    peer.receiveFrames(...["1", "2", "3"].map((payload) => ({ opcode: Text, payload })));
    assert.deepEqual(peer.take(), ['text "1"', "held"]);
    peer.connection.release();
    assert.deepEqual(peer.take(), ['text "2"']);
    peer.receiveFrames({ opcode: Text, payload: "4" });
    assert.deepEqual(peer.take(), []);
    peer.connection.release();
    assert.deepEqual(peer.take(), ['text "3"']);
    peer.connection.release();
    assert.deepEqual(peer.take(), ['text "4"']);
    peer.connection.release();
    assert.deepEqual(peer.take(), ["released"]);
  });

  test("a hold that is released in the same callback stops nothing", () => {
    const peer = server();
    peer.onLine = (line) => {
      if (line !== 'text "1"') return;
      peer.connection.hold();
      peer.connection.release();
    };
    peer.receiveFrames({ opcode: Text, payload: "1" }, { opcode: Text, payload: "2" });
    assert.deepEqual(peer.take(), ['text "1"', "held", 'text "2"', "released"]);
  });

  test("a release inside onHold", () => {
    const peer = server();
    peer.onLine = (line) => {
      if (line === "held") peer.connection.release();
    };
    peer.connection.hold();
    peer.receiveFrames({ opcode: Text, payload: "1" });
    assert.deepEqual(peer.take(), ["held", "released", 'text "1"']);
  });

  test("octets that come inside a callback wait behind the chunk that is read", () => {
    const peer = server();
    peer.onLine = (line) => {
      if (line !== 'text "1"') return;
      peer.receiveFrames({ opcode: Text, payload: "3" });
      peer.receiveFrames({ opcode: Text, payload: "4" });
    };
    peer.receiveFrames({ opcode: Text, payload: "1" }, { opcode: Text, payload: "2" });
    assert.deepEqual(
      peer.take(),
      ["1", "2", "3", "4"].map((text) => `text "${text}"`),
    );
  });

  test("octets that come inside a callback that holds wait behind the rest of the chunk", () => {
    const peer = holding();
    let isFirst = true;
    const hold = peer.onLine!;
    peer.onLine = (line) => {
      hold(line);
      if (isFirst) {
        isFirst = false;
        peer.receiveFrames({ opcode: Text, payload: "3" });
      }
    };
    peer.receiveFrames({ opcode: Text, payload: "1" }, { opcode: Text, payload: "2" });
    for (const text of ["1", "2", "3"]) {
      assert.deepEqual(
        peer.take().filter((line) => line.startsWith("text")),
        [`text "${text}"`],
      );
      peer.connection.release();
    }
  });

  test("octets that come inside a callback while held ones are read", () => {
    const peer = server();
    peer.connection.hold();
    peer.receiveFrames({ opcode: Text, payload: "1" }, { opcode: Text, payload: "2" });
    peer.onLine = (line) => {
      if (line === 'text "1"') peer.receiveFrames({ opcode: Binary, payload: "x".repeat(500) });
    };
    peer.connection.release();
    assert.deepEqual(peer.take().slice(1, 4), ['text "1"', 'text "2"', "binary [500 octets]"]);
  });

  test("the same behind some that were read before", () => {
    const peer = server();
    peer.connection.hold();
    peer.receiveFrames(...["1", "2", "3"].map((payload) => ({ opcode: Text, payload })));
    peer.onLine = (line) => {
      if (line === 'text "1"') peer.connection.hold();
      if (line === 'text "2"') {
        peer.receiveFrames({ opcode: Binary, payload: "x".repeat(500) });
        peer.connection.hold();
      }
    };
    peer.connection.release();
    peer.connection.release();
    peer.connection.release();
    assert.deepEqual(peer.take(), [
      "held",
      'text "1"',
      'text "2"',
      'text "3"',
      "binary [500 octets]",
      "released",
    ]);
  });

  test("a lot in small pieces does not move with each of them", () => {
    let allocated = 0;
    const plain = plainKernels();
    const allocate = (octets: number): Uint8Array => {
      allocated += octets;
      return plain.allocate(octets);
    };
    const peer = server({ kernels: { ...plain, allocate } });
    peer.connection.hold();
    allocated = 0;
    for (let count = 0; count < 1000; count += 1) peer.receiveFrames({ opcode: Ping });
    assert.ok(allocated <= 6 * 6000, `${allocated} octets for 6,000`);
  });

  test("a frame cut while held", () => {
    const octets = fromClient({ opcode: Text, payload: "cut" });
    const peer = server();
    peer.receive(octets.subarray(0, 7));
    peer.connection.hold();
    peer.receive(octets.subarray(7));
    peer.connection.release();
    assert.deepEqual(peer.take(), ["held", 'text "cut"', "released"]);
  });

  test("the peer's end waits behind what is held", () => {
    const peer = server();
    peer.connection.hold();
    peer.receiveFrames({ opcode: Text, payload: "last" });
    peer.connection.receiveEnd();
    assert.deepEqual(peer.take(), ["held"]);
    peer.connection.release();
    assert.deepEqual(peer.take(), ['text "last"', "released", "> END", "closing"]);
  });

  test("the peer's end inside a callback waits for the rest of the chunk", () => {
    const peer = server();
    peer.onLine = (line) => {
      if (line === 'text "1"') peer.connection.receiveEnd();
    };
    peer.receiveFrames({ opcode: Text, payload: "1" }, { opcode: Text, payload: "2" });
    assert.deepEqual(peer.take(), ['text "1"', 'text "2"', "> END", "closing"]);
  });

  test("failing while held drops what waits and reads on, to drop it", () => {
    const peer = server({ limits: { retainedOctets: 100 } });
    peer.connection.hold();
    peer.receiveFrames({ opcode: Text, payload: "x".repeat(60) });
    peer.connection.receiveEnd();
    peer.take();
    peer.receiveFrames({ opcode: Text, payload: "x".repeat(60) });
    const lines = peer.take();
    assert.match(lines[0]!, /^> CLOSE 1009/);
    const rest = ["> END", "violation too-much-retained", "closing", "released"];
    assert.deepEqual(lines.slice(1), rest);
    assert.equal(peer.connection.retainedOctets, 0);
    peer.connection.hold();
    peer.connection.release();
    assert.deepEqual(peer.take(), []);
  });

  test("more of a chunk than may be retained", () => {
    const peer = server({ limits: { retainedOctets: 100 } });
    peer.onLine = (line) => {
      if (line === 'text "1"') peer.connection.hold();
    };
    peer.receiveFrames({ opcode: Text, payload: "1" }, { opcode: Binary, payload: "x".repeat(200) });
    assert.ok(peer.take().includes("violation too-much-retained"));
  });

  test("the peer's Close frame among what is held", () => {
    const peer = server();
    peer.connection.hold();
    peer.receiveFrames(
      { opcode: Text, payload: "a", fin: false },
      { opcode: Close },
      { opcode: Continuation, payload: "b" },
    );
    peer.connection.release();
    assert.deepEqual(peer.take(), ["held", '> CLOSE ""', "> END", "closing", "released"]);
  });
});
