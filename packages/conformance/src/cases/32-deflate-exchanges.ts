import type { Case, AcceptorName } from "../case/case.js";
import {
  back,
  backFor,
  deflated,
  dynamic,
  dynamicWith,
  final,
  fixed,
  stored,
  type DeflateBlock,
} from "../case/deflate-data.js";
import { echoesAll, message, pongWith } from "../case/expect.js";
import { family } from "../case/family.js";
import { Opcode } from "../case/opcode.js";
import { concat, hex, noise, noisyText, octets, repeat, type Payload } from "../case/payload.js";
import {
  binary,
  closeAfter,
  cont,
  echoLoop,
  MORE,
  ping,
  text,
  until,
  type LoopMessages,
} from "../case/steps.js";
import { grouped } from "../case/words.js";
import {
  cutAt,
  delivered,
  MAY_DECLINE,
  packed,
  packedFragments,
  packedText,
  places,
  WITH_CONTEXT,
  type Delivered,
} from "./compressed.js";

const ECHOED = `The peer echoes every message. ${MAY_DECLINE}`;

/** The longest stored block (RFC 1951 §3.2.4). */
const LONGEST_STORED = noisyText(65_535);

/** "abcabc" with a run of zeros that goes from the codes for lengths to those for distances. */
const RUN_ACROSS = dynamicWith(
  {
    literals: Array.from(
      { length: 286 },
      (_, symbol) => ({ 97: 2, 98: 2, 99: 2, 256: 3, 257: 3 })[symbol] ?? 0,
    ),
    distances: [0, 0, 1],
  },
  "abc",
  back(3, 3),
);

interface BlockRow extends Omit<Delivered, "script" | "echoes"> {
  readonly blocks: readonly DeflateBlock[];
  readonly content: Payload | string;
}

const BLOCKS: readonly BlockRow[] = [
  {
    title: "Message that goes on behind a final block",
    description:
      "A compressed text message of two blocks, the first of which has BFINAL set. The next block follows at the next octet (RFC 7692 §7.2.1).",
    blocks: [final(fixed("He")), fixed("llo")],
    content: "Hello",
    requirements: ["7692-6.2-1", "7692-7.2.1-1", "7692-7.2.1-2", "6455-6.2-1"],
  },
  {
    title: "Stored block of 65,535 octets",
    description: "A compressed text message in one stored block, the longest that there can be.",
    blocks: [stored(LONGEST_STORED)],
    content: LONGEST_STORED,
  },
  {
    title: "Empty blocks inside a message",
    description: "A compressed text message with an empty block of each type between two others.",
    blocks: [fixed("He"), stored(octets("")), fixed(), dynamic(), fixed("llo")],
    content: "Hello",
  },
  {
    title: "Dynamic block with a run of lengths from one table to the other",
    description:
      "A compressed text message with a dynamic block. A run of code lengths begins with those of literals and ends with those of distances, which RFC 1951 §3.2.7 allows and zlib never writes.",
    blocks: [RUN_ACROSS],
    content: "abcabc",
  },
  {
    title: "Dynamic block without codes for distances",
    description:
      "A compressed text message with a dynamic block of literals only. Its single distance code has zero bits (RFC 1951 §3.2.7).",
    blocks: [dynamic("literals only")],
    content: "literals only",
  },
  {
    title: "Dynamic block with one code for distances",
    description:
      "A compressed text message with a dynamic block in which all distances are alike. Their code has one bit, and the other code of one bit is none (RFC 1951 §3.2.7).",
    blocks: [dynamic("one", back(6, 3), back(3, 3))],
    content: "oneoneoneone",
  },
  {
    title: "Reference that repeats one octet 258 times",
    description: "A compressed text message of one literal and the longest reference, by one octet.",
    blocks: [fixed("a", back(258, 1))],
    content: "a".repeat(259),
  },
];

