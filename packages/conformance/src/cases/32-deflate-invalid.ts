import type { Case } from "../case/case.js";
import { back, deflated, dynamicWith, fixed, stored } from "../case/deflate-data.js";
import type { DifferenceId } from "../case/difference.js";
import { answers, message, observes, pongWith, refusesData } from "../case/expect.js";
import { FAILING, FAILING_DIFFERS, family } from "../case/family.js";
import { concat, hex, octets, type Payload } from "../case/payload.js";
import type { RequirementId } from "../case/requirements.js";
import { closeAfter, kill, ping, type Step } from "../case/steps.js";
import {
  half,
  HELLO,
  MAY_DECLINE,
  packed,
  packedText,
  PLAIN,
  WINDOW,
  WINDOWFUL,
  WITH_CONTEXT,
} from "./compressed.js";

const REFUSED_DIFFERS: readonly DifferenceId[] = [...FAILING_DIFFERS, "pong-before-inflating"];
const REFUSED = `The peer fails the connection and echoes nothing of the message; before that, it may answer the Ping. RFC 7692 names no close code for this, so that every code which reports a problem is right. ${MAY_DECLINE}`;
const RECORDED = `Nothing is required: what the peer does is recorded. ${MAY_DECLINE}`;

const REFUSES: readonly [RequirementId, ...RequirementId[]] = ["6455-10.7-1", "7692-8-1", ...FAILING];

/** 32.1.9 to 32.1.14: compressed data that is illegal, or whose meaning RFC 7692 leaves open. */
export const INVALID_DATA: readonly Case[] = [
  refused("32.1.9", {
    title: "Block of a type that does not exist",
    description: "A compressed text message with a block of type 11, which RFC 1951 §3.2.3 reserves.",
    payload: deflated(fixed("Hello"), { type: "reserved" }),
  }),
  ...family("32.1.10", badCodes(), refused),
  refused("32.1.11.1", {
    title: "Message that is cut inside the header of a stored block",
    description:
      "A compressed text message that ends inside the header of a stored block. With the 00 00 ff ff that a receiver appends, the two lengths in the header contradict each other.",
    payload: half(deflated(stored(octets("Hello"))), 0, 3),
  }),
  recorded("32.1.11.2", {
    title: "Message that is cut inside a stored block",
    description:
      "A compressed text message that ends inside a stored block: ten octets are announced, and two come. RFC 7692 does not say that a receiver looks at this. The 00 00 ff ff that it appends becomes text, which is not valid UTF-8.",
    payload: half(deflated(stored(octets("Hello, you"))), 0, 7),
    content: null,
    requirement: "7692-8-1",
  }),
  recorded("32.1.11.3", {
    title: "Message that is cut inside a block with fixed codes",
    description:
      "A compressed text message, cut behind the third of its five characters. The zeros that a receiver appends happen to be the end of a block. RFC 7692 does not say that a receiver looks at this; zlib gives out three characters.",
    payload: half(HELLO, 0, 3),
    content: null,
    requirement: "7692-8-1",
  }),
  refused("32.1.12.1", {
    title: "Reference to before the first octet",
    description: "The first message of the connection has five octets and refers back by six.",
    payload: deflated(fixed("Hello", back(3, 6))),
  }),
  {
    ...refused("32.1.12.2", {
      title: "Reference by one octet more than all messages together have",
      description:
        "A compressed text message of five octets, and one that refers back by six. The first message is echoed or not.",
      payload: deflated(fixed(back(3, 6))),
      before: [packed("Hello", fixed("Hello"))],
    }),
    deflate: WITH_CONTEXT,
    expect: { ...refusesData(), pass: [message("Hello")], nonStrict: [] },
    differs: [...REFUSED_DIFFERS, "first-echo-optional"],
  },
  {
    ...refused("32.1.12.3", {
      title: "Reference by 32,768 octets where there are 32,767",
      description:
        "A compressed text message of 32,767 octets, and one that refers back by 32,768. A window that begins with zeros would give out one of them. The first message is echoed or not.",
      payload: deflated(fixed(back(3, WINDOW))),
      before: [packed(octets(WINDOWFUL.pattern.subarray(1)), stored(octets(WINDOWFUL.pattern.subarray(1))))],
    }),
    deflate: { ...PLAIN, needs: { context: true, windowBits: 15 } },
    expect: { ...refusesData(), pass: [message(octets(WINDOWFUL.pattern.subarray(1)))], nonStrict: [] },
    differs: [...REFUSED_DIFFERS, "first-echo-optional"],
  },
  recorded("32.1.13", {
    title: "Octets that mean nothing behind a final block",
    description:
      "A compressed text message whose block has BFINAL set, with two octets behind it that are no block (ff ff). Blocks may follow a final one; zlib does not look.",
    payload: concat([hex("f348cdc9c90700"), hex("ffff")]),
    content: null,
    requirement: "7692-8-1",
  }),
  recorded("32.1.14", {
    title: "Message that still ends with 00 00 ff ff",
    description:
      "A compressed text message from which the sender has not removed the 00 00 ff ff. With the four octets that a receiver appends, the message ends inside a block. Every receiver can deliver it, and none has to.",
    payload: concat([HELLO, hex("0000ffff")]),
    content: "Hello",
    requirement: "7692-7.2.1-3",
  }),
];

