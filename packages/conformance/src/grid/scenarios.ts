import { bytesOf, octets, toHex } from "../case/payload.js";
import { viewOf } from "../record/event-view.js";
import type { EventView } from "../record/record.js";
import type { Side } from "../lint/direction.js";

type MessageView = Extract<EventView, { type: "message" }>;

/** What has to be seen between a client and a server, in this order. Who owes it is known from its kind. */
export type Step =
  /** The opening handshake: the request is the client's, the answer the server's. */
  | { readonly kind: "open" }
  /** The client offers permessage-deflate and the server agrees (RFC 7692 §5). */
  | { readonly kind: "deflate" }
  /** The server selects this subprotocol (RFC 6455 §4.2.2). */
  | { readonly kind: "subprotocol"; readonly name: string }
  /** A message of the client. */
  | {
      readonly kind: "message";
      readonly binary: boolean;
      /** The octets that are demanded; without them only the length is. */
      readonly view?: MessageView;
      readonly minOctets?: number;
      readonly minFrames?: number;
      readonly compressed?: true;
    }
  /** The server sends the client's latest message back. */
  | { readonly kind: "echo"; readonly compressed?: true }
  /** A Ping of the client; its payload in hexadecimal. */
  | { readonly kind: "ping"; readonly payload: string }
  /** The server answers the Ping (RFC 6455 §5.5.2, §5.5.3). */
  | { readonly kind: "pong"; readonly payload: string }
  /**
   * A Close frame of this side (RFC 6455 §5.5.1). `isAnswer`: the other side has sent one. An answer without `code` may have
   * any; a first one without `code` has 1000 or none.
   */
  | {
      readonly kind: "close";
      readonly side: Side;
      readonly isAnswer: boolean;
      readonly code?: number;
      readonly reason?: string;
    };

export interface Scenario {
  /** The value of the variable. */
  readonly name: string;
  /** What it does, in a sentence. */
  readonly says: string;
  readonly steps: readonly Step[];
}

const OPEN: Step = { kind: "open" };
const ECHO: Step = { kind: "echo" };
const CLOSED_BY_CLIENT: readonly Step[] = [
  { kind: "close", side: "client", isAnswer: false },
  { kind: "close", side: "server", isAnswer: true },
];

/** Tells a program which scenario to play. */
export const SCENARIO_VARIABLE = "WIREPROOF_SCENARIO";
/** A program says that it cannot do a scenario, or does not know it. */
export const UNSUPPORTED_EXIT = 127;
/** Octets of the one fragmented message, 1 MiB. */
const FRAGMENTED_OCTETS = 1024 * 1024;
const FEWEST_FRAGMENTS = 16;
const PING = toHex(bytesOf(octets("wireproof")));
/** 16 KiB of words; a program may leave the last word whole. */
const WORDS_OCTETS = 16_000;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "open",
    says: "The client opens a connection, closes it with 1000, and waits for its end.",
    steps: [OPEN, ...CLOSED_BY_CLIENT],
  },
  {
    name: "text",
    says: "A text with characters of two, three and four octets comes back.",
    steps: [
      OPEN,
      { kind: "message", binary: false, view: message(false, "Grüße, 世界 👋") },
      ECHO,
      ...CLOSED_BY_CLIENT,
    ],
  },
  {
    name: "binary",
    says: "A binary message with each of the 256 octets comes back.",
    steps: [
      OPEN,
      {
        kind: "message",
        binary: true,
        view: message(
          true,
          Uint8Array.from({ length: 256 }, (_, i) => i),
        ),
      },
      ECHO,
      ...CLOSED_BY_CLIENT,
    ],
  },
  {
    name: "fragmented",
    says: `A text of 1 MiB, sent in ${FEWEST_FRAGMENTS} fragments or more, comes back.`,
    steps: [
      OPEN,
      { kind: "message", binary: false, minOctets: FRAGMENTED_OCTETS, minFrames: FEWEST_FRAGMENTS },
      ECHO,
      ...CLOSED_BY_CLIENT,
    ],
  },
  {
    name: "deflate",
    says: "With permessage-deflate, 16 KiB of repeated words go out compressed and come back compressed, three times.",
    steps: [
      OPEN,
      { kind: "deflate" },
      ...[1, 2, 3].flatMap((): readonly Step[] => [
        { kind: "message", binary: false, minOctets: WORDS_OCTETS, compressed: true },
        { kind: "echo", compressed: true },
      ]),
      ...CLOSED_BY_CLIENT,
    ],
  },
  {
    name: "ping",
    says: "The client sends a Ping with a payload, and the server answers with a Pong that has the same.",
    steps: [OPEN, { kind: "ping", payload: PING }, { kind: "pong", payload: PING }, ...CLOSED_BY_CLIENT],
  },
  {
    name: "subprotocol",
    says: "The client offers chat.v1 and chat.v2, and the server selects chat.v2, the only one that it knows.",
    steps: [OPEN, { kind: "subprotocol", name: "chat.v2" }, ...CLOSED_BY_CLIENT],
  },
  {
    name: "close-client",
    says: "The client closes with a code and a reason of its own, and the server answers.",
    steps: [
      OPEN,
      { kind: "close", side: "client", isAnswer: false, code: 3000, reason: "client done" },
      { kind: "close", side: "server", isAnswer: true, code: 3000 },
    ],
  },
  {
    name: "close-server",
    says: "The server closes with a code and a reason of its own, and the client sees both and answers.",
    steps: [
      OPEN,
      { kind: "message", binary: false, view: message(false, "bye") },
      { kind: "close", side: "server", isAnswer: false, code: 3001, reason: "server done" },
      { kind: "close", side: "client", isAnswer: true },
    ],
  },
];

/** Who owes a step. */
export function debtorOf(step: Step): Side {
  if (step.kind === "close") return step.side;
  return step.kind === "message" || step.kind === "ping" ? "client" : "server";
}

function message(binary: boolean, payload: string | Uint8Array): MessageView {
  return viewOf({ type: "message", binary, payload: octets(payload) }) as MessageView;
}
