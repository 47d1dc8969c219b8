/** What is left of a read waits for its turn, whatever happens meanwhile. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Opcode } from "../../src/protocol/opcode.js";
import { State } from "../../src/protocol/state.js";
import type { TurnTaker, Turns } from "../../src/protocol/turns.js";
import { VIOLATIONS } from "../../src/protocol/violation.js";
import { Budget } from "../../src/session/budget.js";
import { TestInflater, compress } from "../support/codecs.js";
import { server } from "../support/harness.js";
import type { Harness, HarnessOptions } from "../support/harness.js";

const { Text, Ping, Close } = Opcode;

/** Turns with room for `room` steps each, which begin when the test says so. */
class TestTurns implements Turns {
  room: number;
  #left = 0;
  readonly line: TurnTaker[] = [];
  /** What was left of the read each time. */
  asked: number[] = [];

  constructor(room: number) {
    this.room = room;
    this.#left = room - 1;
  }

  spend(_octets: number, left: number): boolean {
    this.asked.push(left);
    this.#left--;
    return this.#left >= 0;
  }

  wait(taker: TurnTaker): void {
    assert.ok(!this.line.includes(taker), "none waits twice");
    this.line.push(taker);
  }

  next(): void {
    this.#left = this.room - 1;
    this.line.shift()?.takeTurn();
  }
}

function setUp(options: HarnessOptions = {}, room = 1): { peer: Harness; turns: TestTurns } {
  const turns = new TestTurns(room);
  return { peer: server({ ...options, connection: { ...options.connection, turns } }), turns };
}

const texts = (...payloads: string[]) => payloads.map((payload) => ({ opcode: Text, payload }));

