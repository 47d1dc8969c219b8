import type { Case } from "../case/case.js";
import { answers, failsWith, message } from "../case/expect.js";
import { FAILING, FAILING_DIFFERS, family } from "../case/family.js";
import { octets, repeat, type Payload } from "../case/payload.js";
import { binary, closeAfter, kill, text } from "../case/steps.js";

/** At the borders of the three forms of a length, and at sizes of buffers that peers are likely to have. */
const BORDERS: readonly number[] = [
  125, 126, 127, 128, 255, 256, 1023, 1024, 1025, 4095, 4096, 4097, 8191, 8192, 8193, 16_383, 16_384, 16_385,
  32_767, 32_768, 32_769, 65_534, 65_535, 65_536, 65_537,
];
/** The header of the second one has 14 octets with its masking key. */
const CHOPPED = [
  { length: 126, chop: 1 },
  { length: 66_000, chop: 3 },
  { length: 66_000, chop: 5 },
];
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
  ...family("25.1.7", CHOPPED, (id, { length, chop }) => ({
    id,
    title: `Message of ${length.toLocaleString("en")} octets in writes of ${chop} ${chop === 1 ? "octet" : "octets"}`,
    description: `A binary message of ${length.toLocaleString("en")} octets in writes of ${chop} ${chop === 1 ? "octet" : "octets"}, so that its header is cut.`,
    expectation: "The peer echoes the message.",
    requirements: ["6455-6.2-1"],
    chop,
    script: [binary(dataOf(length)), closeAfter(10)],
    expect: answers(message(dataOf(length), "binary")),
    since: "0.2.0",
  })),
  ...family("25.1.8", BORDERS, (id, length) => ({
    id,
    title: `Text message of ${length.toLocaleString("en")} octets, between two short ones`,
    description: `A short text message, one of ${length.toLocaleString("en")} octets, and a short one. The length lies at a border of the three forms of a length, or at a size that buffers often have.`,
    expectation: "The peer echoes the three messages in order.",
    requirements: ["6455-6.2-1"],
    script: [text("before"), text(textOf(length)), text("behind"), closeAfter(10)],
    expect: answers(message("before"), message(textOf(length)), message("behind")),
    since: "0.2.0",
  })),
];

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
