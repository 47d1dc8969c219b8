/** Octets that come one by one: counted are those that are retained, and those that are copied. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Connection } from "../../src/protocol/connection.js";
import type { Ledger } from "../../src/protocol/limits.js";
import { Opcode } from "../../src/protocol/opcode.js";
import { Budget } from "../../src/session/budget.js";
import { fromClient } from "../support/frames.js";
import { server } from "../support/harness.js";
import { plainKernels } from "../support/kernels.js";

const { Text, Continuation } = Opcode;
const OCTETS = 200_000;

/** What all connections together retain. */
class CountingLedger implements Ledger {
  octets = 0;
  most = 0;
  take(octets: number): boolean {
    this.octets += octets;
    this.most = Math.max(this.most, this.octets);
    return true;
  }
  give(octets: number): void {
    this.octets -= octets;
  }
}

/** Kernels that count the octets they are asked for. */
function countingKernels(): {
  readonly allocated: () => number;
  readonly kernels: ReturnType<typeof plainKernels>;
} {
  const kernels = plainKernels();
  let allocated = 0;
  return {
    allocated: () => allocated,
    kernels: {
      ...kernels,
      allocate: (octets) => {
        allocated += octets;
        return kernels.allocate(octets);
      },
    },
  };
}

function receiveOneByOne(connection: Connection, octets: Uint8Array): void {
  for (const octet of octets) connection.receive(Uint8Array.of(octet), 0, 1);
}

test("a message in segments of one octet is kept once, and copied a few times at most", () => {
  const ledger = new CountingLedger();
  const { allocated, kernels } = countingKernels();
  const peer = server({ kernels, connection: { ledger } });
  const message = fromClient({ opcode: Text, payload: "x".repeat(OCTETS) });
  receiveOneByOne(peer.connection, message.subarray(0, -1));
  assert.ok(peer.connection.retainedOctets <= 2 * OCTETS, `${peer.connection.retainedOctets} are retained`);
  receiveOneByOne(peer.connection, message.subarray(-1));
  assert.deepEqual(peer.take(), [`text "${"x".repeat(OCTETS)}"`]);
  assert.equal(ledger.octets, 0);
  assert.ok(ledger.most <= 2 * OCTETS, `${ledger.most} were retained`);
  // Memory that doubles when it is full: twice what is there, and the halves before it.
  assert.ok(allocated() <= 6 * OCTETS + 200_000, `${allocated()} were allocated`);
});

test("fragments of one octet, each in segments of one octet, cost their payload data", () => {
  const ledger = new CountingLedger();
  const { allocated, kernels } = countingKernels();
  const peer = server({ kernels, connection: { ledger } });
  const fragment = fromClient({ opcode: Continuation, fin: false, payload: "x" });
  receiveOneByOne(peer.connection, fromClient({ opcode: Text, fin: false, payload: "x" }));
  for (let count = 0; count < 16_000; count++) receiveOneByOne(peer.connection, fragment);
  assert.ok(ledger.most <= 2 * 16_001 + 4096, `${ledger.most} were retained`);
  assert.ok(allocated() <= 4 * 16_001 + 200_000, `${allocated()} were allocated`);
  assert.deepEqual(peer.take(), []);
});

test("octets that come while the application pauses are kept once, up to the limit: 1009", () => {
  const ledger = new CountingLedger();
  const peer = server({ connection: { ledger }, limits: { retainedOctets: 100_000 } });
  peer.connection.pause();
  receiveOneByOne(peer.connection, new Uint8Array(99_000).fill(0x81));
  assert.ok(ledger.most <= 100_000, `${ledger.most} were retained`);
  receiveOneByOne(peer.connection, new Uint8Array(2_000));
  assert.ok(peer.take().includes("violation too-much-retained"));
  assert.equal(ledger.octets, 0);
});

test("the budget of all connections is refused to the one that goes beyond it: 1013", () => {
  const ledger = new Budget(50_000);
  const peers = Array.from({ length: 10 }, () => server({ connection: { ledger } }));
  for (const peer of peers)
    receiveOneByOne(peer.connection, fromClient({ opcode: Text, fin: false, payload: "x".repeat(9_000) }));
  const lines = peers.map((peer) => peer.take().find((line) => line.startsWith("violation")) ?? "");
  assert.equal(lines[0], "");
  assert.equal(lines.at(-1), "violation out-of-memory-budget");
  for (const peer of peers) peer.connection.transportClosed();
  // Everything was given back, by those that were failed, too.
  assert.equal(ledger.take(50_000), true);
});
