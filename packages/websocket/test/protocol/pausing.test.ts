import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Opcode } from "../../src/protocol/opcode.js";
import { fromClient } from "../support/frames.js";
import { server } from "../support/harness.js";
import type { Harness } from "../support/harness.js";
import { plainKernels } from "../support/kernels.js";

const { Continuation, Text, Binary, Ping, Close } = Opcode;

/** Pauses in each message. */
function pausing(): Harness {
  const peer = server();
  peer.onLine = (line) => {
    if (line.startsWith("text")) peer.connection.pause();
  };
  return peer;
}

describe("pause and resume", () => {
  test("what comes while paused waits, in order", () => {
    const peer = server();
    peer.connection.pause();
    peer.connection.pause();
    peer.receiveFrames({ opcode: Text, payload: "1" });
    peer.receiveFrames({ opcode: Text, payload: "2" }, { opcode: Ping });
    assert.deepEqual(peer.take(), ["paused"]);
    assert.ok(peer.connection.retainedOctets > 0);
    assert.equal(peer.connection.hasWaitingInput, true);
    peer.connection.resume();
    assert.equal(peer.connection.hasWaitingInput, false);
    assert.deepEqual(peer.take(), ['text "1"', 'text "2"', '> PONG ""', 'ping ""', "resumed"]);
    assert.equal(peer.connection.retainedOctets, 0);
    peer.connection.resume();
    assert.deepEqual(peer.take(), []);
  });

  test("pausing in the middle of a chunk keeps its rest, message by message", () => {
    const peer = pausing();
    peer.receiveFrames(...["1", "2", "3"].map((payload) => ({ opcode: Text, payload })));
    assert.deepEqual(peer.take(), ['text "1"', "paused"]);
    peer.connection.resume();
    assert.deepEqual(peer.take(), ['text "2"']);
    peer.receiveFrames({ opcode: Text, payload: "4" });
    assert.deepEqual(peer.take(), []);
    peer.connection.resume();
    assert.deepEqual(peer.take(), ['text "3"']);
    peer.connection.resume();
    assert.deepEqual(peer.take(), ['text "4"']);
    peer.connection.resume();
    assert.deepEqual(peer.take(), ["resumed"]);
  });

  test("a pause that is resumed in the same callback stops nothing", () => {
    const peer = server();
    peer.onLine = (line) => {
      if (line !== 'text "1"') return;
      peer.connection.pause();
      peer.connection.resume();
    };
    peer.receiveFrames({ opcode: Text, payload: "1" }, { opcode: Text, payload: "2" });
    assert.deepEqual(peer.take(), ['text "1"', "paused", 'text "2"', "resumed"]);
  });

  test("a resume inside onPause", () => {
    const peer = server();
    peer.onLine = (line) => {
      if (line === "paused") peer.connection.resume();
    };
    peer.connection.pause();
    peer.receiveFrames({ opcode: Text, payload: "1" });
    assert.deepEqual(peer.take(), ["paused", "resumed", 'text "1"']);
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

  test("octets that come inside a callback that pauses wait behind the rest of the chunk", () => {
    const peer = pausing();
    let isFirst = true;
    const pause = peer.onLine!;
    peer.onLine = (line) => {
      pause(line);
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
      peer.connection.resume();
    }
  });

  test("octets that come inside a callback while waiting ones are read", () => {
    const peer = server();
    peer.connection.pause();
    peer.receiveFrames({ opcode: Text, payload: "1" }, { opcode: Text, payload: "2" });
    peer.onLine = (line) => {
      if (line === 'text "1"') peer.receiveFrames({ opcode: Binary, payload: "x".repeat(500) });
    };
    peer.connection.resume();
    assert.deepEqual(peer.take().slice(1, 4), ['text "1"', 'text "2"', "binary [500 octets]"]);
  });

  test("the same behind some that were read before", () => {
    const peer = server();
    peer.connection.pause();
    peer.receiveFrames(...["1", "2", "3"].map((payload) => ({ opcode: Text, payload })));
    peer.onLine = (line) => {
      if (line === 'text "1"') peer.connection.pause();
      if (line === 'text "2"') {
        peer.receiveFrames({ opcode: Binary, payload: "x".repeat(500) });
        peer.connection.pause();
      }
    };
    peer.connection.resume();
    peer.connection.resume();
    peer.connection.resume();
    assert.deepEqual(peer.take(), [
      "paused",
      'text "1"',
      'text "2"',
      'text "3"',
      "binary [500 octets]",
      "resumed",
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
    peer.connection.pause();
    allocated = 0;
    for (let count = 0; count < 1000; count += 1) peer.receiveFrames({ opcode: Ping });
    assert.ok(allocated <= 6 * 6000, `${allocated} octets for 6,000`);
  });

  test("a frame cut while paused", () => {
    const octets = fromClient({ opcode: Text, payload: "cut" });
    const peer = server();
    peer.receive(octets.subarray(0, 7));
    peer.connection.pause();
    peer.receive(octets.subarray(7));
    peer.connection.resume();
    assert.deepEqual(peer.take(), ["paused", 'text "cut"', "resumed"]);
  });

  test("the peer's end waits behind what waits", () => {
    const peer = server();
    peer.connection.pause();
    peer.receiveFrames({ opcode: Text, payload: "last" });
    peer.connection.receiveEnd();
    assert.deepEqual(peer.take(), ["paused"]);
    peer.connection.resume();
    assert.deepEqual(peer.take(), ['text "last"', "resumed", "> END", "closing"]);
  });

  test("the peer's end inside a callback waits for the rest of the chunk", () => {
    const peer = server();
    peer.onLine = (line) => {
      if (line === 'text "1"') peer.connection.receiveEnd();
    };
    peer.receiveFrames({ opcode: Text, payload: "1" }, { opcode: Text, payload: "2" });
    assert.deepEqual(peer.take(), ['text "1"', 'text "2"', "> END", "closing"]);
  });

  test("failing while paused drops what waits and reads on, to drop it", () => {
    const peer = server({ limits: { retainedOctets: 100 } });
    peer.connection.pause();
    peer.receiveFrames({ opcode: Text, payload: "x".repeat(60) });
    peer.connection.receiveEnd();
    peer.take();
    peer.receiveFrames({ opcode: Text, payload: "x".repeat(60) });
    const lines = peer.take();
    assert.match(lines[0]!, /^> CLOSE 1009/);
    const rest = ["> END", "violation too-much-retained", "closing", "resumed"];
    assert.deepEqual(lines.slice(1), rest);
    assert.equal(peer.connection.retainedOctets, 0);
    peer.connection.pause();
    peer.connection.resume();
    assert.deepEqual(peer.take(), []);
  });

  test("more of a chunk than may be retained", () => {
    const peer = server({ limits: { retainedOctets: 100 } });
    peer.onLine = (line) => {
      if (line === 'text "1"') peer.connection.pause();
    };
    peer.receiveFrames({ opcode: Text, payload: "1" }, { opcode: Binary, payload: "x".repeat(200) });
    assert.ok(peer.take().includes("violation too-much-retained"));
  });

  test("the peer's Close frame among what waits", () => {
    const peer = server();
    peer.connection.pause();
    peer.receiveFrames(
      { opcode: Text, payload: "a", fin: false },
      { opcode: Close },
      { opcode: Continuation, payload: "b" },
    );
    peer.connection.resume();
    assert.deepEqual(peer.take(), ["paused", '> CLOSE ""', "> END", "closing", "resumed"]);
  });
});
