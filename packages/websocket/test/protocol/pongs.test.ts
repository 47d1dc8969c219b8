import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Opcode } from "../../src/protocol/opcode.js";
import { octetsOf } from "../support/frames.js";
import { server } from "../support/harness.js";
import type { Harness } from "../support/harness.js";

const { Ping } = Opcode;

function flood(peer: Harness, from: number, to: number): void {
  for (let at = from; at < to; at += 1) peer.receiveFrames({ opcode: Ping, payload: `${at}` });
}

function pongs(peer: Harness): string[] {
  return peer.take().filter((line) => line.startsWith("> PONG"));
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
  test("beyond the limit only the latest is kept", () => {
    const peer = server({ limits: { pendingPongs: 2 } });
    peer.connection.setBlocked(true);
    flood(peer, 0, 1000);
    assert.deepEqual(pongs(peer), ['> PONG "0"', '> PONG "1"']);
    peer.connection.setBlocked(false);
    assert.deepEqual(pongs(peer), ['> PONG "999"']);
    assert.equal(peer.connection.counters.pongsSent, 3);
    flood(peer, 0, 3);
    assert.equal(pongs(peer).length, 3);
  });

  test("the limit holds anew for every time", () => {
    const peer = server({ limits: { pendingPongs: 2 } });
    peer.connection.setBlocked(true);
    flood(peer, 0, 2);
    peer.connection.setBlocked(false);
    peer.connection.setBlocked(true);
    flood(peer, 2, 4);
    peer.connection.setBlocked(false);
    assert.equal(pongs(peer).length, 4);
  });

  test("those of the application count too", () => {
    const peer = server({ limits: { pendingPongs: 0 }, connection: { autoPong: false } });
    peer.connection.setBlocked(true);
    peer.connection.pong(octetsOf("a"));
    peer.connection.pong(octetsOf("b"));
    peer.connection.setBlocked(false);
    assert.deepEqual(pongs(peer), ['> PONG "b"']);
  });

  test("nothing follows a Close frame, nor the end", () => {
    const closed = server({ limits: { pendingPongs: 0 } });
    closed.connection.setBlocked(true);
    flood(closed, 0, 1);
    closed.connection.close(1000);
    closed.connection.setBlocked(false);
    flood(closed, 1, 2);
    assert.deepEqual(pongs(closed), []);
    const gone = server({ limits: { pendingPongs: 0 } });
    gone.connection.setBlocked(true);
    flood(gone, 0, 1);
    gone.connection.transportClosed();
    gone.take();
    gone.connection.setBlocked(false);
    gone.connection.ping();
    gone.connection.pong();
    assert.deepEqual(gone.take(), []);
  });
});
