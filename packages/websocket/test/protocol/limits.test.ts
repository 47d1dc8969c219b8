import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Opcode } from "../../src/protocol/opcode.js";
import { fromClient } from "../support/frames.js";
import { server } from "../support/harness.js";

const { Continuation, Text, Binary, Ping } = Opcode;

/** A budget that counts, and can be exhausted. */
class TestLedger {
  taken = 0;
  least = 0;
  readonly #budget: number;

  constructor(budget: number) {
    this.#budget = budget;
  }

  take(octets: number): boolean {
    if (this.taken + octets > this.#budget) return false;
    this.taken += octets;
    return true;
  }

  give(octets: number): void {
    this.taken -= octets;
    this.least = Math.min(this.least, this.taken);
  }
}

describe("limits", () => {
  test("a frame that is too big is known from its header", () => {
    const peer = server({ limits: { frameOctets: 10, messageOctets: 100 } });
    peer.receiveFrames({ opcode: Binary, payload: "0123456789" });
    peer.take();
    peer.receive(fromClient({ opcode: Binary, length: 11 }).subarray(0, 2));
    assert.match(peer.trace[0]!, /^> CLOSE 1009/);
    assert.equal(peer.trace[2], "violation frame-too-big");
  });

  test("a message that is too big is known from the header of the fragment", () => {
    const peer = server({ limits: { messageOctets: 10 } });
    peer.receiveFrames(
      { opcode: Binary, payload: "01234", fin: false },
      { opcode: Ping, payload: "a control frame does not count" },
      { opcode: Continuation, payload: "56789" },
      { opcode: Binary, payload: "0123456789" },
    );
    assert.equal(peer.take().at(-1), 'binary "0123456789"');
    peer.receiveFrames({ opcode: Binary, payload: "01234", fin: false });
    peer.receive(fromClient({ opcode: Continuation, length: 6 }).subarray(0, 2));
    assert.match(peer.trace[0]!, /^> CLOSE 1009/);
    assert.equal(peer.trace[2], "violation message-too-big");
  });

  test("fragments are counted, empty ones too", () => {
    const peer = server({ limits: { fragments: 3 } });
    peer.receiveFrames({ opcode: Text, fin: false }, { opcode: Continuation, fin: false });
    peer.receiveFrames({ opcode: Continuation });
    assert.deepEqual(peer.take(), ['text ""']);
    peer.receiveFrames({ opcode: Text, fin: false }, { opcode: Continuation, fin: false });
    peer.receiveFrames({ opcode: Continuation, fin: false });
    assert.deepEqual(peer.take(), []);
    peer.receiveFrames({ opcode: Continuation });
    assert.match(peer.trace[0]!, /^> CLOSE 1008/);
    assert.equal(peer.trace[2], "violation too-many-fragments");
  });

  test("a header that announces a lot costs nothing", () => {
    const peer = server();
    peer.receive(fromClient({ opcode: Binary, length: 1_000_000 }));
    assert.equal(peer.connection.retainedOctets, 0);
    peer.receive(new Uint8Array(100));
    assert.ok(peer.connection.retainedOctets <= 256);
    peer.receive(new Uint8Array(1000));
    assert.ok(peer.connection.retainedOctets <= 2200);
  });

  test("a message whose size is known ends up in memory of that size", () => {
    const peer = server();
    const octets = fromClient({ opcode: Binary, payload: new Uint8Array(1000).fill(7) });
    peer.receive(octets.subarray(0, 600));
    peer.receive(octets.subarray(600));
    assert.equal(peer.lastOctets.length, 1000);
    assert.equal(peer.lastOctets.buffer.byteLength, 1000);
    assert.ok(peer.lastOctets.every((octet) => octet === 7));
    assert.equal(peer.connection.retainedOctets, 0);
  });

  test("what may be retained is limited", () => {
    const peer = server({ limits: { retainedOctets: 1000 } });
    peer.receiveFrames({ opcode: Binary, payload: new Uint8Array(400), fin: false });
    assert.deepEqual(peer.take(), []);
    peer.receiveFrames({ opcode: Continuation, payload: new Uint8Array(700) });
    assert.match(peer.trace[0]!, /^> CLOSE 1009/);
    assert.equal(peer.trace[2], "violation too-much-retained");
    assert.equal(peer.connection.retainedOctets, 0);
  });

  test("a ledger that has nothing left fails the connection", () => {
    const ledger = new TestLedger(1000);
    const peer = server({ connection: { ledger } });
    peer.receiveFrames({ opcode: Binary, payload: new Uint8Array(400), fin: false });
    assert.equal(ledger.taken, 800);
    peer.receiveFrames({ opcode: Continuation, payload: new Uint8Array(700) });
    assert.match(peer.trace[0]!, /^> CLOSE 1013/);
    assert.equal(peer.trace[2], "violation out-of-memory-budget");
    assert.equal(ledger.taken, 0);
  });

  test("what was taken from the ledger is given back exactly", () => {
    const ledger = new TestLedger(100_000);
    const peer = server({ connection: { ledger } });
    for (let round = 0; round < 3; round += 1) {
      peer.receiveFrames({ opcode: Text, payload: "x".repeat(300), fin: false });
      peer.receiveFrames({ opcode: Continuation, payload: "x".repeat(300) });
      peer.connection.pause();
      peer.receiveFrames({ opcode: Text, payload: "paused" });
      peer.receiveFrames({ opcode: Text, payload: "held too" });
      assert.ok(ledger.taken > 0);
      peer.connection.resume();
      assert.equal(ledger.taken, 0);
    }
    peer.receiveFrames({ opcode: Text, payload: "never ends", fin: false });
    peer.connection.transportClosed();
    assert.equal(ledger.taken, 0);
    assert.equal(ledger.least, 0);
  });
});