interface Refused {
  readonly title: string;
  readonly description: string;
  readonly payload: Payload;
  readonly before?: readonly Step[];
}

/** A text message that nobody can decompress, and a Ping, so that the peer has something to read behind it. */
function refused(id: string, { title, description, payload, before = [] }: Refused): Case {
  return {
    id,
    title,
    description: `${description} A Ping follows.`,
    expectation: REFUSED,
    requirements: REFUSES,
    script: [...before, packedText(payload, null), ping("still there?"), kill(1)],
    expect: refusesData(),
    illegal: ["compressed-data"],
    deflate: PLAIN,
    differs: REFUSED_DIFFERS,
    since: "0.2.0",
  };
}

function badCodes(): readonly Refused[] {
  const begin = "A compressed text message with a block";
  const short = Array.from({ length: 286 }, () => 7);
  const literals = short.map((_, symbol) => (symbol < 226 ? 8 : 9));
  return [
    {
      title: "Dynamic block with more codes than there can be",
      description: `${begin} in which 286 symbols have codes of seven bits. There are 128 such codes.`,
      payload: deflated(dynamicWith({ literals: short, distances: [1] })),
    },
    {
      title: "Reference whose distance has a symbol that means nothing",
      description: `${begin} with fixed codes in which a distance has the symbol 30. RFC 1951 §3.2.5 gives it no meaning.`,
      payload: deflated(fixed("Hello", { length: 3, distanceSymbol: 30 })),
    },
    {
      title: "Stored block whose two lengths contradict each other",
      description: `${begin} that is stored and whose second length is not the complement of the first.`,
      payload: deflated(stored(octets("Hello"), { complement: 5 })),
    },
    {
      title: "Dynamic block without a code for its end",
      description: `${begin} in which the symbol that ends a block has no code, so that the block could never end.`,
      payload: deflated(
        dynamicWith({
          literals: literals.map((length, symbol) => (symbol === 256 ? 0 : length)),
          distances: [1],
        }),
      ),
    },
  ];
}

interface Recorded {
  readonly title: string;
  readonly description: string;
  readonly payload: Payload;
  /** What a peer delivers that takes it for legal; null if that is open. */
  readonly content: string | null;
  readonly requirement: RequirementId;
}

/** A text message about which the RFCs say nothing. The connection is closed as soon as the peer has done something. */
export function recorded(id: string, { title, description, payload, content, requirement }: Recorded): Case {
  const pass = content === null ? [] : [message(content), pongWith("still there?")];
  return {
    id,
    title,
    description: `${description} A Ping follows.`,
    expectation: RECORDED,
    requirements: [requirement],
    script: [packedText(payload, content), ping("still there?"), closeAfter(1)],
    expect: observes(answers(...pass)),
    illegal: ["compressed-data"],
    deflate: PLAIN,
    differs: ["observed-only"],
    since: "0.2.0",
  };
}
