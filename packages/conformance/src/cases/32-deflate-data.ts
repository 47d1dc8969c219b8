import type { Case } from "../case/case.js";
import {
  back,
  backFor,
  deflated,
  dynamic,
  final,
  fixed,
  stored,
  type DeflateBlock,
} from "../case/deflate-data.js";
import { closedByScript, closesWith, failsWith, pongWith } from "../case/expect.js";
import { FAILING, FAILING_DIFFERS, family } from "../case/family.js";
import { Opcode } from "../case/opcode.js";
import { concat, hex, octets, repeat } from "../case/payload.js";
import {
  close,
  closePayload,
  cont,
  frame,
  kill,
  MORE,
  ping,
  text,
  until,
  type FrameStep,
} from "../case/steps.js";
import { INVALID_DATA, recorded } from "./32-deflate-invalid.js";
import {
  cutAt,
  delivered,
  half,
  HELLO,
  MAY_DECLINE,
  packed,
  packedFragments,
  places,
  PLAIN,
  WINDOW,
  WINDOWFUL,
  WITH_CONTEXT,
} from "./compressed.js";

const FAILED = `The peer fails the connection. If it sends a close code, the code is 1002 (protocol error). It does not answer the Ping. ${MAY_DECLINE}`;

const CONTROLS: readonly FrameStep[] = [
  frame(Opcode.ping, "Hello", { rsv: 4 }),
  frame(Opcode.pong, "Hello", { rsv: 4 }),
  frame(Opcode.close, closePayload(1000), { rsv: 4 }),
];

const DIGITS = "0123456789";
const REPEATED_5000 = repeat(octets(DIGITS), 5000);
const REPEATED_140000 = repeat(octets(DIGITS), 140_000);

