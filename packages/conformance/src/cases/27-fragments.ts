import type { Case } from "../case/case.js";
import {
  answers,
  answersThenFailsWith,
  closedByScript,
  closesWith,
  echoesAll,
  endsAnyhow,
  failsWith,
  message,
  pongWith,
} from "../case/expect.js";
import { FAILING, FAILING_DIFFERS, family } from "../case/family.js";
import { hex, octets, repeat } from "../case/payload.js";
import {
  binary,
  burstLoop,
  close,
  closeAfter,
  closePayload,
  cont,
  endTcp,
  fragmented,
  frame,
  kill,
  MORE,
  ping,
  pong,
  text,
  until,
} from "../case/steps.js";
import { Opcode } from "../case/opcode.js";
import { exchange } from "./exchange.js";

const FAILS =
  "The peer fails the connection. If it sends a close code, the code is 1002 (protocol error). It does not answer the Ping, and it echoes nothing of what is illegal.";
/** In characters of one octet. */
const LONG_TEXT = 65_536;

/** 27: what fragmentation allows, and what it does not (RFC 6455 §5.4), beyond section 5. */
export const FRAGMENTS: readonly Case[] = [
  {
    id: "27.1.1",
    title: "Text message with 1,000 empty fragments",
    description:
      "A text message of two fragments. Between them stand 1,000 continuation frames without payload.",
    expectation: "The peer echoes the message: fragments may be empty, however many there are.",
    requirements: ["6455-6.2-1", "6455-5.4-6", "6455-5.4-5"],
    script: [
      text("Hel", MORE),
      ...Array.from({ length: 1000 }, () => cont("", MORE)),
      cont("lo"),
      closeAfter(10),
    ],
    expect: answers(message("Hello")),
    since: "0.2.0",
  },
  {
    id: "27.1.2",
    title: "Text message of 64 KiB in fragments of one octet",
    description: "A text message of 65,536 octets. Every octet is a fragment of its own.",
    expectation:
      "The peer echoes the message. A peer that limits the number of fragments may close with 1008 or 1009.",
    requirements: ["6455-6.2-1", "6455-5.4-6", "6455-5.4-5"],
    script: [fragmented(repeat(octets("Wireproof "), LONG_TEXT), 1), closeAfter(60)],
    expect: { ...answers(message(repeat(octets("Wireproof "), LONG_TEXT))), firstMessageDecides: true },
    quiet: true,
    differs: ["limit-is-a-capability", "no-empty-last-fragment"],
    since: "0.2.0",
  },
  {
    id: "27.1.3",
    title: "Binary message in three fragments, with octets that are no UTF-8",
    description: "A binary message of three fragments: ff fe, 80 c0, and f5 00. None of them is valid UTF-8.",
    expectation: "The peer echoes the six octets as one binary message, or as fragments of one.",
    requirements: ["6455-6.2-1", "6455-5.6-2"],
    script: [binary(hex("fffe"), MORE), cont(hex("80c0"), MORE), cont(hex("f500")), closeAfter(1)],
    expect: answers(message(hex("fffe80c0f500"), "binary")),
    since: "0.2.0",
  },
  ...family(
    "27.1.4",
    [
      { outer: Opcode.text, inner: Opcode.text },
      { outer: Opcode.text, inner: Opcode.binary },
      { outer: Opcode.binary, inner: Opcode.text },
      { outer: Opcode.binary, inner: Opcode.binary },
    ],
    interleaved,
  ),
  ...family("27.1.5", [true, false], strayContinuation),
  {
    id: "27.1.6",
    title: "16 Pings and Pongs between two fragments",
    description:
      "A text message of two fragments. Between them stand 16 Pings, each with a payload of its own, and behind each a Pong that nobody asked for. The message ends when the latest Ping was answered.",
    expectation:
      "The peer answers the Pings, at least the latest one, and then echoes the message. It takes no notice of the Pongs.",
    requirements: ["6455-5.4-1", "6455-5.5.2-1", "6455-5.5.3-1", "6455-5.5.3-2", "6455-5.5.3-3"],
    script: [
      text("Hel", MORE),
      ...numbers(16).flatMap((name) => [ping(name), pong(`unasked ${name}`)]),
      // Nothing says that a Pong comes before the echo of a message whose end came later.
      until(pongWith("number 16")),
      cont("lo"),
      closeAfter(10),
    ],
    expect: answers(...numbers(16).map((name) => pongWith(name)), message("Hello")),
    differs: ["latest-pong-suffices"],
    since: "0.2.0",
  },
  ...family("27.1.7", ["", closePayload(1000)], (id, payload) => ({
    id,
    title: `Close frame ${payload === "" ? "without payload" : "with code 1000"} and FIN clear`,
    description: `A Close frame ${payload === "" ? "without payload" : "with the code 1000"} whose FIN bit is clear, and a Ping. A control frame is never a fragment.`,
    expectation:
      "The peer fails the connection. If it sends a close code, the code is 1002 (protocol error). A peer that answers as it would answer a legal Close frame has overlooked the bit.",
    requirements: ["6455-5.4-2", ...FAILING],
    script: [frame(Opcode.close, payload, MORE), ping("still there?"), kill(1)],
    expect: failsWith(1002),
    illegal: ["fragmented-control", "frame-after-close"],
    differs: [...FAILING_DIFFERS, "illegal-close-answered"],
    since: "0.2.0",
  })),
  {
    id: "27.1.8",
    title: "Ping without payload and FIN clear",
    description: "A Ping without payload whose FIN bit is clear, and an ordinary Ping.",
    expectation: FAILS,
    requirements: ["6455-5.4-2", ...FAILING, "6455-7.1.7-4"],
    script: [ping("", MORE), ping("still there?"), kill(1)],
    expect: failsWith(1002),
    illegal: ["fragmented-control"],
    differs: FAILING_DIFFERS,
    since: "0.2.0",
  },
  {
    id: "27.1.9",
    title: "Close frame behind the first fragment of a message",
    description:
      "The first fragment of a text message, and a Close frame with the code 1000. The message never ends.",
    expectation: "The peer answers the Close frame and delivers nothing of the message.",
    requirements: ["6455-5.5.1-5", "6455-5.4-1", "6455-6.2-1"],
    script: [text("Hel", MORE), close(1000)],
    expect: closedByScript(closesWith(1000)),
    differs: ["closing-handshake-required", "any-close-code"],
    since: "0.2.0",
  },
  {
    id: "27.1.10",
    title: "End of TCP behind the first fragment of a message",
    description:
      "The first fragment of a text message. Then the tester closes its direction of TCP, without a Close frame, and reads on.",
    expectation: "The peer delivers nothing of the message, which is not whole. It may end as it likes.",
    requirements: ["6455-6.2-1", "6455-7.2.1-1"],
    script: [text("Hel", MORE), endTcp()],
    expect: endsAnyhow(),
    since: "0.2.0",
  },
  exchange("27.2.1", {
    title: "Order of the frames that the peer sends",
    expectation:
      "Each message of the peer begins with a text or binary frame, goes on with continuation frames, and ends with FIN. No message begins inside another, and no control frame is cut.",
    requirements: ["6455-5.4-4", "6455-5.4-10", "6455-5.4-2", "6455-5.4-3", "6455-6.1-2"],
  }),
  {
    id: "27.3.1",
    title: "4,200 messages of four fragments",
    description:
      "4,200 binary messages of four octets, each octet in a fragment of its own, 200 messages at a time. Some endpoints count the fragments of a message and forget to begin again with the next one; a limit is often 16,384.",
    expectation: "The peer echoes every message.",
    requirements: ["6455-6.2-1", "6455-5.4-6"],
    quiet: true,
    script: [
      burstLoop({ from: "payload", opcode: Opcode.binary, payload: octets("four"), count: 4200 }, 200, 1),
      closeAfter(60),
    ],
    expect: echoesAll(),
    differs: ["no-empty-last-fragment", "limit-is-a-capability"],
    since: "0.2.0",
  },
  {
    id: "27.3.2",
    title: "66,000 empty messages",
    description:
      "66,000 binary messages without payload, 1,000 at a time: more than a counter of 16 bits can count.",
    expectation: "The peer echoes every message.",
    requirements: ["6455-6.2-1"],
    quiet: true,
    script: [
      burstLoop({ from: "payload", opcode: Opcode.binary, payload: octets(""), count: 66_000 }, 1000),
      closeAfter(60),
    ],
    expect: echoesAll(),
    differs: ["limit-is-a-capability"],
    since: "0.2.0",
  },
];

