/** Pings, as many as go in, from a peer that never reads their pongs. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Opcode } from "../../src/protocol/opcode.js";
import { deferred } from "../support/live-server.js";
import { VICTIMS } from "./victims.js";

const PINGS = 200_000;
/** More than the system takes. */
const UNREAD_OCTETS = 15_000_000;
/** As many may wait before the transport knows that nothing is taken, and behind that: 60 as in ws, and the latest. */
const MOST_PONGS = 61;

for (const { name, encode, open } of VICTIMS) {
  for (const staticRead of name.endsWith("drop-in") ? [true] : [true, false]) {
    test(`keeps a few pongs and the latest: ${name}, ${staticRead ? "static" : "data"}`, async (t) => {
      const done = deferred();
      let pings = 0;
      let most = 0;
      const attacker = await open(t, {
        staticRead,
        onPing: () => {
          pings += 1;
          if (pings % 500 === 0) most = Math.max(most, attacker.victim.bufferedAmount);
          if (pings === PINGS) done.resolve();
        },
      });
      attacker.socket.pause();
      attacker.victim.send(new Uint8Array(UNREAD_OCTETS));
      const ping = Buffer.from(encode({ opcode: Opcode.Ping, payload: "p".repeat(125) }));
      const flood = Buffer.concat(Array.from({ length: 10_000 }, () => ping));
      for (let sent = 10_000; sent < PINGS; sent += 10_000) attacker.write(flood);
      attacker.write(flood.subarray(ping.length));
      attacker.send({ opcode: Opcode.Ping, payload: "latest" });
      await done.promise;
      // All pongs together have 25 MB. A client's frame has 131 octets, and the message's header 14.
      assert.ok(most <= UNREAD_OCTETS + 14 + MOST_PONGS * 131, `${most - UNREAD_OCTETS} octets wait`);
      attacker.socket.resume();
      assert.equal((await attacker.frame()).payload.length, UNREAD_OCTETS);
      let pongs = 1;
      while ((await attacker.next()) !== 'PONG "latest"') pongs += 1;
      assert.ok(pongs <= MOST_PONGS, `${pongs} pongs`);
    });
  }
}
