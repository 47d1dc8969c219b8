import type { Case } from "../case/case.js";
import {
  answers,
  closedByScript,
  closesWith,
  message,
  observes,
  refusesClose,
  type Expectation,
} from "../case/expect.js";
import { FAILING, FAILING_DIFFERS } from "../case/family.js";
import { Opcode } from "../case/opcode.js";
import { hex, octets, repeat } from "../case/payload.js";
import { close, closePayload, cont, frame, kill, MORE, ping, rawClose, text } from "../case/steps.js";

const HELLO = "Hello World!";
const BIG = repeat(octets("BAsd7&jh23"), 262_144);
const LONGEST_REASON = "*".repeat(123);
const TOO_LONG_REASON = octets("*".repeat(124));
/** A valid word, the surrogate U+D800, six letters. */
const BAD_REASON = hex("cebae1bdb9cf83cebcceb5eda080656469746564");

const ANSWERS_CLOSE =
  "The peer answers the Close frame with a Close frame whose code, if it has one, is 1000. The server closes TCP.";
const FAILS =
  "The peer fails the connection; the close code, if it sends one, is 1002 (protocol error). It does not answer as it would answer a legal Close frame.";

/** 7.1–7.5: the closing handshake, what comes after it, and Close frames of every shape. */
export const CLOSING: readonly Case[] = [
  {
    id: "7.1.1",
    title: "Close after an echoed message",
    description: "A text message and, after its echo, a Close frame with code 1000.",
    expectation: `The peer echoes the message. ${ANSWERS_CLOSE}`,
    requirements: ["6455-5.5.1-5", "6455-5.5.1-7", "6455-7.1.1-2"],
    script: [text(HELLO), kill(1)],
    expect: { ...closesWith(1000), pass: answers(message(HELLO)).pass },
    differs: ["closing-handshake-required"],
  },
  {
    id: "7.1.2",
    title: "Two Close frames",
    description: "A Close frame with code 1000, followed at once by a second one without payload.",
    expectation: `${ANSWERS_CLOSE} The second Close frame has no effect.`,
    requirements: ["6455-5.5.1-5", "6455-5.5.1-7"],
    script: [close(1000), frame(Opcode.close), kill(1)],
    expect: closedByScript(closesWith(1000)),
    illegal: ["frame-after-close"],
    differs: ["closing-handshake-required"],
  },
  {
    id: "7.1.3",
    title: "Ping after a Close frame",
    description: "A Close frame with code 1000, followed at once by a Ping.",
    expectation: `${ANSWERS_CLOSE} The peer need not answer the Ping any more; under the autobahn profile it must not answer it.`,
    requirements: ["6455-5.5.1-5", "6455-5.5.1-7"],
    script: [close(1000), ping(""), kill(1)],
    expect: closedByScript(closesWith(1000)),
    illegal: ["frame-after-close"],
    differs: ["closing-handshake-required", "pong-after-close"],
  },
  {
    id: "7.1.4",
    title: "Text message after a Close frame",
    description: "A Close frame with code 1000, followed at once by a text message.",
    expectation: `${ANSWERS_CLOSE} The peer does not echo the message.`,
    requirements: ["6455-5.5.1-5", "6455-5.5.1-4", "6455-5.5.1-7"],
    script: [close(1000), text(HELLO), kill(1)],
    expect: closedByScript(closesWith(1000)),
    illegal: ["frame-after-close"],
    differs: ["closing-handshake-required"],
  },
  {
    id: "7.1.5",
    title: "Close frame between two fragments",
    description:
      "The first fragment of a text message, a Close frame with code 1000, then the last fragment. The message is incomplete when the Close frame arrives.",
    expectation:
      "The peer answers with a Close frame and echoes nothing. RFC 6455 does not say which code is right here: there are reasons for 1000 and for 1002. The autobahn profile requires 1000 or no code.",
    requirements: ["6455-5.5.1-5", "6455-5.5.1-4", "6455-5.5.1-7"],
    script: [text("fragment1", MORE), close(1000), cont("fragment2"), kill(1)],
    expect: closedByScript(closesWith(1000)),
    illegal: ["frame-after-close"],
    differs: ["closing-handshake-required", "any-close-code"],
  },
  {
    id: "7.1.6",
    title: "Close after a large message and a small one",
    description:
      "A text message of 262,144 octets, a short one, a Close frame with code 1000 and a Ping, all sent without waiting. The Close frame arrives while the peer may still be sending its echoes.",
    expectation:
      "Nothing is required: the peer may send its echoes before it answers the Close frame, or leave them out. The record shows what it did.",
    requirements: ["6455-5.5.1-6"],
    script: [text(BIG), text(HELLO), close(1000), ping(""), kill(1)],
    expect: observes(closedByScript({ ...answers(message(HELLO)), nonStrict: [] })),
    illegal: ["frame-after-close"],
    differs: ["observed-only"],
  },
  {
    id: "7.3.1",
    title: "Close frame without payload",
    description: "A Close frame without code or reason.",
    expectation: `${ANSWERS_CLOSE} The missing code is not an error.`,
    requirements: ["6455-5.5.1-5", "6455-7.1.5-1"],
    script: [rawClose(octets("")), kill(1)],
    expect: closedByScript(closesWith(1000)),
    differs: ["closing-handshake-required"],
  },
  {
    ...badClose("6455-5.5.1-1", refusesClose(1002)),
    id: "7.3.2",
    title: "Close frame with one octet",
    description:
      "A Close frame whose payload is one octet. A payload has to begin with a code of two octets (RFC 6455 §5.5.1).",
    script: [rawClose(octets("a")), kill(1)],
    illegal: ["close-payload"],
    differs: [...FAILING_DIFFERS, "illegal-close-answered"],
  },
  {
    id: "7.3.3",
    title: "Close frame with a code and no reason",
    description: "A Close frame with code 1000 and nothing after the code.",
    expectation: ANSWERS_CLOSE,
    requirements: ["6455-5.5.1-5", "6455-5.5.1-1"],
    script: [close(1000), kill(1)],
    expect: closedByScript(closesWith(1000)),
    differs: ["closing-handshake-required"],
  },
  {
    id: "7.3.4",
    title: "Close frame with a code and a reason",
    description: "A Close frame with code 1000 and a short reason.",
    expectation: ANSWERS_CLOSE,
    requirements: ["6455-5.5.1-5", "6455-5.5.1-2", "6455-7.1.6-1"],
    script: [close(1000, HELLO), kill(1)],
    expect: closedByScript(closesWith(1000)),
    differs: ["closing-handshake-required"],
  },
  {
    id: "7.3.5",
    title: "Close frame with the longest reason",
    description:
      "A Close frame with code 1000 and a reason of 123 octets. Together these are 125 octets, the most that a control frame may hold.",
    expectation: ANSWERS_CLOSE,
    requirements: ["6455-5.5.1-5", "6455-5.5.1-2", "6455-5.5-1"],
    script: [close(1000, LONGEST_REASON), kill(1)],
    expect: closedByScript(closesWith(1000)),
    differs: ["closing-handshake-required"],
  },
  {
    ...badClose("6455-5.5-1", refusesClose(1002)),
    id: "7.3.6",
    title: "Close frame with a reason that is one octet too long",
    description:
      "A Close frame with code 1000 and a reason of 124 octets. Its payload of 126 octets is one more than a control frame may hold (RFC 6455 §5.5).",
    script: [rawClose(closePayload(1000, TOO_LONG_REASON)), kill(1)],
    illegal: ["long-control"],
    differs: [...FAILING_DIFFERS, "illegal-close-answered"],
  },
  {
    ...badClose("6455-8.1-1", refusesClose(1002, 1007)),
    id: "7.5.1",
    title: "Close frame with a reason that is not UTF-8",
    description:
      "A Close frame with code 1000 and a reason that holds the octets ED A0 80, a surrogate, between a valid word and six letters.",
    expectation:
      "The peer fails the connection; the close code, if it sends one, is 1007 (inconsistent data) or 1002 (protocol error).",
    script: [rawClose(closePayload(1000, BAD_REASON)), kill(1)],
    illegal: ["close-payload"],
    differs: FAILING_DIFFERS,
  },
];

type BadClose = Pick<Case, "requirements" | "expect" | "expectation">;

/** A Close frame that is illegal in itself, sent instead of a legal one. */
function badClose(requirement: Case["requirements"][0], expect: Expectation): BadClose {
  return {
    requirements: [requirement, ...FAILING],
    expect: closedByScript(expect),
    expectation: FAILS,
  };
}
