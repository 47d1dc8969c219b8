import type { Case } from "../case/case.js";
import { echoes, message } from "../case/expect.js";
import { family } from "../case/family.js";
import { Opcode } from "../case/opcode.js";
import { hex, octets, repeat, type Payload } from "../case/payload.js";
import { binary, closeAfter, fragmented, text, type Step } from "../case/steps.js";
import { capital, grouped } from "../case/words.js";

interface Kind {
  readonly name: "text" | "binary";
  readonly rule: "6455-5.6-1" | "6455-5.6-2";
}

/** What the families differ in, put together by `bigMessage`. */
type Variant = Pick<Case, "id" | "title" | "requirements" | "script" | "chop" | "differs"> & {
  readonly what: string;
  readonly kind: Kind;
  readonly payload: Payload;
};

const TEXT: Kind = { name: "text", rule: "6455-5.6-1" };
const BINARY: Kind = { name: "binary", rule: "6455-5.6-2" };

/** Ten characters: their number divides no power of two, so most octets that are lost, doubled or moved show. */
const TEN_CHARACTERS = octets("BAsd7&jh23");
/** Five octets, a zero among them and no valid UTF-8. */
const FIVE_OCTETS = hex("00fe23faf0");
const ASTERISK = octets("*");
const OCTET_FE = hex("fe");

const MIB = 1_048_576;
const CUT_LENGTH = 4 * MIB;

/** A length, and what is special about it. */
type Length = readonly [octets: number, why: string];

const WHOLE: readonly Length[] = [
  [65_536, "It is the shortest message whose length takes the 64-bit form (RFC 6455 §5.2)."],
  [262_144, "It is more than a peer gets in one read, so the peer collects the payload from several reads."],
  [MIB, "By default, several implementations accept no message above 1 MiB."],
  [4 * MIB, "By default, several implementations accept no message above 4 MiB."],
  [
    8 * MIB,
    "A receiver that copies everything it has at every read takes four times as long for it as for a message of half the size.",
  ],
  [16 * MIB, "It is the largest message of this section, and some implementations accept no larger frame."],
];

const CUTS: readonly Length[] = [
  [64, "The fragments use the shortest form of the length, and headers are a large part of what is sent."],
  [256, "The fragments need the 16-bit length."],
  [1024, "A fragment fits into a network packet."],
  [4096, "A fragment takes a few network packets."],
  [16_384, "A fragment is as long as the content of the largest TLS record."],
  [65_536, "The fragments need the 64-bit length."],
  [262_144, "A fragment is more than a peer gets in one read."],
  [MIB, "Each of the few fragments would be a big message by itself."],
];

const CHOPS: readonly number[] = [64, 128, 256, 512, 1024, 2048];

/** 9.1–9.6: messages of up to 16 MiB, whole, in fragments and in small writes. */
export const BIG_MESSAGES: readonly Case[] = [
  ...family("9.1", WHOLE, (id, length) => whole(id, TEXT, length)),
  ...family("9.2", WHOLE, (id, length) => whole(id, BINARY, length)),
  ...family("9.3", CUTS, (id, length) => inFragments(id, TEXT, length, ASTERISK)),
  uncut("9.3.9", TEXT),
  // The original fills the first message of this family with another octet than the rest.
  ...family("9.4", CUTS, (id, length) =>
    inFragments(id, BINARY, length, id === "9.4.1" ? OCTET_FE : ASTERISK),
  ),
  uncut("9.4.9", BINARY),
  ...family("9.5", CHOPS, (id, chop) => inSmallWrites(id, TEXT, chop)),
  ...family("9.6", CHOPS, (id, chop) => inSmallWrites(id, BINARY, chop)),
];

function whole(id: string, kind: Kind, [length, why]: Length): Case {
  const payload = patternOf(kind, length);
  return bigMessage({
    id,
    kind,
    payload,
    title: `${capital(kind.name)} message of ${length < MIB ? `${length / 1024} KiB` : `${length / MIB} MiB`}`,
    what: `A ${kind.name} message of ${grouped(length)} octets in one frame. ${why}`,
    requirements: ["6455-6.2-1", "6455-5.4-6", kind.rule, "6455-5.2-5"],
    script: [frameOf(kind, payload), closeAfter(limitSeconds(kind, length))],
  });
}

/** 10 s up to 256 KiB and 100 s from 8 MiB on; between them texts have the longer limit. */
function limitSeconds(kind: Kind, length: number): number {
  return length >= (kind.name === "text" ? MIB : 8 * MIB) ? 100 : 10;
}

function inFragments(id: string, kind: Kind, [fragmentSize, why]: Length, filler: Payload): Case {
  const payload = repeat(filler, CUT_LENGTH);
  const opcode = kind.name === "text" ? Opcode.text : Opcode.binary;
  const fragments = grouped(CUT_LENGTH / fragmentSize);
  return bigMessage({
    id,
    kind,
    payload,
    title: `${capital(kind.name)} message of 4 MiB in fragments of ${grouped(fragmentSize)} octets`,
    what: `A ${kind.name} message of ${grouped(CUT_LENGTH)} octets in ${fragments} fragments of ${grouped(fragmentSize)}. ${why} The autobahn profile adds an empty last fragment.`,
    requirements: ["6455-5.4-6", "6455-5.4-3", "6455-5.4-5", "6455-6.2-1", kind.rule],
    script: [fragmented(payload, fragmentSize, opcode), closeAfter(100)],
    differs: ["no-empty-last-fragment"],
  });
}

function uncut(id: string, kind: Kind): Case {
  const payload = repeat(ASTERISK, CUT_LENGTH);
  return bigMessage({
    id,
    kind,
    payload,
    title: `${capital(kind.name)} message of 4 MiB in one frame, for comparison`,
    what: `A ${kind.name} message of ${grouped(CUT_LENGTH)} octets in one frame. Its time shows how much the fragments cost in the cases before it.`,
    requirements: ["6455-5.4-6", "6455-6.2-1", kind.rule],
    script: [frameOf(kind, payload), closeAfter(100)],
  });
}

function inSmallWrites(id: string, kind: Kind, chop: number): Case {
  const payload = patternOf(kind, MIB);
  return bigMessage({
    id,
    kind,
    payload,
    title: `${capital(kind.name)} message of 1 MiB, ${grouped(chop)} octets per write`,
    what: `A ${kind.name} message of ${grouped(MIB)} octets in one frame, sent in more than ${grouped(MIB / chop)} writes of ${grouped(chop)} octets. A peer that copies or searches everything it has at every read takes far longer for this than for one write.`,
    requirements: ["6455-6.2-1", "6455-5.4-6", kind.rule],
    script: [frameOf(kind, payload), closeAfter(1000)],
    chop,
  });
}

function bigMessage({ what, kind, payload, differs = [], ...facts }: Variant): Case {
  return {
    ...facts,
    description: what,
    expectation: `The peer echoes one ${kind.name} message with the same ${grouped(payload.length)} octets; the autobahn profile compares only type and length. The tester then closes with 1000 and the peer answers.`,
    expect: echoes(message(payload, kind.name)),
    quiet: true,
    reports: { time: true },
    differs: ["content-compared", "limit-is-a-capability", ...differs],
  };
}

function patternOf(kind: Kind, length: number): Payload {
  return repeat(kind.name === "text" ? TEN_CHARACTERS : FIVE_OCTETS, length);
}

function frameOf(kind: Kind, payload: Payload): Step {
  return kind.name === "text" ? text(payload) : binary(payload);
}