function interleaved(id: string, { outer, inner }: { outer: number; inner: number }): Case {
  const [first, second] = [outer, inner].map((opcode) => (opcode === Opcode.text ? "text" : "binary"));
  return {
    id,
    title: `${second === "text" ? "Text" : "Binary"} message inside a ${first} message`,
    description: `The first fragment of a ${first} message, a whole ${second} message, and the last fragment of the first one. A Ping follows.`,
    expectation: FAILS,
    requirements: ["6455-5.4-4", ...FAILING, "6455-7.1.7-4"],
    script: [frame(outer, "Hel", MORE), frame(inner, "inside"), cont("lo"), ping("still there?"), kill(1)],
    expect: failsWith(1002),
    illegal: ["interleaved-message", "stray-continuation"],
    differs: FAILING_DIFFERS,
    since: "0.2.0",
  };
}

function strayContinuation(id: string, fin: boolean): Case {
  return {
    id,
    title: `Continuation frame behind a whole message, FIN ${fin ? "set" : "clear"}`,
    description: `A whole text message, a continuation frame with FIN ${fin ? "set" : "clear"}, and a Ping. There is no message that the frame could continue.`,
    expectation: `${FAILS} It may have echoed the whole message before.`,
    requirements: ["6455-5.4-10", "6455-5.4-7", ...FAILING, "6455-7.1.7-4"],
    script: [text("Hello"), cont("more", fin ? {} : MORE), ping("still there?"), kill(1)],
    expect: answersThenFailsWith(1002, message("Hello")),
    illegal: ["stray-continuation"],
    differs: [...FAILING_DIFFERS, "first-echo-optional"],
    since: "0.2.0",
  };
}

function numbers(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `number ${index + 1}`);
}