const EMPTY: readonly { readonly what: string; readonly payload: Payload }[] = [
  { what: "an empty block with fixed codes", payload: deflated(fixed()) },
  { what: "an empty final block with fixed codes", payload: deflated(final(fixed())) },
  { what: "an empty final block that is stored", payload: deflated(final(stored(octets("")))) },
  { what: "two empty stored blocks", payload: deflated(stored(octets(""))) },
  { what: "an empty block with dynamic codes", payload: deflated(dynamic()) },
];

const BIG: readonly { readonly length: number; readonly pattern: Payload; readonly nature: string }[] = [
  { length: 200_000, pattern: noisyText(5000), nature: "that compresses well" },
  { length: 200_000, pattern: noise(50_000), nature: "that does not compress" },
  { length: 1_200_000, pattern: noisyText(5000), nature: "that compresses well" },
  { length: 1_200_000, pattern: noise(50_000), nature: "that does not compress" },
];

const WIDE = octets("é € 😀 é ");
const WIDE_DATA = deflated(
  fixed("é € ", hex("f09f").pattern),
  stored(hex("98")),
  fixed(hex("80").pattern, " ", back(3, 12)),
);

const LONG_PING = repeat(octets("Ping "), 125);
const REPEATED = repeat(noisyText(200), 4000);
const REPEATED_DATA = deflated(stored(noisyText(200)), fixed(...backFor(3800, 200)));