/** 32.1: compressed data that is legal or not, and that a compressor of zlib never makes (RFC 7692 §7.2, RFC 1951). */
export const DEFLATE_DATA: readonly Case[] = [
  {
    id: "32.1.1",
    title: "RSV1 on a continuation frame of a compressed message",
    description: "A compressed text message in two fragments, both with RSV1 set. A Ping follows.",
    expectation: FAILED,
    requirements: ["7692-6.1-3", ...FAILING, "6455-7.1.7-4"],
    script: [
      text(half(HELLO, 0), { more: true, rsv: 4 }),
      cont(half(HELLO, 1), { rsv: 4 }),
      ping("still there?"),
      kill(1),
    ],
    expect: failsWith(1002),
    illegal: ["rsv"],
    deflate: PLAIN,
    differs: FAILING_DIFFERS,
    since: "0.2.0",
  },
  ...family("32.1.2", CONTROLS, (id, control): Case => {
    const name = { 8: "Close frame", 9: "Ping", 10: "Pong" }[control.opcode];
    return {
      id,
      title: `RSV1 on a ${name}`,
      description: `permessage-deflate is agreed on. A ${name} with RSV1 set, and a Ping. Control frames are never compressed.`,
      expectation: FAILED,
      requirements: ["7692-6.1-3", ...FAILING, "6455-7.1.7-4"],
      script: [control, ping("still there?"), kill(1)],
      expect: failsWith(1002),
      illegal: ["rsv"],
      deflate: PLAIN,
      differs: control.opcode === 8 ? [...FAILING_DIFFERS, "illegal-close-answered"] : FAILING_DIFFERS,
      since: "0.2.0",
    };
  }),
  delivered("32.1.3", {
    title: "Compressed and uncompressed messages in turn, with context takeover",
    description:
      "Five text messages: compressed, uncompressed, compressed, uncompressed, compressed. The compressed ones refer back to the compressed ones before them. Uncompressed messages are no part of the window.",
    requirements: ["7692-6.2-1", "7692-7.2.2-1"],
    deflate: WITH_CONTEXT,
    script: [
      packed("Hello, window", fixed("Hello, window")),
      text("uncompressed"),
      packed("Hello, again", fixed(back(7, 13), "again")),
      text("also uncompressed"),
      packed("window again", fixed(back(6, 18), " ", back(5, 12))),
    ],
    echoes: ["Hello, window", "uncompressed", "Hello, again", "also uncompressed", "window again"],
  }),
  delivered("32.1.4", {
    title: "Empty message as the single octet 00",
    description: "An empty text message as RFC 7692 §7.2.3.6 writes it: the header of an empty stored block.",
    script: [packed("")],
    echoes: [""],
  }),
  recorded("32.1.5", {
    title: "RSV1 on a text frame without payload",
    description:
      "A text frame with RSV1 set and no payload at all. RFC 7692 §7.2.1 makes no such message: what is empty is the octet 00. Some senders do it.",
    payload: octets(""),
    content: "",
    requirement: "7692-7.2.3-1",
  }),
  delivered("32.1.6.1", {
    title: "Message that ends with a final block: 5 octets",
    description: "A compressed text message whose only block has BFINAL set (RFC 7692 §7.2.3.4).",
    script: [packed("Hello", final(fixed("Hello")))],
    echoes: ["Hello"],
  }),
  delivered("32.1.6.2", {
    title: "Message that ends with a final block: 5,000 octets",
    description: "A compressed text message of 5,000 octets whose only block has BFINAL set.",
    script: [packed(REPEATED_5000, final(dynamic(DIGITS, ...backFor(4990, 10))))],
    echoes: [REPEATED_5000],
  }),
  delivered("32.1.6.3", {
    title: "Message that ends with a final block: 140,000 octets",
    description: "A compressed text message of 140,000 octets whose only block has BFINAL set.",
    script: [packed(REPEATED_140000, final(dynamic(DIGITS, ...backFor(139_990, 10))))],
    echoes: [REPEATED_140000],
  }),
  delivered("32.1.7", {
    title: "Two ordinary messages behind one that ends with a final block",
    description:
      "A compressed text message whose block has BFINAL set, and two compressed ones without it, which refer to nothing before them. The connection goes on behind a final block.",
    requirements: ["7692-6.2-1", "7692-7.2.1-1", "7692-7.2.1-2", "6455-6.2-1"],
    script: [
      packed("final", final(fixed("final"))),
      packed("second", fixed("second")),
      packed("third", dynamic("third")),
    ],
    echoes: ["final", "second", "third"],
  }),
  ...family(
    "32.1.8",
    [
      { what: "Stored block", blocks: [stored(octets("Hello"))] },
      { what: "Block with fixed codes", blocks: [fixed("Hello")] },
      { what: "Block with dynamic codes", blocks: [dynamic("Hel", "lo")] },
      {
        what: "Blocks of all three types",
        blocks: [fixed("H"), stored(octets("e")), dynamic("l"), stored(octets("l")), fixed("o")],
      },
    ],
    (id, { what, blocks }) =>
      delivered(id, {
        title: `${what} in a message`,
        description: `A compressed text message, "Hello". ${what} (RFC 1951 §3.2.3), and the empty block that ends every message.`,
        script: [packed("Hello", ...blocks)],
        echoes: ["Hello"],
      }),
  ),
  ...INVALID_DATA,
  delivered("32.1.15.1", {
    title: "Compressed message in two fragments, cut at every octet",
    description:
      "The same compressed text message once for every place where its payload can be cut, each in two fragments. The places include the beginning and the end, so that a fragment is empty.",
    requirements: ["7692-6.2-1", "7692-7.2.1-3", "6455-5.4-6", "6455-5.4-5"],
    script: places(HELLO).flatMap((place) => packedFragments(cutAt(HELLO, place), "Hello")),
    echoes: places(HELLO).map(() => "Hello"),
  }),
  delivered("32.1.15.2", {
    title: "Compressed message in fragments of one octet",
    description: "A compressed text message in fragments of one octet.",
    requirements: ["7692-6.2-1", "7692-7.2.1-3", "6455-5.4-6"],
    script: packedFragments(cutAt(HELLO, ...places(HELLO).slice(1, -1)), "Hello"),
    echoes: ["Hello"],
  }),
  delivered("32.1.15.3", {
    title: "Compressed message in fragments of one octet, with empty ones between",
    description:
      "A compressed text message in fragments of one octet, with an empty fragment before and behind each. RSV1 is on the first, which is empty.",
    requirements: ["7692-6.2-1", "7692-7.2.1-3", "6455-5.4-6", "6455-5.4-5"],
    script: packedFragments(
      cutAt(
        HELLO,
        ...places(HELLO)
          .flatMap((place) => [place, place])
          .slice(0, -1),
      ),
      "Hello",
    ),
    echoes: ["Hello"],
  }),
  delivered("32.1.16.1", {
    title: "Compressed message whose last fragment is empty",
    description: "A compressed text message in two fragments: the whole of its payload, and nothing.",
    requirements: ["7692-6.2-1", "7692-7.2.3-1", "6455-5.4-5", "6455-5.4-6"],
    script: packedFragments([HELLO, octets("")], "Hello"),
    echoes: ["Hello"],
  }),
  delivered("32.1.16.2", {
    title: "Compressed message whose last fragment is the octet 00",
    description:
      "A compressed text message in two fragments, as a sender writes it that learns only later that nothing follows (RFC 7692 §7.2.3.6). The first fragment keeps its 00 00 ff ff, and the last one is an empty block.",
    requirements: ["7692-6.2-1", "7692-7.2.1-3", "7692-7.2.3-1", "6455-5.4-6"],
    script: packedFragments([concat([HELLO, hex("0000ffff")]), hex("00")], "Hello"),
    echoes: ["Hello"],
  }),
  betweenFragments("32.1.17.1", {
    title: "Ping between the fragments of a compressed message",
    description:
      "A compressed text message in two fragments, with a Ping between them, and another compressed message.",
    second: fixed("once"),
    deflate: PLAIN,
    requirements: ["6455-5.4-1", "6455-5.5.2-1", "7692-6.2-1"],
  }),
  betweenFragments("32.1.17.2", {
    title: "Ping between the fragments of a compressed message is no part of the window",
    description:
      "A compressed text message in two fragments, with a Ping between them, and a compressed message that refers back beyond the place where the Ping was. Control frames are not compressed, so that the Ping is no part of the window.",
    second: fixed(back(4, 14)),
    deflate: WITH_CONTEXT,
    requirements: ["6455-5.4-1", "6455-5.5.2-1", "7692-7.2.2-1"],
  }),
  {
    id: "32.1.18",
    title: "Close frame behind the first fragment of a compressed message",
    description:
      "The first fragment of a compressed text message, cut inside a block, and a Close frame with the code 1000. The message never ends.",
    expectation: `The peer answers the Close frame and delivers nothing of the message. ${MAY_DECLINE}`,
    requirements: ["6455-5.5.1-5", "6455-5.4-1", "6455-6.2-1"],
    script: [text(half(HELLO, 0), { ...MORE, rsv: 4 }), close(1000)],
    expect: closedByScript(closesWith(1000)),
    deflate: PLAIN,
    differs: ["closing-handshake-required", "any-close-code"],
    since: "0.2.0",
  },
  delivered("32.1.19", {
    title: "Reference by 32,768 octets to an earlier message",
    description:
      "A compressed text message of 32,768 octets, and one that refers back to its first octets, as far as DEFLATE can.",
    requirements: ["7692-7.2.2-2", "7692-7.2.2-1"],
    deflate: { ...PLAIN, needs: { context: true, windowBits: 15 } },
    script: [
      packed(WINDOWFUL, stored(WINDOWFUL)),
      packed(octets(WINDOWFUL.pattern.subarray(0, 258)), fixed(back(258, WINDOW))),
    ],
    echoes: [WINDOWFUL, octets(WINDOWFUL.pattern.subarray(0, 258))],
  }),
  delivered("32.1.20", {
    title: "Messages of a sender that begins every one with an empty window",
    description:
      "Three compressed text messages that refer to nothing before them, two of them alike. As a client the tester offers to do without context takeover. It does without, whatever the peer answers.",
    requirements: ["7692-6.2-1", "7692-7.1.1.2-2", "7692-7.2.1-5"],
    deflate: { offers: ["permessage-deflate; client_no_context_takeover"], acceptor: "plain" },
    script: [
      packed("fresh fresh", fixed("fresh ", back(5, 6))),
      packed("fresh fresh", fixed("fresh ", back(5, 6))),
      packed("last", dynamic("last")),
    ],
    echoes: ["fresh fresh", "fresh fresh", "last"],
  }),
];

interface Between {
  readonly title: string;
  readonly description: string;
  /** The block of the second message, "once". */
  readonly second: DeflateBlock;
  readonly deflate: Case["deflate"];
  readonly requirements: Case["requirements"];
}

function betweenFragments(id: string, { second, deflate, ...facts }: Between): Case {
  const first = packedFragments(cutAt(deflated(fixed("once and again")), 8), "once and again");
  const made = delivered(id, {
    ...facts,
    deflate,
    script: [
      ...first.slice(0, 1),
      ping("between"),
      // A Pong may come behind the echo of a message that ends later.
      until(pongWith("between")),
      ...first.slice(1),
      packed("once", second),
    ],
    echoes: [pongWith("between"), "once and again", "once"],
  });
  return { ...made, expectation: `The peer answers the Ping and echoes both messages. ${MAY_DECLINE}` };
}
