import type { Case } from "../case/case.js";
import {
  answers,
  closedByScript,
  closesWith,
  failsWith,
  message,
  observes,
  pongWith,
} from "../case/expect.js";
import { FAILING, FAILING_DIFFERS } from "../case/family.js";
import { Opcode } from "../case/opcode.js";
import { octets, repeat, type Payload } from "../case/payload.js";
import {
  answerPing,
  awaitPing,
  close,
  closeAfter,
  closePayload,
  cont,
  fragmented,
  kill,
  MORE,
  patientClose,
  ping,
  pong,
  rawClose,
  staySilent,
  text,
  unread,
  until,
  type Step,
} from "../case/steps.js";

const LONGEST_PING = 125;
/**
 * Peers may answer only the latest of many Pings (RFC 6455 §5.5.3), and some drop a client with many that are unanswered
 * (ws: 60), which is a limit that §10.4 lets them have. As many as this are answered by both.
 */
const BURST = 16;
const FLOOD = 10_000;
const FRAGMENT = "x".repeat(1024);
const LONGEST = octets(scattered(LONGEST_PING));
/** More than the buffers of the system between the two hold, which are about 4 MiB for one direction on Linux. */
const LARGE = repeat(octets(Uint8Array.from({ length: 251 }, (_, index) => index)), 8 * 1024 * 1024);
const FULL_TEXT = LARGE.length.toLocaleString("en");
const LARGE_MESSAGE = fragmented(LARGE, LARGE.length, Opcode.binary);