/** 32.1.21 and on: more of what a peer has to decompress. 32.2: what it compresses itself (RFC 7692 §6, §7). */
export const DEFLATE_EXCHANGES: readonly Case[] = [
  ...family("32.1.21", BIG, (id, { length, pattern, nature }) =>
    exchange(id, {
      title: `Messages of ${grouped(length)} octets, data ${nature}`,
      description: `Two binary messages of ${grouped(length)} octets, data ${nature}, compressed as it was agreed.`,
      requirements: ["7692-6.2-1", "6455-6.2-1"],
      message: repeat(pattern, length),
      opcode: Opcode.binary,
      count: 2,
    }),
  ),
  ...family("32.1.22", EMPTY, (id, { what, payload }) =>
    delivered(id, {
      title: `Empty message as ${what}`,
      description: `An empty text message whose compressed data is ${what}, and a message that is not empty.`,
      requirements: ["7692-6.2-1", "7692-7.2.1-1", "6455-6.2-1"],
      script: [packedText(payload, ""), packed("Hello", fixed("Hello"))],
      echoes: ["", "Hello"],
    }),
  ),
  delivered("32.1.22.6", {
    title: "Empty message in two fragments",
    description:
      "An empty text message in two fragments: no octet, and the octet 00. RSV1 is on the first. A message that is not empty follows.",
    requirements: ["7692-6.2-1", "6455-5.4-6", "6455-5.4-5"],
    script: [...packedFragments([octets(""), hex("00")], ""), packed("Hello", fixed("Hello"))],
    echoes: ["", "Hello"],
  }),
  delivered("32.1.23", {
    title: "Reference to a message that ended with a final block",
    description:
      "A compressed text message whose block has BFINAL set, and two that refer back to it. The window is that of the connection, and no block ends it (RFC 7692 §7.2.2).",
    requirements: ["7692-7.2.2-1", "7692-7.2.1-1"],
    deflate: WITH_CONTEXT,
    script: [
      packed("Hello, final", final(fixed("Hello, final"))),
      packed("Hello, again", fixed(back(7, 12), "again")),
      packed("final again", fixed(back(5, 17), " ", back(5, 11))),
    ],
    echoes: ["Hello, final", "Hello, again", "final again"],
  }),
  ...family("32.1.24", BLOCKS, (id, { blocks, content, ...facts }) =>
    delivered(id, { ...facts, script: [packed(content, ...blocks)], echoes: [content] }),
  ),
  exchange("32.1.25.1", {
    title: "client_no_context_takeover offered, which a server need not follow",
    description:
      "As a client the tester offers client_no_context_takeover, which is a hint. If the answer does not have it, the tester goes on to refer to earlier messages. Five text messages are sent, all alike.",
    requirements: ["7692-6.2-1", "7692-7.1.1.2-2", "7692-7.2.2-1"],
    message: noisyText(1500, 2),
    count: 5,
    offer: "; client_no_context_takeover",
  }),
  exchange("32.1.25.2", {
    title: "client_no_context_takeover not offered, and asked for by the server",
    description:
      "As a client the tester offers nothing but the extension. As a server it answers with client_no_context_takeover, which every client supports. Five text messages are sent, all alike.",
    requirements: ["7692-7.1.1.2-1", "7692-6.2-1", "7692-7.2.1-5"],
    message: noisyText(1500, 3),
    count: 5,
    acceptor: "client-nct",
  }),
  delivered("32.1.26", {
    title: "Compressed text with characters of several octets, cut at every octet",
    description:
      "A compressed text message once for every place where its payload can be cut, each in two fragments. A character begins in one block and ends in another, and another one comes again by a reference. The compressed octets are no valid UTF-8.",
    requirements: ["6455-6.2-1", "6455-5.6-1", "7692-6.2-1"],
    script: places(WIDE_DATA).flatMap((place) => packedFragments(cutAt(WIDE_DATA, place), WIDE)),
    echoes: places(WIDE_DATA).map(() => WIDE),
  }),
  delivered("32.1.27", {
    title: "Compressed and uncompressed messages in turn, in fragments",
    description:
      "Text and binary messages, compressed and not, whole and in fragments. None refers to another, so that the case needs no context takeover.",
    requirements: ["7692-6.2-1", "6455-5.4-6", "6455-6.2-1"],
    script: [
      text("plain"),
      ...packedFragments(cutAt(deflated(fixed("compressed")), 3, 6), "compressed"),
      binary("plain ", MORE),
      cont("fragments"),
      packed("more", dynamic("more")),
      text("the end"),
    ],
    echoes: ["plain", "compressed", message("plain fragments", "binary"), "more", "the end"],
  }),
  exchange("32.2.1.1", {
    title: "RSV1 on the first frame only: a message in 40 fragments",
    description:
      "Two text messages of 40,000 octets in fragments of 1,000. The peer may echo them whole or in fragments, compressed or not.",
    expectation: `The peer echoes both messages. RSV1 is set on the first frame of a compressed message and on no other frame. ${MAY_DECLINE}`,
    requirements: ["7692-6.1-1", "7692-6.1-2", "7692-6.2-1"],
    message: noisyText(40_000),
    count: 2,
    fragmentSize: 1000,
  }),
  {
    ...delivered("32.2.1.2", {
      title: "RSV1 on no control frame",
      description:
        "A compressed text message of 4,000 octets in two fragments, with a Ping of 125 octets between them, and a Close frame.",
      requirements: ["7692-6.1-2", "7692-6.1-1", "6455-5.4-1"],
      script: [
        ...packedFragments(cutAt(REPEATED_DATA, 100), REPEATED).slice(0, 1),
        ping(LONG_PING),
        until(pongWith(LONG_PING)),
        ...packedFragments(cutAt(REPEATED_DATA, 100), REPEATED).slice(1),
      ],
      echoes: [pongWith(LONG_PING), REPEATED],
    }),
    expectation: `The peer answers the Ping, echoes the message and answers the Close frame. RSV1 is set on no control frame. ${MAY_DECLINE}`,
  },
  ...family("32.2.2", [8, 9, 10, 11, 12, 13, 14, 15] as const, (id, bits) =>
    exchange(id, {
      title: `Window of the peer: ${bits} bits`,
      description: `The tester limits the window of the peer to ${bits} bits, which is ${grouped(1 << bits)} octets: as a client with server_max_window_bits, as a server with client_max_window_bits. It sends text in which everything comes again, first at half of that distance and then beyond the end of the window${bits === 15 ? ", where DEFLATE cannot reach" : ""}.`,
      expectation: `The peer echoes every message. What it compresses refers back by no more than ${grouped(1 << bits)} octets. ${MAY_DECLINE}`,
      requirements: ["7692-7.2.1-4", "7692-5-7", "7692-7.1.2.1-1", "7692-7.1.2.2-1", "7692-6.2-1"],
      message: farText(bits),
      count: 2,
      offer: `; client_max_window_bits; server_max_window_bits=${bits}`,
      acceptor: `client-window-${bits}` as const,
      limitsWindow: true,
    }),
  ),
  exchange("32.2.3", {
    title: "No context takeover by the peer",
    description:
      "The tester demands that the peer compresses every message with an empty window: as a client with server_no_context_takeover, as a server with client_no_context_takeover. Four text messages are sent, all alike.",
    expectation: `The peer echoes every message. What it compresses refers to no earlier message. ${MAY_DECLINE}`,
    requirements: ["7692-7.2.1-5", "7692-5-7", "7692-7.1.1.1-1", "7692-7.1.1.2-1", "7692-6.2-1"],
    message: noisyText(2000, 4),
    count: 4,
    offer: "; server_no_context_takeover",
    acceptor: "client-nct",
  }),
  exchange("32.2.4", {
    title: "No context takeover by the peer, and a window of 9 bits",
    description:
      "The tester demands both of the peer: every message is compressed with an empty window, and references go back by 512 octets at most. Four text messages are sent, all alike.",
    expectation: `The peer echoes every message. What it compresses keeps to both. ${MAY_DECLINE}`,
    requirements: ["7692-5-7", "7692-7.2.1-5", "7692-7.2.1-4", "7692-6.2-1"],
    message: farText(9),
    count: 4,
    offer: "; client_max_window_bits; server_no_context_takeover; server_max_window_bits=9",
    acceptor: "client-nct-window-9",
    limitsWindow: true,
  }),
];

