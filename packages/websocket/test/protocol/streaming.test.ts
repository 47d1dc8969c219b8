import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Opcode } from "../../src/protocol/opcode.js";
import { fromClient, fromHex } from "../support/frames.js";
import { server } from "../support/harness.js";

const { Continuation, Text, Binary, Ping } = Opcode;

describe("messages delivered in parts", () => {
  test("the next message only", () => {
    const peer = server();
    peer.connection.streamNext();
    peer.receiveFrames(
      { opcode: Text, payload: "a", fin: false },
      { opcode: Ping },
      { opcode: Continuation, fin: false },
      { opcode: Continuation, payload: "b" },
      { opcode: Text, payload: "c" },
    );
    assert.deepEqual(peer.take(), [
      "start text",
      'part "a"',
      '> PONG ""',
      'ping ""',
      'last part "b"',
      'text "c"',
    ]);
    assert.equal(peer.connection.counters.messagesReceived, 2);
  });

  test("a message in one frame, cut", () => {
    const peer = server();
    const octets = fromClient({ opcode: Binary, payload: "abc" });
    peer.connection.streamNext();
    peer.receive(octets.subarray(0, 7));
    assert.deepEqual(peer.take(), ["start binary", 'part "a"']);
    peer.receive(octets.subarray(7));
    assert.deepEqual(peer.take(), ['last part "bc"']);
    assert.equal(peer.connection.retainedOctets, 0);
  });

  test("an empty message", () => {
    const peer = server();
    peer.connection.streamNext();
    peer.receiveFrames({ opcode: Binary });
    assert.deepEqual(peer.take(), ["start binary", 'last part ""']);
  });

  test("pausing when an empty message begins", () => {
    const peer = server();
    peer.connection.streamNext();
    peer.onLine = (line) => {
      if (line === "start binary") peer.connection.pause();
    };
    peer.receiveFrames({ opcode: Binary });
    assert.deepEqual(peer.take(), ["start binary", "paused"]);
    peer.connection.resume();
    assert.deepEqual(peer.take(), ['last part ""', "resumed"]);
  });

  test("asked for inside a message, it holds for the one after", () => {
    const peer = server();
    peer.receiveFrames({ opcode: Text, payload: "a", fin: false });
    peer.connection.streamNext();
    peer.receiveFrames({ opcode: Continuation, payload: "b" }, { opcode: Text, payload: "c" });
    assert.deepEqual(peer.take(), ['text "ab"', "start text", 'last part "c"']);
  });

  test("the limits of messages, frames and fragments do not hold", () => {
    const peer = server({ limits: { messageOctets: 2, frameOctets: 2, fragments: 1 } });
    peer.connection.streamNext();
    peer.receiveFrames({ opcode: Binary, payload: "abc", fin: false });
    peer.receiveFrames({ opcode: Continuation, payload: "def" });
    assert.deepEqual(peer.take(), ["start binary", 'part "abc"', 'last part "def"']);
    peer.receiveFrames({ opcode: Binary, payload: "abc" });
    assert.ok(peer.take().includes("violation frame-too-big"));
  });

  test("a message that has just begun may be gathered after all, and the limits hold", () => {
    const peer = server({ limits: { messageOctets: 3, frameOctets: 2, fragments: 2 } });
    peer.onLine = (line) => {
      if (line === "start binary") peer.connection.gather();
    };
    peer.connection.streamNext();
    peer.receiveFrames({ opcode: Binary, payload: "ab", fin: false }, { opcode: Continuation, payload: "c" });
    assert.deepEqual(peer.take(), ["start binary", 'binary "abc"']);
    // Too large for that, so that it comes in parts.
    peer.connection.streamNext();
    peer.receiveFrames({ opcode: Binary, payload: "abc" });
    assert.deepEqual(peer.take(), ["start binary", 'last part "abc"']);
    peer.connection.streamNext();
    peer.receiveFrames({ opcode: Binary, fin: false }, { opcode: Continuation, payload: "ab", fin: false });
    peer.receiveFrames({ opcode: Continuation });
    assert.ok(peer.take().includes("violation too-many-fragments"));
  });

  test("a length that is no safe integer is refused even so", () => {
    const peer = server();
    peer.connection.streamNext();
    peer.receive(fromClient({ opcode: Binary, length: 2n ** 53n }));
    assert.ok(peer.take().includes("violation frame-too-big"));
  });

  test("text is validated as it comes, and at its end", () => {
    const cut = server();
    cut.connection.streamNext();
    cut.receiveFrames({ opcode: Text, payload: fromHex("e2 82"), fin: false });
    assert.deepEqual(cut.take(), ["start text", "part <e2 82>"]);
    cut.receiveFrames({ opcode: Continuation });
    assert.ok(cut.take().includes("violation invalid-utf8"));
    const wrong = server();
    wrong.connection.streamNext();
    wrong.receiveFrames({ opcode: Text, payload: fromHex("ff"), fin: false });
    assert.ok(wrong.take().includes("violation invalid-utf8"));
  });
});