describe("turns", () => {
  test("what is left of a read goes on in the next turn, in order, and reading pauses meanwhile", () => {
    const { peer, turns } = setUp({}, 2);
    peer.receiveFrames(...texts("1", "2", "3"), { opcode: Ping }, ...texts("4"));
    assert.deepEqual(peer.take(), ['text "1"', 'text "2"', "paused"]);
    assert.equal(peer.connection.isAwaitingTurn, true);
    assert.ok(peer.connection.retainedOctets > 0);
    // TLS may hand over what it had decrypted already.
    peer.receiveFrames(...texts("5"));
    assert.deepEqual(peer.take(), []);
    turns.next();
    assert.deepEqual(peer.take(), ['text "3"', '> PONG ""', 'ping ""']);
    turns.next();
    assert.deepEqual(peer.take(), ['text "4"', 'text "5"', "resumed"]);
    assert.equal(peer.connection.isAwaitingTurn, false);
    assert.equal(peer.connection.retainedOctets, 0);
    assert.deepEqual(turns.line, []);
  });

  test("a read with one message asks for nothing; others say how much is left, unless it has waited", () => {
    const { peer, turns } = setUp({}, 10);
    peer.receiveFrames(...texts("1"));
    assert.deepEqual(turns.asked, []);
    peer.receiveFrames(...texts("2", "3", "4"));
    assert.deepEqual(turns.asked, [14, 7]);
    turns.room = 1;
    turns.next();
    turns.asked = [];
    peer.receiveFrames(...texts("5", "6", "7"));
    turns.next();
    assert.deepEqual(turns.asked, [14, 0]);
  });

  test("the end of the stream is reported behind what waits", () => {
    const { peer, turns } = setUp();
    peer.receiveFrames(...texts("1", "2"), { opcode: Close, payload: Uint8Array.of(3, 232) });
    peer.connection.receiveEnd();
    turns.next();
    assert.deepEqual(peer.take().slice(0, 3), ['text "1"', "paused", 'text "2"']);
    turns.next();
    assert.ok(peer.take().some((line) => line.startsWith("> CLOSE 1000")));
  });

  test("the transport's end and its errors are reported behind what waits, and nothing can be sent meanwhile", () => {
    const { peer, turns } = setUp();
    const { connection } = peer;
    peer.receiveFrames(...texts("1", "2", "3"));
    connection.afterWaiting(() => peer.trace.push("error"));
    connection.transportClosed();
    assert.equal(connection.isLost, true);
    assert.equal(connection.state, State.Closing);
    connection.sendText("too late");
    turns.next();
    assert.deepEqual(peer.take(), ['text "1"', "paused", 'text "2"']);
    turns.next();
    assert.deepEqual(peer.take(), ['text "3"', "resumed", "error", 'closed 1006 "" unclean']);
    connection.afterWaiting(() => peer.trace.push("at once"));
    assert.deepEqual(peer.take(), ["at once"]);
  });

  test("a Close frame that waits when the transport goes says its code, but the closing was not clean", () => {
    const { peer, turns } = setUp();
    peer.receiveFrames(...texts("1"), { opcode: Close, payload: Uint8Array.of(3, 232) });
    peer.connection.transportClosed();
    turns.next();
    assert.equal(peer.take().at(-1), 'closed 1000 "" unclean');
  });

  test("an end that is this side's own doing waits for nothing", () => {
    const { peer, turns } = setUp();
    peer.receiveFrames(...texts("1", "2"));
    peer.connection.transportClosed(true);
    assert.deepEqual(peer.take(), ['text "1"', "paused", 'closed 1006 "" unclean']);
    turns.next();
    assert.deepEqual(peer.take(), []);
    assert.equal(peer.connection.retainedOctets, 0);
  });

  test("a lost connection that is failed meanwhile still ends", () => {
    const { peer, turns } = setUp();
    peer.receiveFrames(...texts("1", "2"));
    peer.connection.transportClosed();
    peer.connection.fail(VIOLATIONS["internal-error"]);
    turns.next();
    assert.equal(peer.take().at(-1), 'closed 1006 "" unclean');
  });

  test("a deadline does not pass before what waits has been read", () => {
    const { peer, turns } = setUp();
    const { connection } = peer;
    connection.close(1000);
    peer.receiveFrames(...texts("1", "2"));
    peer.take();
    peer.now = connection.deadline;
    connection.tick(peer.now);
    assert.deepEqual(peer.take(), []);
    turns.next();
    assert.deepEqual(peer.take(), ['text "2"', "resumed", "abort"]);
  });

  test("nor does it pass when the peer's Close frame is among that, and none after the end", () => {
    const { peer, turns } = setUp();
    const { connection } = peer;
    connection.close(1000);
    peer.receiveFrames(...texts("1"), { opcode: Close, payload: Uint8Array.of(3, 232) });
    peer.now = connection.deadline;
    connection.tick(peer.now);
    turns.next();
    assert.equal(peer.take().includes("abort"), false);

    const other = setUp();
    other.peer.receiveFrames(...texts("1", "2"));
    other.peer.connection.transportClosed();
    other.peer.connection.expire();
    other.turns.next();
    assert.equal(other.peer.take().at(-1), 'closed 1006 "" unclean');
  });

  test("pausing while it waits, and resuming in a turn without room", () => {
    const { peer, turns } = setUp();
    const { connection } = peer;
    peer.receiveFrames(...texts("1", "2", "3"));
    connection.pause();
    turns.next();
    assert.deepEqual(peer.take(), ['text "1"', "paused"]);
    // The turn has no room for a loop of pausing and resuming.
    connection.resume();
    assert.deepEqual(peer.take(), []);
    turns.next();
    assert.deepEqual(peer.take(), ['text "2"']);
    connection.pause();
    connection.resume();
    assert.deepEqual(peer.take(), []);
    turns.next();
    assert.deepEqual(peer.take(), ['text "3"', "resumed"]);
  });

  test("a resume in a turn that has room goes on at once", () => {
    const { peer } = setUp({}, 5);
    peer.connection.pause();
    peer.receiveFrames(...texts("1", "2"));
    peer.connection.resume();
    assert.deepEqual(peer.take(), ["paused", 'text "1"', 'text "2"', "resumed"]);
  });

  test("a violation ends the waiting", () => {
    const { peer, turns } = setUp();
    peer.receiveFrames(...texts("1", "2"));
    peer.connection.fail(VIOLATIONS["internal-error"]);
    assert.equal(peer.connection.isAwaitingTurn, false);
    assert.equal(peer.take().at(-1), "resumed");
    turns.next();
    assert.deepEqual(peer.take(), []);
  });

  test("what waits by our doing is not held against the peer, but against the budget of all", () => {
    const limits = { retainedOctets: 5_000 };
    const { peer, turns } = setUp({ limits });
    peer.receiveFrames(...texts("1", "x".repeat(6_000)), { opcode: Text, fin: false, payload: "half" });
    turns.next();
    turns.next();
    assert.deepEqual(
      peer.take().filter((line) => line.startsWith("violation")),
      [],
    );
    const poor = setUp({ connection: { ledger: new Budget(50) } });
    poor.peer.receiveFrames(...texts("1", "x".repeat(100)));
    assert.ok(poor.peer.take().includes("violation out-of-memory-budget"));
  });

  test("an asynchronous inflater's result goes on in a turn that has room", () => {
    const inflater = new TestInflater();
    inflater.isSlow = true;
    const { peer, turns } = setUp({ connection: { inflater } });
    peer.receiveFrames({ opcode: Text, rsv: 4, payload: compress(Buffer.from("a")) }, ...texts("2", "3"));
    peer.take();
    turns.spend(0, 0);
    inflater.finish();
    assert.deepEqual(peer.take(), ['text "a"']);
    turns.next();
    assert.deepEqual(peer.take(), ['text "2"']);
    turns.next();
    assert.deepEqual(peer.take(), ['text "3"', "resumed"]);
  });
});
