import type { Case } from "../case/case.js";
import { answers, message, rejectsText, timeout } from "../case/expect.js";
import { FAILING, FAILING_DIFFERS } from "../case/family.js";
import { concat, hex, octets, type Payload } from "../case/payload.js";
import { closeAfter, cont, fragmented, kill, MORE, text, wait, type Step } from "../case/steps.js";
import { Opcode } from "../case/opcode.js";

const MIXED = octets("Hello-µ@ßöäüàá-UTF-8!!");
const MIXED_START = octets("Hello-µ@ßöä");
const MIXED_END = octets("üàá-UTF-8!!");
/** The Greek word kosme, eleven octets. */
const KOSME = hex("cebae1bdb9cf83cebcceb5");
const EDITED = octets("edited");
/** U+D800, which UTF-8 cannot hold; the third octet is fine, the second is not. */
const SURROGATE = hex("eda080");
/** What would be U+110000, one more than the highest code point. */
const TOO_HIGH = hex("f4908080");
const WITH_SURROGATE = concat([KOSME, SURROGATE, EDITED]);
/** Octets of the text of 6.4. */
const POISONED_LENGTH = 21;

const FAILS =
  "The peer delivers nothing and fails the connection; the close code, if it sends one, is 1007 (inconsistent data).";

/** 6.1–6.4: empty fragments, characters cut by fragments, and how soon invalid text is noticed. */
export const UTF8: readonly Case[] = [
  {
    id: "6.1.1",
    title: "Empty text, which is valid UTF-8",
    description: "An empty text message in one frame.",
    expectation: "The peer echoes an empty text message.",
    requirements: ["6455-5.6-1", "6455-6.2-1"],
    script: [text(""), closeAfter(1)],
    expect: answers(message("")),
  },
  {
    id: "6.1.2",
    title: "Three empty fragments",
    description: "A text message in three fragments, all of them empty.",
    expectation: "The peer echoes one empty text message.",
    requirements: ["6455-5.4-6", "6455-5.4-5", "6455-5.6-1"],
    script: [text("", MORE), cont("", MORE), cont(""), closeAfter(1)],
    expect: answers(message("")),
  },
  {
    id: "6.1.3",
    title: "Text between two empty fragments",
    description: "A text message in three fragments; only the second one has a payload.",
    expectation: "The peer echoes one text message that holds the payload of the second fragment.",
    requirements: ["6455-5.4-6", "6455-5.4-5", "6455-5.6-1"],
    script: [text("", MORE), cont("middle frame payload", MORE), cont(""), closeAfter(1)],
    expect: answers(message("middle frame payload")),
  },
  {
    id: "6.2.1",
    title: "Text with two-octet characters, one frame",
    description: "A text message of 29 octets in one frame; seven of its characters take two octets each.",
    expectation: "The peer echoes the same text.",
    requirements: ["6455-5.6-1", "6455-6.2-1"],
    script: [text(MIXED), closeAfter(1)],
    expect: answers(message(MIXED)),
  },
  {
    id: "6.2.2",
    title: "Text cut into two fragments between characters",
    description: "The text of 6.2.1 in two fragments; the cut is between two characters.",
    expectation: "The peer echoes the whole text as one message.",
    requirements: ["6455-5.6-1", "6455-5.4-6", "6455-5.4-3"],
    script: [text(MIXED_START, MORE), cont(MIXED_END), closeAfter(1)],
    expect: answers(message(MIXED)),
  },
  {
    id: "6.2.3",
    title: "Text in fragments of one octet",
    description:
      "The text of 6.2.1 in fragments of one octet, so seven cuts are inside a character. The autobahn profile adds an empty last fragment.",
    expectation:
      "The peer echoes the whole text as one message. Only the whole message has to be valid UTF-8; a fragment need not be.",
    requirements: ["6455-5.6-1", "6455-5.4-6", "6455-5.4-3"],
    script: [fragmented(MIXED, 1), closeAfter(1)],
    expect: answers(message(MIXED)),
    differs: ["no-empty-last-fragment"],
  },
  {
    id: "6.2.4",
    title: "Greek word in fragments of one octet",
    description:
      "A Greek word with characters of two and three octets, in fragments of one octet. The autobahn profile adds an empty last fragment.",
    expectation: "The peer echoes the word as one message.",
    requirements: ["6455-5.6-1", "6455-5.4-6", "6455-5.4-3"],
    script: [fragmented(KOSME, 1), closeAfter(1)],
    expect: answers(message(KOSME)),
    differs: ["no-empty-last-fragment"],
  },
  {
    id: "6.3.1",
    title: "Surrogate in the middle of a text, one frame",
    description:
      "A text message of 20 octets in one frame: a valid word, then ED A0 80 (the surrogate U+D800, which is not allowed in UTF-8), then six ASCII letters. Octet 13 is the first that cannot be valid.",
    expectation: FAILS,
    requirements: ["6455-8.1-1", ...FAILING],
    script: [text(WITH_SURROGATE), kill(1)],
    expect: rejectsText(),
    illegal: ["invalid-utf8"],
    differs: FAILING_DIFFERS,
  },
  {
    id: "6.3.2",
    title: "Surrogate in the middle of a text, fragments of one octet",
    description:
      "The octets of 6.3.1 in fragments of one octet, so the invalid sequence is spread over three of them. The autobahn profile adds an empty last fragment.",
    expectation: FAILS,
    requirements: ["6455-8.1-1", ...FAILING],
    script: [fragmented(WITH_SURROGATE, 1), kill(1)],
    expect: rejectsText(),
    illegal: ["invalid-utf8"],
    differs: [...FAILING_DIFFERS, "no-empty-last-fragment"],
  },
  failsEarly({
    id: "6.4.1",
    title: "Invalid fragment between two valid ones, with pauses",
    description:
      "A text message in three fragments: a valid word, then F4 90 80 80 (which would be U+110000, above the highest code point), then six ASCII letters. The tester pauses before the second fragment and before the third.",
    script: [text(KOSME, MORE), wait("A"), cont(TOO_HIGH, MORE), wait("B"), cont(EDITED), kill(1)],
  }),
  failsEarly({
    id: "6.4.2",
    title: "Invalid octet alone in a fragment, with pauses",
    description:
      "The octets of 6.4.1, cut at other places. The first fragment ends with F4, which can still become a character. The second is the octet 90, after which it cannot. The third is the rest.",
    script: [
      text(concat([KOSME, hex("f4")]), MORE),
      wait("A"),
      cont(hex("90"), MORE),
      wait("B"),
      cont(concat([hex("8080"), EDITED])),
      kill(1),
    ],
  }),
  failsEarly({
    id: "6.4.3",
    title: "Invalid sequence inside one frame that arrives in parts, with pauses",
    description:
      "The octets of 6.4.1 in one frame of 21 octets with FIN clear. Its payload is sent in three writes: the word, the invalid sequence, the letters. An empty last fragment ends the message. The tester pauses before the second and before the third write.",
    script: parts([KOSME, TOO_HIGH, EDITED]),
  }),
  failsEarly({
    id: "6.4.4",
    title: "Invalid octet inside one frame that arrives in parts, with pauses",
    description:
      "As 6.4.3, but the payload is cut as in 6.4.2: the second write is only the octet 90, the first octet that cannot be valid.",
    script: parts([concat([KOSME, hex("f4")]), hex("90"), concat([hex("8080"), EDITED])]),
  }),
];