interface Exchange extends Pick<Case, "title" | "description" | "requirements"> {
  readonly expectation?: string;
  readonly message: Payload;
  readonly opcode?: (LoopMessages & { readonly from: "payload" })["opcode"];
  readonly count: number;
  readonly fragmentSize?: number;
  /** Added to the offer of a tester that is the client. */
  readonly offer?: string;
  readonly acceptor?: AcceptorName;
  readonly limitsWindow?: true;
}

/** The same message again and again, compressed by zlib as it was agreed, each when the echo of the last has come. */
function exchange(id: string, facts: Exchange): Case {
  const { title, description, requirements, expectation = ECHOED, opcode = Opcode.text } = facts;
  const loop = echoLoop(
    { from: "payload", opcode, payload: facts.message, count: facts.count },
    facts.fragmentSize,
  );
  const cut = facts.fragmentSize === undefined ? [] : (["no-empty-last-fragment"] as const);
  return {
    id,
    title,
    description,
    expectation,
    requirements,
    script: [closeAfter(60), loop],
    expect: echoesAll(),
    quiet: true,
    deflate: { offers: [`permessage-deflate${facts.offer ?? ""}`], acceptor: facts.acceptor ?? "plain" },
    reports: { ratio: true },
    differs: [
      "limit-is-a-capability",
      "content-compared",
      ...(facts.limitsWindow === true ? (["agreed-window-kept"] as const) : []),
      ...cut,
    ],
    since: "0.2.0",
  };
}

/** Text in which everything comes again: at half a window first, then at a little more than a window. */
function farText(bits: number): Payload {
  const window = 1 << bits;
  const near = noisyText(window / 2, bits);
  const far = noisyText(window + 40, bits + 1);
  const all = concat([near, near, far, far]);
  // Some peers compress no short messages.
  return repeat(all, Math.max(all.length, 2100));
}
