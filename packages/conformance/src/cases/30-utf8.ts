import type { Case } from "../case/case.js";
import { back, deflated, fixed } from "../case/deflate-data.js";
import {
  answers,
  answersThenFailsWith,
  message,
  observes,
  pongWith,
  rejectsText,
  timeout,
  type Trace,
} from "../case/expect.js";
import { FAILING, FAILING_DIFFERS, family } from "../case/family.js";
import { concat, hex, octets, repeat, toHex, type Payload } from "../case/payload.js";
import { binary, closeAfter, cont, kill, MORE, ping, text, until, wait, type Step } from "../case/steps.js";
import { Opcode } from "../case/opcode.js";
import { exchange } from "./exchange.js";
import { cutAt, MAY_DECLINE, packedFragments, PLAIN } from "./compressed.js";

const ECHOED = "The peer echoes the text octet by octet.";
const REJECTED =
  "The peer fails the connection. If it sends a close code, the code is 1007 (invalid payload data). It echoes nothing of the text.";

/** The characters at both sides of every border of UTF-8 (RFC 3629 §3). */
const BORDERS: readonly number[] = [
  0x00, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfeff, 0xfffd, 0xfffe, 0xffff, 0x1_0000, 0x1_ffff,
  0x10_ffff,
];

interface Invalid {
  readonly what: string;
  readonly octets: string;
}

const TRUNCATED: readonly Invalid[] = [
  { what: "a sequence of two octets", octets: "c3" },
  { what: "a sequence of three octets", octets: "e282" },
  { what: "a sequence of four octets", octets: "f09f98" },
];

const REPRESENTATIVE: readonly Invalid[] = [
  { what: "a surrogate", octets: "eda080" },
  { what: "an overlong form of the slash", octets: "c0af" },
  { what: "a code point above U+10FFFF", octets: "f4908080" },
  { what: "a continuation octet on its own", octets: "80" },
];

/** Around the sizes of the blocks in which validators read: 8, 16, 32, 64 and 128 octets. */
const OFFSETS: readonly number[] = [
  0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 130, 4095, 4096,
];

/** Invalid text as compressed data makes it. */
const COMPRESSED: readonly { readonly what: string; readonly data: Payload; readonly content: Payload }[] = [
  {
    what: "a surrogate",
    data: deflated(fixed("Hello ", hex("eda080").pattern, " end")),
    content: concat([octets("Hello "), hex("eda080"), octets(" end")]),
  },
  {
    what: "an incomplete character at its end",
    data: deflated(fixed("Hello ", hex("e282").pattern)),
    content: concat([octets("Hello "), hex("e282")]),
  },
  {
    what: "a reference into the middle of a character",
    data: deflated(fixed("euro ", hex("e282ac").pattern, back(3, 2))),
    content: concat([octets("euro "), hex("e282ac82ac82")]),
  },
];

const FACE = hex("f09f9880");
/** Sizes of blocks and of buffers. */
const BLOCKS: readonly number[] = [8, 16, 32, 64, 128, 4096];
const FAR: readonly number[] = [1024, 8192, 16_384, 65_536];
const HUNDRED: readonly string[] = Array.from({ length: 100 }, (_, index) => `valid ${index + 1}`);
/** Where a text is invalid, the steps until the rest of it follows, and the rest. */
const SLOW: readonly { readonly where: string; readonly steps: readonly Step[] }[] = [
  {
    where: "in the middle of a frame",
    steps: [
      { do: "frame-header", opcode: Opcode.text, fin: true, length: 20 },
      { do: "payload-part", payload: concat([octets("begin "), hex("ff"), octets(" ")]) },
      wait("A"),
      { do: "payload-part", payload: octets("and the rest") },
    ],
  },
  {
    where: "in its second fragment",
    steps: [
      text("begin ", MORE),
      cont(hex("ff"), MORE),
      ping("behind it"),
      until(pongWith("behind it")),
      cont(" and the rest"),
    ],
  },
  {
    where: "where a character is cut by a fragment",
    steps: [
      text(concat([octets("begin "), hex("e282")]), MORE),
      cont("no continuation", MORE),
      ping("behind it"),
      until(pongWith("behind it")),
      cont(" and the rest"),
    ],
  },
];
/** The last one is long enough for the length in 16 bits. */
const ENDINGS: readonly string[] = ["end", "é", "€", "😀", `${"long ".repeat(60)}😀`];