/** A peer that validates text as it arrives fails between the two pauses. */
function failsEarly(facts: Pick<Case, "id" | "title" | "description" | "script">): Case {
  return {
    ...facts,
    expectation:
      "The peer fails the connection; the close code, if it sends one, is 1007 (inconsistent data). A peer that validates text as it arrives fails the connection when it has the second part. Failing only at the end of the message is allowed too (RFC 6455 §8.1); the autobahn profile calls that non-strict.",
    requirements: ["6455-8.1-1", ...FAILING, "6455-5.4-6"],
    expect: {
      ...rejectsText(),
      pass: [timeout("A")],
      nonStrict: [timeout("A"), timeout("B")],
    },
    illegal: ["invalid-utf8"],
    differs: [...FAILING_DIFFERS, "late-utf8-failure"],
  };
}

/** One frame in three writes with pauses between them, and an empty last fragment. */
function parts(payloads: readonly [first: Payload, second: Payload, third: Payload]): readonly Step[] {
  const [first, second, third] = payloads;
  return [
    { do: "frame-header", opcode: Opcode.text, fin: false, length: POISONED_LENGTH },
    { do: "payload-part", payload: first },
    wait("A"),
    { do: "payload-part", payload: second },
    wait("B"),
    { do: "payload-part", payload: third },
    cont(""),
    kill(1),
  ];
}
