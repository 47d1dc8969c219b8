import type { Case } from "../case/case.js";
import { answers, message } from "../case/expect.js";
import { family } from "../case/family.js";
import { hex, octets, repeat, type Payload } from "../case/payload.js";
import { binary, kill, text } from "../case/steps.js";
import { capital, grouped } from "../case/words.js";

interface Size {
  readonly length: number;
  /** What is special about this length. */
  readonly why: string;
  readonly killSeconds: number;
  readonly chop?: number;
}

interface Kind {
  readonly name: "text" | "binary";
  readonly filler: Payload;
  readonly fillerName: string;
  readonly rule: "6455-5.6-1" | "6455-5.6-2";
}

const SIZES: readonly Size[] = [
  {
    length: 0,
    why: "A message may be empty (RFC 6455 §5.2), and an empty message is still a message.",
    killSeconds: 1,
  },
  {
    length: 125,
    why: "This is the longest payload whose length fits into the seven bits of the second header octet.",
    killSeconds: 1,
  },
  {
    length: 126,
    why: "This is the shortest payload that needs the 16-bit length. The seven bits hold 126, which marks that form and is here also the length.",
    killSeconds: 1,
  },
  {
    length: 127,
    why: "A length of 127 takes the 16-bit form. But 127 also marks the 64-bit form, and a receiver that confuses the two misreads the frame.",
    killSeconds: 1,
  },
  {
    length: 128,
    why: "The low octet of the 16-bit length has its highest bit set. A receiver that reads octets as signed numbers gets this length wrong.",
    killSeconds: 1,
  },
  {
    length: 65535,
    why: "This is the longest payload with a 16-bit length; all bits of the length are set.",
    killSeconds: 10,
  },
  {
    length: 65536,
    why: "This is the shortest payload that needs the 64-bit length.",
    killSeconds: 10,
  },
  {
    length: 65536,
    why: "The frame is sent in writes of 997 octets, so the peer has to put header and payload together from many reads.",
    killSeconds: 10,
    chop: 997,
  },
];

const TEXT: Kind = { name: "text", filler: octets("*"), fillerName: "asterisks", rule: "6455-5.6-1" };
const BINARY: Kind = { name: "binary", filler: hex("fe"), fillerName: "octets FE", rule: "6455-5.6-2" };

/** 1.1 and 1.2: the three forms of the length, each at its limits. */
export const FRAMING: readonly Case[] = [
  ...family("1.1", SIZES, (id, size) => echoCase(id, TEXT, size)),
  ...family("1.2", SIZES, (id, size) => echoCase(id, BINARY, size)),
];

function echoCase(id: string, kind: Kind, size: Size): Case {
  const payload = size.length === 0 ? octets("") : repeat(kind.filler, size.length);
  const frame = kind.name === "text" ? text(payload) : binary(payload);
  return {
    id,
    title: titleOf(kind, size),
    description: `${contents(kind, size)} ${size.why}`,
    expectation: `The peer echoes ${echo(kind, size)}. The tester then closes with 1000 and the peer answers.`,
    requirements: ["6455-6.2-1", "6455-5.4-6", kind.rule, "6455-5.2-5"],
    script: [frame, kill(size.killSeconds)],
    expect: answers(message(payload, kind.name)),
    ...(size.chop === undefined ? {} : { chop: size.chop }),
  };
}

function titleOf(kind: Kind, size: Size): string {
  if (size.length === 0) return `Empty ${kind.name} message`;
  const chopped = size.chop === undefined ? "" : `, ${size.chop} octets per write`;
  return `${capital(kind.name)} message of ${grouped(size.length)} octets${chopped}`;
}

function contents(kind: Kind, size: Size): string {
  if (size.length === 0) return `A ${kind.name} message without payload, in one frame.`;
  return `A ${kind.name} message of ${grouped(size.length)} ${kind.fillerName}, in one frame.`;
}

function echo(kind: Kind, size: Size): string {
  if (size.length === 0) return `an empty ${kind.name} message`;
  return `a ${kind.name} message with the same ${grouped(size.length)} octets and writes every frame length in the shortest form`;
}