/** 30: UTF-8 beyond section 6 (RFC 6455 §5.6, §8.1). */
export const UTF8_EDGES: readonly Case[] = [
  ...family("30.1.1", BORDERS, (id, point) => {
    const character = String.fromCodePoint(point);
    return {
      id,
      title: `Text with ${nameOf(point)}`,
      description: `A text message that has ${nameOf(point)} alone, at its beginning, in the middle and at its end.`,
      expectation: ECHOED,
      requirements: ["6455-6.2-1", "6455-5.6-1"],
      script: [text(`${character}a${character}b${character}`), closeAfter(1)],
      expect: answers(message(`${character}a${character}b${character}`)),
      since: "0.2.0",
    };
  }),
  {
    id: "30.1.2",
    title: "Text with a byte order mark at its beginning",
    description: "A text message that begins with U+FEFF, as files of some systems do.",
    expectation: "The peer echoes the mark as well: it is a part of the text.",
    requirements: ["6455-6.2-1", "6455-5.6-1"],
    script: [text("\u{feff}Hello"), closeAfter(1)],
    expect: answers(message("\u{feff}Hello")),
    since: "0.2.0",
  },
  ...family("30.1.3", OFFSETS, (id, offset) => ({
    id,
    title: `One invalid octet behind ${offset.toLocaleString("en")} octets of ASCII`,
    description: `A text message: ${offset.toLocaleString("en")} octets of ASCII, the octet ff, and 160 octets of ASCII. Validators read blocks of 8 to 128 octets, and some look at a part of a block only.`,
    expectation: REJECTED,
    requirements: ["6455-8.1-1", ...FAILING],
    script: [text(concat([octets("a".repeat(offset)), hex("ff"), octets("b".repeat(160))])), kill(1)],
    expect: rejectsText(),
    illegal: ["invalid-utf8"],
    differs: FAILING_DIFFERS,
    since: "0.2.0",
  })),
  ...family("30.1.4", [1, 2, 3], (id, at) => ({
    id,
    title: `Character of four octets cut by a fragment behind octet ${at}`,
    description: `A text message in two fragments. The first one ends behind octet ${at} of a character of four octets.`,
    expectation: ECHOED,
    requirements: ["6455-6.2-1", "6455-5.6-1"],
    script: [
      text(concat([octets("face "), part(FACE, 0, at)]), MORE),
      cont(concat([part(FACE, at, 4), octets(" end")])),
      closeAfter(1),
    ],
    expect: answers(message(concat([octets("face "), FACE, octets(" end")]))),
    since: "0.2.0",
  })),
  {
    id: "30.1.4.4",
    title: "Character of four octets cut at every octet by TCP",
    description:
      "A text message with characters of two, three and four octets. Every octet is a write of its own.",
    expectation: ECHOED,
    requirements: ["6455-6.2-1", "6455-5.6-1"],
    chop: 1,
    script: [text("é € 😀"), closeAfter(5)],
    expect: answers(message("é € 😀")),
    since: "0.2.0",
  },
  ...family("30.1.5", TRUNCATED, (id, row) => truncated(id, row, false)),
  ...TRUNCATED.map((row, index) => truncated(`30.1.5.${TRUNCATED.length + index + 1}`, row, true)),
  {
    id: "30.1.6",
    title: "Invalid text behind a valid one",
    description: "A valid text message. When it was echoed, a text message with a surrogate.",
    expectation: `The peer echoes the first message. ${REJECTED}`,
    requirements: ["6455-8.1-1", ...FAILING],
    script: [text("valid"), until(message("valid")), text(hex("eda080")), kill(1)],
    expect: answersThenFailsWith(1007, message("valid")),
    illegal: ["invalid-utf8"],
    differs: [...FAILING_DIFFERS, "first-echo-optional"],
    since: "0.2.0",
  },
  ...family("30.1.7", REPRESENTATIVE, (id, { what, octets: digits }) => ({
    id,
    title: `Long text in fragments that ends with ${what}`,
    description: `A text message of 1,024 octets of ASCII and ${what} (${digits}), in fragments of 100 octets.`,
    expectation: REJECTED,
    requirements: ["6455-8.1-1", ...FAILING],
    script: [...inFragments(concat([octets("a".repeat(1024)), hex(digits)]), 100), kill(1)],
    expect: rejectsText(),
    illegal: ["invalid-utf8"],
    differs: FAILING_DIFFERS,
    since: "0.2.0",
  })),
  ...family("30.1.8", SLOW, (id, { where, steps }) => ({
    id,
    title: `When a text fails that is invalid ${where}`,
    description: `A text message that is invalid ${where}. The tester sends the rest of it later. RFC 6455 §8.1 says that such a text fails the connection, and not when.`,
    expectation:
      "The peer fails the connection (1007), at once or at the end of the message. The record shows when: an event says that the peer has taken more of the text before.",
    requirements: ["6455-8.1-1", "6455-7.1.7-3"],
    script: [...steps, kill(1)],
    expect: observes({ ...rejectsText(), pass: awaitedIn(steps), nonStrict: [] }),
    illegal: ["invalid-utf8"],
    differs: [...FAILING_DIFFERS, "observed-only"],
    since: "0.2.0",
  })),
  {
    id: "30.1.9",
    title: "Binary message with a surrogate, cut by fragments",
    description: "A binary message in two fragments: ed a0, and 80. As text it would be invalid.",
    expectation: "The peer echoes the message: what is in a binary message need not be UTF-8.",
    requirements: ["6455-6.2-1", "6455-5.6-2"],
    script: [binary(hex("eda0"), MORE), cont(hex("80")), closeAfter(1)],
    expect: answers(message(hex("eda080"), "binary")),
    since: "0.2.0",
  },
  ...family("30.1.10", COMPRESSED, (id, row) => compressed(id, row, false)),
  ...COMPRESSED.map((row, index) => compressed(`30.1.10.${COMPRESSED.length + index + 1}`, row, true)),
  {
    id: "30.1.11.1",
    title: "Character of four octets cut by a Ping",
    description:
      "A text message in two fragments, cut inside a character of four octets. A Ping stands between them. The message goes on when it was answered.",
    expectation: "The peer answers the Ping and then echoes the text.",
    requirements: ["6455-6.2-1", "6455-5.6-1", "6455-5.4-1", "6455-5.5.2-1"],
    script: [
      text(part(FACE, 0, 2), MORE),
      ping("inside"),
      until(pongWith("inside")),
      cont(part(FACE, 2, 4)),
      closeAfter(1),
    ],
    expect: answers(pongWith("inside"), message(FACE)),
    since: "0.2.0",
  },
  {
    id: "30.1.11.2",
    title: "Character that is cut by a Ping and never finished",
    description:
      "The first two octets of a character of four octets, and a Ping. When it was answered, a last fragment of ASCII, so that the character is never finished.",
    expectation: `The peer answers the Ping. ${REJECTED}`,
    requirements: ["6455-8.1-1", ...FAILING],
    script: [text(part(FACE, 0, 2), MORE), ping("inside"), until(pongWith("inside")), cont("end"), kill(1)],
    expect: answersThenFailsWith(1007, pongWith("inside")),
    illegal: ["invalid-utf8"],
    differs: FAILING_DIFFERS,
    since: "0.2.0",
  },
  ...family("30.1.12", BLOCKS, (id, block) => ({
    id,
    title: `Character of four octets across octet ${block.toLocaleString("en")}`,
    description: `Three text messages of ASCII with a character of four octets that begins one, two and three octets before octet ${block.toLocaleString("en")}, where a block of a validator may end.`,
    expectation: "The peer echoes the three texts octet by octet.",
    requirements: ["6455-6.2-1", "6455-5.6-1"],
    script: [...[1, 2, 3].map((before) => text(across(block, before))), closeAfter(5)],
    expect: answers(...[1, 2, 3].map((before) => message(across(block, before)))),
    since: "0.2.0",
  })),
  ...family("30.1.13", FAR, (id, offset) => ({
    id,
    title: `One invalid octet behind ${offset.toLocaleString("en")} octets of characters of two octets`,
    description: `A text message: ${offset.toLocaleString("en")} octets of characters of two octets, the octet 80, and 160 octets of ASCII. Some validators look at the beginning of a text only, or at the ends of it.`,
    expectation: REJECTED,
    requirements: ["6455-8.1-1", ...FAILING],
    script: [text(concat([repeat(octets("é"), offset), hex("80"), octets("b".repeat(160))])), kill(1)],
    // A limit may come first.
    expect: { ...rejectsText(), ending: { ...rejectsText().ending, codes: [1007, 1009] } },
    illegal: ["invalid-utf8"],
    differs: FAILING_DIFFERS,
    since: "0.2.0",
  })),
  {
    id: "30.1.14",
    title: "Invalid text behind 100 valid ones",
    description: "100 valid text messages. When they were echoed, a text message with an overlong form.",
    expectation: `The peer echoes the valid messages. ${REJECTED}`,
    requirements: ["6455-8.1-1", ...FAILING],
    script: [...HUNDRED.map((name) => text(name)), until(message("valid 100")), text(hex("c0af")), kill(1)],
    expect: answersThenFailsWith(1007, ...HUNDRED.map((name) => message(name))),
    illegal: ["invalid-utf8"],
    differs: [...FAILING_DIFFERS, "first-echo-optional"],
    since: "0.2.0",
  },
  exchange("30.2.1", {
    title: "Text that the peer sends",
    description:
      "Text messages that end with characters of one to four octets, a long one among them, and a Ping when they came back.",
    expectation: "Every text message of the peer is valid UTF-8.",
    requirements: ["6455-5.6-1", "6455-6.2-1"],
    script: [
      ...ENDINGS.map((end) => text(end)),
      until(message(ENDINGS.at(-1) ?? "")),
      ping("and a Ping"),
      closeAfter(5),
    ],
    expect: answers(...ENDINGS.map((end) => message(end)), pongWith("and a Ping")),
  }),
];

