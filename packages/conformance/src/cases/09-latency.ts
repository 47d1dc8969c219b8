import type { Case } from "../case/case.js";
import { echoesAll } from "../case/expect.js";
import { family } from "../case/family.js";
import { Opcode } from "../case/opcode.js";
import { hex, octets, repeat, type Payload } from "../case/payload.js";
import { closeAfter, echoLoop } from "../case/steps.js";
import { grouped } from "../case/words.js";

interface Kind {
  readonly name: "text" | "binary";
  readonly opcode: typeof Opcode.text | typeof Opcode.binary;
  readonly filler: Payload;
  readonly rule: "6455-5.6-1" | "6455-5.6-2";
}

interface Size {
  readonly length: number;
  readonly limitSeconds: number;
  /** What is special about this length. */
  readonly why: string;
}

const COUNT = 1000;

const TEXT: Kind = { name: "text", opcode: Opcode.text, filler: octets("*"), rule: "6455-5.6-1" };
const BINARY: Kind = { name: "binary", opcode: Opcode.binary, filler: hex("fe"), rule: "6455-5.6-2" };

const SIZES: readonly Size[] = [
  { length: 0, limitSeconds: 60, why: "Empty messages show what a round trip costs without any payload." },
  { length: 16, limitSeconds: 60, why: "This is the size of a short command or a counter." },
  {
    length: 64,
    limitSeconds: 60,
    why: "This is the last size of this family with the shortest form of the length.",
  },
  { length: 256, limitSeconds: 120, why: "From this size on, messages need the 16-bit length." },
  { length: 1024, limitSeconds: 240, why: "Such a message still fits into one network packet." },
  {
    length: 4096,
    limitSeconds: 480,
    why: "Such a message takes several network packets. A peer that waits for acknowledgements becomes slow here.",
  },
];

/** 9.7 and 9.8: how long a message is under way, there and back. */
export const LATENCY: readonly Case[] = [
  ...family("9.7", SIZES, (id, size) => pingPong(id, TEXT, size)),
  ...family("9.8", SIZES, (id, size) => pingPong(id, BINARY, size)),
];

function pingPong(id: string, kind: Kind, { length, limitSeconds, why }: Size): Case {
  const payload = length === 0 ? octets("") : repeat(kind.filler, length);
  const messages =
    length === 0 ? `empty ${kind.name} messages` : `${kind.name} messages of ${grouped(length)} octets`;
  return {
    id,
    title: `Latency of ${messages}`,
    description: `${grouped(COUNT)} ${messages} at full intensity, one at a time: the tester sends the next message when the echo of the last one has arrived. ${why}`,
    expectation:
      "The peer echoes every message with the same type and octets; the autobahn profile compares only type and length. The tester then closes with 1000 and the peer answers. The time is reported; it decides nothing unless the case reaches its time limit.",
    requirements: ["6455-6.2-1", "6455-5.4-6", kind.rule],
    script: [
      closeAfter(limitSeconds),
      echoLoop({ from: "payload", opcode: kind.opcode, payload, count: COUNT }),
    ],
    expect: echoesAll(),
    alone: true,
    quiet: true,
    reports: { time: true },
    differs: ["content-compared", "limit-is-a-capability"],
  };
}
