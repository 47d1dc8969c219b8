import type { Case } from "../case/case.js";
import { answers, failsWith, message, observes, pongWith, shouldFailWith } from "../case/expect.js";
import { FAILING, FAILING_DIFFERS, family } from "../case/family.js";
import { octets, repeat, type Payload } from "../case/payload.js";
import { binary, closeAfter, endTcp, kill, ping, text, until } from "../case/steps.js";
import { exchange } from "./exchange.js";

/** At the borders of the three forms of a length, and at sizes of buffers that peers are likely to have. */
const BORDERS: readonly number[] = [
  125, 126, 127, 128, 255, 256, 1023, 1024, 1025, 4095, 4096, 4097, 8191, 8192, 8193, 16_383, 16_384, 16_385,
  32_767, 32_768, 32_769, 65_534, 65_535, 65_536, 65_537,
];
/** The header of the longer ones has 14 octets with its masking key. */
const CHOPPED: readonly { length: number; chop: number; chopFirst?: number }[] = [
  { length: 126, chop: 1 },
  { length: 66_000, chop: 1, chopFirst: 20 },
  { length: 66_000, chop: 3, chopFirst: 60 },
];
const LONG_FORM_PINGS = [
  { length: 5, lengthBits: 16 },
  { length: 5, lengthBits: 64 },
  { length: 125, lengthBits: 16 },
] as const;
const HUGE = [
  { announces: "000000007fffffff", size: "2^31 − 1" },
  { announces: "0000000080000000", size: "2^31" },
  { announces: "0000000100000000", size: "2^32" },
  { announces: "0020000000000000", size: "2^53" },
  { announces: "7fffffffffffffff", size: "2^63 − 1" },
];
/** Sizes at the borders of the three forms and of buffers, in writes that end at other places. */
const PIECES = [
  { length: 125, chop: 1 },
  { length: 126, chop: 1 },
  { length: 127, chop: 1 },
  { length: 4095, chop: 256 },
  { length: 4096, chop: 256 },
  { length: 4097, chop: 256 },
  { length: 65_535, chop: 4096 },
  { length: 65_536, chop: 4096 },
  { length: 65_537, chop: 4096 },
];
const FORM_BORDERS: readonly number[] = [0, 125, 126, 65_535, 65_536];
const REFUSES =
  "The peer should fail the connection; the close code, if it sends one, is then 1002 (protocol error).";
const HIGH_BIT: readonly string[] = ["8000000000000000", "ffffffffffffffff", "ffffffff00000000"];

