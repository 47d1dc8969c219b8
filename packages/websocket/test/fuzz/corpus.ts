import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Random } from "./random.js";

/** Streams of frames, one a line, in hex, as a client sends them; `#` begins a comment. */
const FILE = fileURLToPath(new URL("../../../fuzz/corpus.txt", import.meta.url));

/** What is known to reach different places in the core. */
export function readCorpus(): readonly Buffer[] {
  return readFileSync(FILE, "utf8")
    .split("\n")
    .map((line) => line.replace(/#.*/, "").replaceAll(/\s+/g, ""))
    .filter((line) => line !== "")
    .map((line) => Buffer.from(line, "hex"));
}

/** A stream made of pieces of the corpus: joined, cut, repeated, with octets changed, or nothing but noise. */
export function mutate(random: Random, corpus: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [];
  for (let left = 1 + random.below(6); left > 0; left -= 1) parts.push(change(random, random.pick(corpus)));
  return Buffer.concat(parts);
}

function change(random: Random, seed: Buffer): Buffer {
  const octets = Buffer.from(seed);
  switch (random.below(8)) {
    case 0:
      return noise(random, random.below(300));
    case 1:
      return octets.subarray(0, random.below(octets.length + 1));
    case 2:
      return octets.subarray(random.below(octets.length + 1));
    case 3:
      return Buffer.concat(Array.from({ length: 1 + random.below(20) }, () => octets));
    case 4:
      // The header decides most: opcode, FIN, RSV, mask bit and length.
      octets[0] = random.below(256);
      if (octets.length > 1) octets[1] = random.below(256);
      return octets;
    case 5:
    case 6:
      for (let left = 1 + random.below(4); left > 0 && octets.length > 0; left -= 1)
        octets[random.below(octets.length)] = random.below(256);
      return octets;
    default:
      return octets;
  }
}

function noise(random: Random, length: number): Buffer {
  const octets = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) octets[at] = random.below(256);
  return octets;
}

/** Cuts a stream anywhere: whole, octet by octet, or in pieces of all sizes. */
export function* chop(random: Random, octets: Buffer): Generator<Buffer> {
  const most = random.pick([octets.length, 1, 3, 17, 200]);
  for (let at = 0; at < octets.length;) {
    const size = 1 + random.below(Math.max(1, most));
    yield octets.subarray(at, at + size);
    at += size;
  }
}
