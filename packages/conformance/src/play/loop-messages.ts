import { createHash } from "node:crypto";
import { Opcode } from "../case/opcode.js";
import { bytesOf } from "../case/payload.js";
import type { LoopMessages } from "../case/steps.js";
import { corpus, type Corpus } from "../corpora/corpus.js";

/** The messages of an echo loop, by index. */
export interface MessageSource {
  readonly opcode: typeof Opcode.text | typeof Opcode.binary;
  /** Names the sequence: two sources with the same name give the same messages. */
  readonly name: string;
  at(index: number): Uint8Array;
}

export function messageSource(messages: LoopMessages): MessageSource {
  if (messages.from === "corpus") return pieces(corpus(messages.corpus), messages.length);
  const payload = bytesOf(messages.payload);
  const name = `payload ${createHash("sha256").update(payload).digest("hex")}`;
  return { opcode: messages.opcode, name, at: () => payload };
}

/** Consecutive pieces of a corpus, which begins again at its end. */
function pieces(from: Corpus, length: number): MessageSource {
  return {
    opcode: from.text ? Opcode.text : Opcode.binary,
    name: `${from.name} ${length}`,
    at: (index) => from.slice((index * length) % from.units, length),
  };
}

/**
 * How many messages a loop sends. `full` is as many as the original sends. `enough` fills the largest window of
 * permessage-deflate three times (3 × 32,768 octets, RFC 7692 §7.1.2), and keeps context over at least ten messages. In
 * cases about latency it is 200 round trips.
 */
export function messageCount(messages: LoopMessages, intensity: "full" | "enough"): number {
  if (intensity === "full") return messages.count;
  if (messages.from === "payload") return Math.min(messages.count, 200);
  const wanted = Math.max(10, Math.ceil((3 * 32_768) / messages.length));
  return Math.min(messages.count, wanted);
}