/** Text is checked when it is decompressed, not before. */
function compressed(id: string, { what, data, content }: (typeof COMPRESSED)[number], isCut: boolean): Case {
  return {
    id,
    title: `Compressed text with ${what}${isCut ? ", in fragments" : ""}`,
    description: `A compressed text message${isCut ? " in two fragments, cut in the middle of the compressed octets" : ""}. It inflates to text with ${what} (${toHex(content.pattern)}).`,
    expectation: `${REJECTED} ${MAY_DECLINE}`,
    requirements: ["6455-8.1-1", ...FAILING],
    script: [...packedFragments(isCut ? cutAt(data, data.length >> 1) : [data], content), kill(1)],
    expect: rejectsText(),
    illegal: ["invalid-utf8"],
    deflate: PLAIN,
    differs: FAILING_DIFFERS,
    since: "0.2.0",
  };
}

/** What happens before the rest of the text, if the peer does not fail the connection before. */
function awaitedIn(steps: readonly Step[]): Trace {
  return steps.flatMap((step) => {
    if (step.do === "wait") return [timeout(step.tag)];
    return step.do === "until" ? [step.event] : [];
  });
}

/** ASCII and a character of four octets that begins so many octets before the end of a block. */
function across(block: number, before: number): Payload {
  return concat([octets("a".repeat(block - before)), FACE, octets("b".repeat(64))]);
}