/** 25: lengths of payload data (RFC 6455 §5.2). */
export const LENGTHS: readonly Case[] = [
  {
    id: "25.1.1",
    title: "Binary messages of every length from 0 to 150 octets",
    description: "151 binary messages in one burst, one for each length from 0 to 150 octets.",
    expectation: "The peer echoes every message octet by octet, in order.",
    requirements: ["6455-6.2-1"],
    script: [...lengths(0, 150).map((length) => binary(dataOf(length))), closeAfter(10)],
    expect: answers(...lengths(0, 150).map((length) => message(dataOf(length), "binary"))),
    since: "0.2.0",
  },
  ...family("25.1.2", [0, 1, 125], (id, length) => longForm(id, length, 16)),
  ...family("25.1.3", [0, 125, 65_535], (id, length) => longForm(id, length, 64)),
  ...family("25.1.4", LONG_FORM_PINGS, longFormPing),
  ...family("25.1.5", HIGH_BIT, (id, announces) => ({
    id,
    title: `Frame that announces a length of 0x${announces}`,
    description: `A text frame of five octets whose header announces the 64-bit length 0x${announces}. The highest bit of a length is always 0.`,
    expectation:
      "The peer fails the connection at once, without waiting for the payload and without making room for it. If it sends a close code, the code is 1002 (protocol error) or 1009 (too big).",
    requirements: ["6455-5.2-4", ...FAILING],
    script: [text("Hello", { announces }), kill(1)],
    // A peer may find the length illegal, or too big before that.
    expect: { ...failsWith(1002), ending: { by: "peer", codes: [1002, 1009], clean: false } },
    illegal: ["length-high-bit"],
    differs: FAILING_DIFFERS,
    since: "0.2.0",
  })),
  ...family("25.1.6", HUGE, (id, { announces, size }) => ({
    id,
    title: `Frame that announces ${size} octets, and the end of TCP`,
    description: `A binary frame whose header announces ${size} octets. Five of them follow, and the tester closes its direction of TCP. RFC 6455 §10.4 demands that an endpoint with limits protects itself.`,
    expectation:
      "Nothing is required of the answer: the peer may refuse the frame (1009, 1002, or the end of TCP) or wait for it. It does not make room for all of it, and goes on serving. The record shows what it did.",
    requirements: ["6455-10.4-1"],
    script: [binary("Hello", { announces }), endTcp()],
    expect: observes({ pass: [], ending: { by: "tester", codes: [1009, 1002], clean: false } }),
    differs: ["observed-only"],
    since: "0.2.0",
  })),
  ...family("25.1.7", CHOPPED, (id, { length, chop, chopFirst }) => ({
    id,
    title: `Message of ${length.toLocaleString("en")} octets whose header is in writes of ${chop} ${chop === 1 ? "octet" : "octets"}`,
    description: `A binary message of ${length.toLocaleString("en")} octets. ${chopFirst === undefined ? "It goes out" : `Its first ${chopFirst} octets go out`} in writes of ${chop} ${chop === 1 ? "octet" : "octets"}, so that its header is cut.`,
    expectation: "The peer echoes the message.",
    requirements: ["6455-6.2-1"],
    chop,
    ...(chopFirst === undefined ? {} : { chopFirst }),
    script: [binary(dataOf(length)), closeAfter(10)],
    expect: answers(message(dataOf(length), "binary")),
    differs: ["limit-is-a-capability"],
    since: "0.2.0",
  })),
  ...family("25.1.8", BORDERS, (id, length): Case => ({
    id,
    title: `Text message of ${length.toLocaleString("en")} octets, between two short ones`,
    description: `A short text message, one of ${length.toLocaleString("en")} octets, and a short one. The length lies at a border of the three forms of a length, or at a size that buffers often have.`,
    expectation: "The peer echoes the three messages in order.",
    requirements: ["6455-6.2-1"],
    script: [text("before"), text(textOf(length)), text("behind"), closeAfter(10)],
    expect: answers(message("before"), message(textOf(length)), message("behind")),
    ...(length > 125 ? { differs: ["limit-is-a-capability"] } : {}),
    since: "0.2.0",
  })),
  ...family("25.1.9", PIECES, (id, { length, chop }): Case => ({
    id,
    title: `Text message of ${length.toLocaleString("en")} octets in writes of ${chop.toLocaleString("en")} ${chop === 1 ? "octet" : "octets"}, and a short one`,
    description: `A text message of ${length.toLocaleString("en")} octets and a short one, each in writes of ${chop.toLocaleString("en")} ${chop === 1 ? "octet" : "octets"}. So the end of the message, the end of its header and the end of a write lie apart.`,
    expectation: "The peer echoes both messages in order.",
    requirements: ["6455-6.2-1"],
    chop,
    script: [text(textOf(length)), text("behind"), closeAfter(10)],
    expect: answers(message(textOf(length)), message("behind")),
    ...(length > 125 ? { differs: ["limit-is-a-capability"] } : {}),
    since: "0.2.0",
  })),
  exchange("25.2.1", {
    title: "Form of the lengths that the peer sends",
    description:
      "Binary messages of 0, 125, 126, 65,535 and 65,536 octets, and a Ping when they came back. These are the borders of the three forms of a length.",
    expectation: "The length of each frame of the peer is written in the shortest possible form.",
    requirements: ["6455-5.2-5", "6455-6.2-1"],
    script: [
      ...FORM_BORDERS.map((length) => binary(dataOf(length))),
      until(message(dataOf(65_536), "binary")),
      ping("and a Ping"),
      closeAfter(10),
    ],
    expect: answers(
      ...FORM_BORDERS.map((length) => message(dataOf(length), "binary")),
      pongWith("and a Ping"),
    ),
    differs: ["limit-is-a-capability"],
  }),
];

/** A text message whose length is written in more bits than it needs. */
function longForm(id: string, length: number, lengthBits: 16 | 64): Case {
  const payload = textOf(length);
  return {
    id,
    title: `Text message of ${length.toLocaleString("en")} ${length === 1 ? "octet" : "octets"} with a length in ${lengthBits} bits`,
    description: `A text message of ${length.toLocaleString("en")} ${length === 1 ? "octet" : "octets"} whose length is written in ${lengthBits} bits. That is not the shortest form, which RFC 6455 §5.2 demands of the sender. What the receiver does is not said; §10.7 advises it to close on invalid data.`,
    expectation: `${REFUSES} It may also echo the message, which is non-strict.`,
    requirements: ["6455-6.2-1", "6455-10.7-2", "6455-5.2-6", "6455-7.1.7-3"],
    script: [text(payload, { lengthBits }), kill(1)],
    expect: {
      ...shouldFailWith(1002, message(payload)),
      // A limit may come first.
      ending: { by: "peer", codes: [1002, 1009], clean: false },
    },
    illegal: ["length-form"],
    differs: FAILING_DIFFERS,
    since: "0.2.0",
  };
}

function longFormPing(id: string, { length, lengthBits }: (typeof LONG_FORM_PINGS)[number]): Case {
  const payload = textOf(length);
  return {
    id,
    title: `Ping of ${length} octets with a length in ${lengthBits} bits`,
    description: `A Ping of ${length} octets whose length is written in ${lengthBits} bits. That is not the shortest form, which RFC 6455 §5.2 demands of the sender, and no control frame needs it.`,
    expectation: `${REFUSES} It may also answer the Ping, which is non-strict.`,
    requirements: ["6455-5.5.2-1", "6455-10.7-2", "6455-5.2-6", "6455-5.5-1", "6455-7.1.7-3"],
    script: [ping(payload, { lengthBits }), kill(1)],
    expect: shouldFailWith(1002, pongWith(payload)),
    illegal: ["length-form"],
    differs: FAILING_DIFFERS,
    since: "0.2.0",
  };
}

function lengths(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function dataOf(length: number): Payload {
  return length === 0
    ? octets("")
    : repeat(octets(Uint8Array.from({ length: 251 }, (_, i) => (i * 7) & 0xff)), length);
}

function textOf(length: number): Payload {
  return repeat(octets("Wireproof "), length);
}