/** 28: Pings and Pongs beyond section 2 (RFC 6455 §5.5.2, §5.5.3). */
export const PINGS: readonly Case[] = [
  {
    id: "28.1.1",
    title: "Ping as the first frame",
    description:
      "A Ping is the first frame of the connection. A tester that is the server sends it in one write with its answer to the opening handshake.",
    expectation: "The peer answers with a Pong that has the same payload.",
    requirements: ["6455-5.5.2-1", "6455-5.5.3-1"],
    joinsAnswer: true,
    script: [ping("first"), closeAfter(1)],
    expect: answers(pongWith("first")),
    since: "0.2.0",
  },
  {
    id: "28.1.2",
    title: "Pings of every length from 0 to 125 octets",
    description:
      "126 Pings, one for each length that a control frame may have, 16 at a time: the next 16 go out when the last one was answered, or after a quarter of a second. Their octets look random and are the same in every run.",
    expectation:
      "The peer answers with Pongs that have the same payload. It may answer only the latest Ping of each 16.",
    requirements: ["6455-5.5.3-1", "6455-5.5.2-1", "6455-5.5.3-2"],
    script: [...inBatches(everyLength(), BURST), closeAfter(2)],
    expect: answers(...everyLength().map((payload) => pongWith(payload))),
    differs: ["latest-pong-suffices"],
    since: "0.2.0",
  },
  {
    id: "28.1.3",
    title: `${BURST} Pings in one go`,
    description: `${BURST} Pings, each with a payload of its own, without waiting for an answer.`,
    expectation:
      "The peer answers the latest Ping at least. The Pongs that it sends are in the order of the Pings, and each has the payload of one of them.",
    requirements: ["6455-5.5.3-1", "6455-5.5.2-1", "6455-5.5.3-2"],
    script: [...burst().map((name) => ping(name)), closeAfter(10)],
    expect: answers(...burst().map((name) => pongWith(name))),
    differs: ["latest-pong-suffices"],
    since: "0.2.0",
  },
  {
    id: "28.1.4",
    title: "Ping in the middle of a message of many fragments",
    description:
      "A text message of 64 fragments of 1,024 octets each. A Ping stands behind the 32nd. The tester sends the other half of the message when the Pong has come, or after a second.",
    expectation:
      "The peer answers the Ping before the message ends, and then echoes the message. RFC 6455 §5.5.2 asks for an answer as soon as is practical.",
    requirements: ["6455-5.4-1", "6455-5.5.2-2", "6455-5.5.2-1"],
    script: [
      text(FRAGMENT, MORE),
      ...Array.from({ length: 31 }, () => cont(FRAGMENT, MORE)),
      ping("half"),
      until(pongWith("half")),
      ...Array.from({ length: 31 }, () => cont(FRAGMENT, MORE)),
      cont(FRAGMENT),
      closeAfter(10),
    ],
    expect: answers(pongWith("half"), message(FRAGMENT.repeat(64))),
    differs: ["limit-is-a-capability"],
    since: "0.2.0",
  },
  {
    id: "28.1.5",
    title: `${FLOOD.toLocaleString("en")} Pongs that nobody asked for`,
    description: `${FLOOD.toLocaleString("en")} Pongs although the peer has sent no Ping, and a text message behind them.`,
    expectation: "The peer takes no notice of the Pongs and echoes the message.",
    requirements: ["6455-6.2-1", "6455-6.2-3", "6455-5.5.3-3"],
    script: [
      ...Array.from({ length: FLOOD }, () => pong("unasked")),
      text("behind the Pongs"),
      closeAfter(30),
    ],
    expect: answers(message("behind the Pongs")),
    since: "0.2.0",
  },
  // Some peers end a connection whose Pong never comes (RFC 6455 §5.5.2 lets them), so the right one comes as well.
  {
    id: "28.1.6",
    title: "Pongs that do not fit the peer's Ping, and two that do",
    description:
      "The tester waits for a Ping of the peer. It sends a Pong with other data, a Pong that answers the Ping, a text message and, after its echo, a Pong that answers the Ping once more, and a second text message.",
    expectation: "The peer takes no notice of the Pongs that answer nothing, and echoes both messages.",
    requirements: ["6455-6.2-1", "6455-6.2-3", "6455-5.5.3-3"],
    keepalive: true,
    script: [
      awaitPing(),
      pong("no answer to a Ping"),
      answerPing(),
      text("behind the Pongs"),
      until(message("behind the Pongs")),
      answerPing(),
      text("behind another Pong"),
      closeAfter(2),
    ],
    expect: answers(message("behind the Pongs"), message("behind another Pong")),
    since: "0.2.0",
  },
  {
    id: "28.1.7",
    title: "Close frame and Ping in one write",
    description: "A Close frame with the code 1000, and a Ping behind it in the same burst.",
    expectation: "The peer answers the Close frame. It need not answer the Ping.",
    requirements: ["6455-5.5.1-5", "6455-5.5.2-1"],
    script: [close(1000), ping("too late")],
    expect: closedByScript(closesWith(1000)),
    illegal: ["frame-after-close"],
    differs: ["closing-handshake-required", "pong-after-close"],
    since: "0.2.0",
  },
  {
    id: "28.1.8",
    title: "Pings of the peer that are not answered",
    description:
      "The tester sends nothing, answers no Ping, and waits: for the first Ping, and then three times as long as it may take to come.",
    expectation:
      "Nothing is required: the peer may end the connection or keep it. The record shows when its Pings came and when it gave up.",
    requirements: ["6455-5.5.2-1"],
    keepalive: true,
    script: [awaitPing(), staySilent(3)],
    expect: observes(answers()),
    differs: ["observed-only"],
    since: "0.2.0",
  },
  {
    id: "28.1.9",
    title: "Pong of 126 octets",
    description:
      "A Pong of 126 octets, one more than a control frame may hold, and a Ping that shows whether the peer still reads.",
    expectation:
      "The peer fails the connection. If it sends a close code, the code is 1002 (protocol error). It does not answer the Ping.",
    requirements: ["6455-5.5-1", ...FAILING, "6455-7.1.7-4"],
    script: [pong("x".repeat(126)), ping("still there?"), kill(1)],
    expect: failsWith(1002),
    illegal: ["long-control"],
    differs: FAILING_DIFFERS,
    since: "0.2.0",
  },
  {
    id: "28.1.10",
    title: "Ping of 125 octets cut at every octet by TCP",
    description:
      "A Ping with the longest payload that a control frame may have. Every octet is a write of its own.",
    expectation: "The peer answers with a Pong that has the same payload.",
    requirements: ["6455-5.5.3-1", "6455-5.5.2-1"],
    chop: 1,
    script: [ping(LONGEST), closeAfter(5)],
    expect: answers(pongWith(LONGEST)),
    since: "0.2.0",
  },
  {
    id: "28.1.11",
    title: "Pong of 125 octets cut at every octet by TCP, and a text message",
    description:
      "A Pong that nobody asked for, with the longest payload, and a text message. Every octet is a write of its own.",
    expectation: "The peer takes no notice of the Pong and echoes the message.",
    requirements: ["6455-6.2-1", "6455-6.2-3", "6455-5.5.3-3"],
    chop: 1,
    script: [pong(LONGEST), text("behind the Pong"), closeAfter(5)],
    expect: answers(message("behind the Pong")),
    since: "0.2.0",
  },
  {
    id: "28.1.12",
    title: "Close frame of 125 octets cut at every octet by TCP",
    description:
      "A Close frame with the code 1000 and the longest reason. Every octet is a write of its own.",
    expectation: "The peer answers the Close frame; the code, if it sends one, is 1000.",
    requirements: ["6455-5.5.1-5", "6455-5.5.1-2"],
    chop: 1,
    script: [rawClose(closePayload(1000, octets("*".repeat(123))))],
    expect: closedByScript(closesWith(1000)),
    differs: ["closing-handshake-required"],
    since: "0.2.0",
  },
  {
    id: "28.2.1",
    title: "Ping while the peer has sent half of a large frame",
    description: `A binary message of ${FULL_TEXT} octets, whose echo the tester does not read at first, so that the peer can send only a part of it. Then a Ping. When both are on their way, the tester reads.`,
    expectation:
      "The echo and the Pong come whole, in either order: no frame begins in the middle of another.",
    requirements: ["6455-6.2-1", "6455-5.5.2-1", "6455-5.5.3-1"],
    quiet: true,
    script: [...unread(LARGE_MESSAGE, ping("meanwhile")), closeAfter(30)],
    expect: answers(message(LARGE, "binary"), pongWith("meanwhile")),
    differs: ["limit-is-a-capability", "pong-in-any-place"],
    since: "0.2.0",
  },
  {
    id: "28.2.2",
    title: "Close frame while the peer has sent half of a large frame",
    description: `A binary message of ${FULL_TEXT} octets, whose echo the tester does not read at first, so that the peer can send only a part of it. Then a Close frame. When both are on their way, the tester reads.`,
    expectation:
      "The peer sends the echo to its end and then answers the Close frame, or only answers it: no frame begins in the middle of another.",
    requirements: ["6455-5.5.1-5", "6455-5.5.1-6", "6455-6.2-1"],
    quiet: true,
    script: [...unread(LARGE_MESSAGE, patientClose(1000, 10_000)), closeAfter(30)],
    expect: closedByScript({ ...closesWith(1000), pass: [message(LARGE, "binary")], nonStrict: [] }),
    differs: ["closing-handshake-required", "limit-is-a-capability"],
    since: "0.2.0",
  },
];

function inBatches(payloads: readonly Payload[], size: number): readonly Step[] {
  return payloads.flatMap((payload, index) => {
    const isLast = (index + 1) % size === 0 || index === payloads.length - 1;
    return isLast ? [ping(payload), until(pongWith(payload), 250)] : [ping(payload)];
  });
}

function everyLength(): readonly Payload[] {
  return Array.from({ length: LONGEST_PING + 1 }, (_, length) => octets(scattered(length)));
}

/** Octets without a pattern that a peer could guess, the same in every run: a linear congruence. */
function scattered(length: number): Uint8Array {
  let state = length + 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

function burst(): readonly string[] {
  return Array.from({ length: BURST }, (_, index) => `Ping ${index + 1}`);
}