function truncated(id: string, { what, octets: digits }: Invalid, isFragmented: boolean): Case {
  const payload = hex(digits);
  const script: readonly Step[] = isFragmented
    ? [text("fragment ", MORE), cont(payload), kill(1)]
    : [text(concat([octets("whole "), payload])), kill(1)];
  return {
    id,
    title: `Text that ends inside ${what}${isFragmented ? ", in fragments" : ""}`,
    description: `A text message${isFragmented ? " in two fragments" : ""} that ends inside ${what} (${toHex(payload.pattern)}). The message is complete, and the character is not.`,
    expectation: REJECTED,
    requirements: ["6455-8.1-1", ...FAILING],
    script,
    expect: rejectsText(),
    illegal: ["invalid-utf8"],
    differs: FAILING_DIFFERS,
    since: "0.2.0",
  };
}

function inFragments({ pattern }: Payload, size: number): readonly Step[] {
  const count = Math.ceil(pattern.length / size);
  return Array.from({ length: count }, (_, index) => {
    const piece = octets(pattern.subarray(index * size, (index + 1) * size));
    const options = index === count - 1 ? {} : MORE;
    return index === 0 ? text(piece, options) : cont(piece, options);
  });
}

function part({ pattern }: Payload, from: number, to: number): Payload {
  return octets(pattern.subarray(from, to));
}

function nameOf(point: number): string {
  return `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
}
