import { constants, deflateRawSync } from "node:zlib";

import { Opcode } from "../../src/protocol/opcode.js";
import { CORPUS, SERVER_CORPUS, mutate } from "./corpus.js";
import { wireFrame } from "./play/wire.js";
import type { Random } from "./random.js";

/** Who hears a stream of frames, and what was agreed on. */
export interface Hearer {
  readonly isServer: boolean;
  readonly isCompressing: boolean;
}

/**
 * What a peer says: some messages as they should be, of all sizes, whole and in fragments, with control frames between
 * them, and mostly something broken behind. Nothing but what is broken would never be delivered.
 */
export function frameStream(random: Random, hearer: Hearer): Buffer {
  const corpus = hearer.isServer ? CORPUS : SERVER_CORPUS;
  const good = random.oneIn(4) ? [] : random.some(1, 12, () => goodFrames(random, hearer));
  const broken = good.length > 0 && random.oneIn(2) ? [] : [mutate(random, corpus)];
  return Buffer.concat([...good.flat(), ...broken]);
}

function goodFrames(random: Random, hearer: Hearer): Buffer[] {
  if (random.oneIn(6)) return [control(random, hearer)];
  const isText = random.oneIn(2);
  const size = random.below(random.pick([2, 20, 130, 130, 1_000, 8_000, 70_000]));
  const payload = isText ? someText(random, size) : someOctets(random, size);
  const isCompressed = hearer.isCompressing && random.oneIn(2);
  const octets = isCompressed ? deflated(payload) : payload;
  const frames: Buffer[] = [];
  const pieces = random.oneIn(3) ? 1 + random.below(8) : 1;
  const most = Math.max(1, Math.ceil(octets.length / pieces));
  for (let at = 0; at === 0 || at < octets.length; at += most) {
    if (at > 0 && random.oneIn(4)) frames.push(control(random, hearer));
    const opcode = at > 0 ? Opcode.Continuation : isText ? Opcode.Text : Opcode.Binary;
    const rsv = at === 0 && isCompressed ? 4 : 0;
    const fin = at + most >= octets.length;
    frames.push(wireFrame({ opcode, rsv, fin, payload: octets.subarray(at, at + most) }, hearer.isServer));
  }
  return frames;
}

function control(random: Random, { isServer }: Hearer): Buffer {
  const opcode = random.pick([Opcode.Ping, Opcode.Pong]);
  return wireFrame({ opcode, payload: someOctets(random, random.below(126)) }, isServer);
}

/** Whole characters of one to four octets. */
function someText(random: Random, size: number): Buffer {
  const one = random
    .some(1, 20, () => random.pick(["a", "z", "\u00e9", "\u20ac", "\u{1f600}", "\0", "\n"]))
    .join("");
  return Buffer.from(one.repeat(Math.ceil(size / Buffer.byteLength(one))));
}

function someOctets(random: Random, size: number): Buffer {
  const one = Buffer.from(random.some(1, 40, () => random.below(256)));
  return size === 0 ? Buffer.alloc(0) : Buffer.alloc(size, one);
}

/** RFC 7692 §7.2.1, without looking back at other messages, which always may be done. */
function deflated(payload: Buffer): Buffer {
  return deflateRawSync(payload, { level: 1, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}
