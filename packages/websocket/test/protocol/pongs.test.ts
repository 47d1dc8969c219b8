import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { ConnectionOptions } from "../../src/protocol/connection-options.js";
import { Opcode } from "../../src/protocol/opcode.js";
import { describe as describeFrame, octetsOf, readFrames } from "../support/frames.js";
import { server } from "../support/harness.js";
import type { Harness } from "../support/harness.js";

const { Ping } = Opcode;

function flood(peer: Harness, from: number, to: number): void {
  for (let at = from; at < to; at += 1) peer.receiveFrames({ opcode: Ping, payload: `${at}` });
}

test("a ping of every size is answered with the same octets", () => {
  for (const length of [0, 1, 31, 32, 125]) {
    const peer = server();
    const payload = Uint8Array.from({ length }, (_, at) => at ^ 0x80);
    peer.receiveFrames({ opcode: Ping, payload });
    const [pong, ping] = peer.take();
    assert.equal(pong, `> ${ping!.replace("ping", "PONG")}`.replace(/<.{300,}>/, "[125 octets]"));
  }
});

describe("pongs for a peer that does not read (§5.5.3)", () => {
  /** A connection whose output waits until it is taken. */
  function unread(pendingPongs: number, connection: Partial<ConnectionOptions> = {}): Harness {
    return server({ limits: { pendingPongs }, keepsOutput: true, connection });
  }

  function taken(peer: Harness): string[] {
    return readFrames(peer.takeOutput()).map(describeFrame);
  }

  test("in one read, beyond the limit only the latest is kept", () => {
    const peer = unread(2);
    peer.receiveFrames(...Array.from({ length: 1000 }, (_, at) => ({ opcode: Ping, payload: `${at}` })));
    assert.deepEqual(taken(peer), ['PONG "0"', 'PONG "1"', 'PONG "999"']);
    assert.equal(peer.connection.counters.pongsSent, 3);
  });

  test("reads before the transport knows that it is blocked add one each", () => {
    const peer = unread(2);
    flood(peer, 0, 4);
    assert.deepEqual(taken(peer), ['PONG "0"', 'PONG "1"', 'PONG "2"', 'PONG "3"']);
  });

  test("a pong that was kept never follows a later one", () => {
    const peer = unread(1);
    peer.connection.setBlocked(true);
    flood(peer, 0, 3);
    assert.deepEqual(taken(peer), ['PONG "0"']);
    // Still blocked, and everything was taken: there is room again.
    flood(peer, 3, 4);
    peer.connection.setBlocked(false);
    assert.deepEqual(taken(peer), ['PONG "3"']);
  });

  test("while it is blocked, only the latest is kept", () => {
    const peer = unread(2);
    peer.connection.setBlocked(true);
    flood(peer, 0, 1000);
    assert.equal(peer.connection.queuedOctets, octetsOf("..0..1").length);
    peer.connection.setBlocked(false);
    assert.deepEqual(taken(peer), ['PONG "0"', 'PONG "1"', 'PONG "999"']);
    flood(peer, 0, 2);
    assert.deepEqual(taken(peer), ['PONG "0"', 'PONG "1"']);
  });

  test("those that wait when the transport blocks count", () => {
    const peer = unread(2);
    flood(peer, 0, 2);
    peer.connection.setBlocked(true);
    flood(peer, 2, 10);
    peer.connection.setBlocked(false);
    assert.deepEqual(taken(peer), ['PONG "0"', 'PONG "1"', 'PONG "9"']);
  });

  test("the limit holds anew for every time", () => {
    const peer = unread(2);
    for (let round = 0; round < 3; round += 1) {
      peer.connection.setBlocked(true);
      flood(peer, 0, 2);
      peer.connection.setBlocked(false);
      assert.equal(taken(peer).length, 2);
    }
  });

  test("those of the application count too", () => {
    const peer = unread(0, { autoPong: false });
    peer.connection.setBlocked(true);
    peer.connection.pong(octetsOf("a"));
    peer.connection.pong(octetsOf("b"));
    peer.connection.setBlocked(false);
    assert.deepEqual(taken(peer), ['PONG "b"']);
    // Without a flood, each goes out.
    peer.connection.pong(octetsOf("c"));
    peer.connection.pong(octetsOf("d"));
    assert.deepEqual(taken(peer), ['PONG "c"', 'PONG "d"']);
    peer.onLine = (line) => {
      if (line.startsWith("ping")) peer.connection.pong(octetsOf(line));
    };
    peer.receiveFrames({ opcode: Ping, payload: "e" }, { opcode: Ping, payload: "f" });
    assert.deepEqual(taken(peer), [`PONG "ping 'f'"`.replaceAll("'", '\\"')]);
  });

  test("nothing follows a Close frame, nor the end", () => {
    const closed = unread(0);
    closed.connection.setBlocked(true);
    flood(closed, 0, 1);
    closed.connection.close(1000);
    closed.connection.setBlocked(false);
    flood(closed, 1, 2);
    assert.deepEqual(taken(closed), ['CLOSE 1000 ""']);
    const gone = unread(0);
    gone.connection.setBlocked(true);
    flood(gone, 0, 1);
    gone.connection.transportClosed();
    gone.connection.setBlocked(false);
    gone.connection.ping();
    gone.connection.pong();
    assert.deepEqual(taken(gone), []);
  });
});
