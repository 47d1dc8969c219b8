/** Compressed messages that are not what they seem, against both sides of both interfaces. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { constants, deflateRawSync } from "node:zlib";

import { Opcode } from "../../src/protocol/opcode.js";
import type { FrameShape } from "../support/frames.js";
import { Happenings } from "../support/live-server.js";
import { grownBy } from "./memory.js";
import { VICTIMS } from "./victims.js";

const { Continuation, Text, Binary } = Opcode;
const MIB = 1024 * 1024;
const LIMIT = 4 * MIB;

/** 1 GiB of zeros in about 1 MiB: blocks that refer to nothing before them, so that one serves for all. */
function bomb(): Buffer {
  const block = deflateRawSync(Buffer.alloc(MIB), { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([...Array.from({ length: 1024 }, () => block), Uint8Array.of(0)]);
}

/** What zlib makes of a message, without the end that RFC 7692 §7.2.1 takes away. */
function compressed(text: string): Buffer {
  return deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

function inFragments(payload: Uint8Array, octets: number): FrameShape[] {
  return Array.from({ length: Math.ceil(payload.length / octets) }, (_, at) => ({
    opcode: at === 0 ? Binary : Continuation,
    rsv: at === 0 ? 4 : 0,
    fin: (at + 1) * octets >= payload.length,
    payload: payload.subarray(at * octets, (at + 1) * octets),
  }));
}

const BOMB = bomb();
const BOMBS: Readonly<Record<string, readonly FrameShape[]>> = {
  "in one frame": inFragments(BOMB, BOMB.length),
  "in fragments": inFragments(BOMB, 1000),
  "behind an honest message": [
    { opcode: Text, rsv: 4, payload: compressed("honest") },
    ...inFragments(BOMB, BOMB.length),
  ],
};

for (const { name, open } of VICTIMS) {
  for (const [how, frames] of Object.entries(BOMBS)) {
    test(`1 GiB out of 1 MiB, ${how}: ${name}`, async (t) => {
      const errors = new Happenings<string>();
      const lengths: number[] = [];
      const attacker = await open(t, {
        isCompressing: true,
        messageOctets: LIMIT,
        onMessage: (octets) => lengths.push(octets),
        onError: (what) => errors.add(what),
      });
      const grown = await grownBy(async () => {
        attacker.send(...frames);
        assert.equal(await attacker.closeCode(), 1009);
      });
      assert.match(await errors.next(), /^(message-too-big|WS_ERR_UNSUPPORTED_MESSAGE_LENGTH)$/);
      assert.deepEqual(lengths, frames.length === 2 ? [6] : []);
      assert.ok(grown < 64 * MIB, `grew by ${grown} octets`);
    });
  }

  for (const [what, payload, outcome] of [
    ["nothing, in no octets", Uint8Array.of(), 0],
    ["nothing, in an empty block", Uint8Array.of(0), 0],
    ["empty stored blocks, and then text", emptyBlocks(1000, compressed("text")), 4],
    ["a last block (RFC 7692 §7.2.3.4)", Buffer.concat([deflateRawSync("text"), Uint8Array.of(0)]), 4],
    ["garbage behind a last block", Buffer.concat([deflateRawSync("text"), Buffer.alloc(9, 0xff)]), 1007],
    ["a block of a type that there is not", Uint8Array.of(0x07, 1, 2, 3), 1007],
    ["a stored block whose lengths differ", Uint8Array.of(0, 5, 0, 0, 0, 1), 1007],
    ["a reference to before the beginning", Uint8Array.of(0x03, 0x0f, 0xff, 0xff), 1007],
  ] as const) {
    test(`${what}: ${name}`, async (t) => {
      const lengths = new Happenings<number>();
      const attacker = await open(t, { isCompressing: true, onMessage: (octets) => lengths.add(octets) });
      attacker.send({ opcode: Text, rsv: 4, payload });
      if (outcome >= 1000) {
        assert.equal(await attacker.closeCode(), outcome);
        return;
      }
      assert.equal(await lengths.next(), outcome);
      // And what follows is understood.
      attacker.send({ opcode: Text, rsv: 4, payload: compressed("12345678") });
      assert.equal(await lengths.next(), 8);
    });
  }

  test(`RSV1 where it has no meaning: ${name}`, async (t) => {
    for (const frames of [
      [
        { opcode: Text, rsv: 4, fin: false, payload: compressed("x") },
        { opcode: Continuation, rsv: 4 },
      ],
      [{ opcode: Opcode.Ping, rsv: 4 }],
      [{ opcode: Opcode.Close, rsv: 4 }],
    ]) {
      const attacker = await open(t, { isCompressing: true });
      attacker.send(...frames);
      assert.equal(await attacker.closeCode(), 1002);
    }
  });
}

function emptyBlocks(count: number, end: Uint8Array): Buffer {
  const block = Uint8Array.of(0, 0, 0, 0xff, 0xff);
  return Buffer.concat([...Array.from({ length: count }, () => block), end]);
}
