import type { Case } from "../case/case.js";
import { closedByScript, closesWith, message, observes, refusesClose } from "../case/expect.js";
import { FAILING, family } from "../case/family.js";
import { Opcode } from "../case/opcode.js";
import { octets, repeat } from "../case/payload.js";
import {
  binary,
  close,
  closePayload,
  frame,
  keepTcp,
  kill,
  patientClose,
  ping,
  text,
  until,
  type Step,
} from "../case/steps.js";

const ANSWERS =
  "The peer answers the Close frame once; the code, if it sends one, is 1000. It sends nothing else.";

interface Behind {
  readonly what: string;
  readonly step: Step;
  readonly more?: Partial<Case>;
}

const BEHIND: readonly Behind[] = [
  { what: "a text message", step: text("too late") },
  { what: "a binary message", step: binary("too late") },
  {
    what: "a Ping",
    step: ping("too late"),
    more: { differs: ["closing-handshake-required", "pong-after-close"] },
  },
  {
    what: "a frame that is illegal in every way",
    step: frame(15, "too late", { rsv: 7, more: true }),
    more: {
      illegal: ["frame-after-close", "reserved-opcode", "rsv", "fragmented-control"],
      // Whether it is still read, nobody says.
      differs: ["closing-handshake-required", "any-close-code"],
    },
  },
];

const BIG = repeat(octets(Uint8Array.from({ length: 251 }, (_, index) => index)), 1024 * 1024);

/** 29.1: the course of the closing handshake (RFC 6455 §5.5.1, §7.1), beyond section 7. */
export const CLOSING_COURSE: readonly Case[] = [
  ...family("29.1.9", BEHIND, (id, { what, step, more = {} }) => ({
    id,
    title: `Close frame behind an echo, and ${what} in the same write`,
    description: `A text message. After its echo a Close frame with code 1000 and, in the same write, ${what}.`,
    expectation: ANSWERS,
    requirements: ["6455-5.5.1-5", "6455-5.5.1-4", "6455-7.1.1-1"],
    script: [text("Hello"), until(message("Hello")), close(1000), step, kill(1)],
    expect: closedByScript({ ...closesWith(1000), pass: [message("Hello")] }),
    illegal: ["frame-after-close"],
    differs: ["closing-handshake-required"],
    since: "0.2.0",
    ...more,
  })),
  {
    id: "29.1.10",
    title: "Two Close frames with different codes in one write",
    description: "A Close frame with code 1000 and, in the same write, a second one with code 1001.",
    expectation: "The peer answers once.",
    requirements: ["6455-5.5.1-5", "6455-5.5.1-7"],
    script: [close(1000), frame(Opcode.close, closePayload(1001)), kill(1)],
    expect: closedByScript(closesWith(1000, 1001)),
    illegal: ["frame-after-close"],
    differs: ["closing-handshake-required"],
    since: "0.2.0",
  },
  {
    id: "29.1.11",
    title: "End of TCP behind the closing handshake, by the server",
    description:
      "A text message and, after its echo, a Close frame with code 1000. Then the tester, which is the client, leaves TCP open.",
    expectation: "The server answers the Close frame and closes TCP at once.",
    requirements: ["6455-5.5.1-8", "6455-5.5.1-5", "6455-5.5.1-7", "6455-7.1.1-2"],
    peer: "server",
    script: [text("Hello"), until(message("Hello")), close(1000)],
    expect: closedByScript({
      pass: [message("Hello")],
      ending: { ...closesWith(1000).ending, openTcpIsFatal: true },
    }),
    differs: ["closing-handshake-required"],
    since: "0.2.0",
  },
  {
    id: "29.1.12",
    title: "End of TCP behind the closing handshake, by the client",
    description:
      "A Close frame with code 1000. After both Close frames the tester, which is the server, leaves TCP open for a short time, although closing it is its own task.",
    expectation:
      "Nothing is required: a client should wait for the server, and may close TCP at any time. The record shows what it did.",
    requirements: ["6455-5.5.1-9", "6455-7.1.1-3"],
    peer: "client",
    script: [keepTcp(), close(1000)],
    expect: observes(closedByScript(closesWith(1000))),
    differs: ["observed-only"],
    since: "0.2.0",
  },
  {
    id: "29.1.13",
    title: "Close frame with 256 KiB behind it",
    description:
      "A Close frame with code 1000 and a binary message of 262,144 octets behind it. A peer that closes its socket before it has read them resets TCP, and its Close frame may be lost.",
    expectation:
      "Nothing is required: the peer should answer the Close frame, throw away what is behind it and close TCP cleanly. The record shows whether it reset TCP.",
    requirements: ["6455-7.1.1-1"],
    script: [close(1000), binary(repeat(octets("too late "), 262_144)), kill(1)],
    expect: observes(closedByScript(closesWith(1000))),
    illegal: ["frame-after-close"],
    differs: ["observed-only"],
    since: "0.2.0",
  },
  {
    id: "29.1.14",
    title: "Message of 1 MiB and a Close frame behind it",
    description: "A binary message of 1,048,576 octets and a Close frame with code 1000, without waiting.",
    expectation:
      "The peer echoes the message and then answers the Close frame, or only answers it. It sends no data behind its Close frame.",
    requirements: ["6455-5.5.1-5", "6455-5.5.1-4", "6455-5.5.1-6"],
    script: [binary(BIG), patientClose(1000, 5000), kill(10)],
    expect: closedByScript({ ...closesWith(1000), pass: [message(BIG, "binary")], nonStrict: [] }),
    differs: ["closing-handshake-required", "limit-is-a-capability"],
    since: "0.2.0",
  },
  {
    // The definition wants a peer that closes when it is told to. An illegal frame makes any peer close at that moment.
    id: "29.1.15",
    title: "Close frames that cross",
    description:
      "In one write a text frame with RSV2 set, because of which the peer fails the connection, and a Close frame with code 1000. So both sides send a Close frame before they have read that of the other.",
    expectation:
      "The peer fails the connection; the close code, if it sends one, is 1002 (protocol error). It sends one Close frame and nothing behind it, and TCP ends.",
    requirements: ["6455-5.2-2", ...FAILING, "6455-7.1.2-2", "6455-5.5.1-7"],
    script: [text("bad", { rsv: 2 }), close(1000)],
    expect: closedByScript(refusesClose(1002)),
    illegal: ["rsv"],
    differs: ["close-frame-before-drop", "closing-handshake-required"],
    since: "0.2.0",
  },
];
