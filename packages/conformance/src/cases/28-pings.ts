import type { Case } from "../case/case.js";
import { answers, closedByScript, closesWith, message, pongWith } from "../case/expect.js";
import { octets, type Payload } from "../case/payload.js";
import { close, closeAfter, cont, MORE, ping, pong, text, until, type Step } from "../case/steps.js";

const LONGEST_PING = 125;
/**
 * Peers may answer only the latest of many Pings (RFC 6455 §5.5.3), and some drop a client with many that are unanswered
 * (ws: 60), which is a limit that §10.4 lets them have. As many as this are answered by both.
 */
const BURST = 16;
const FLOOD = 10_000;
const FRAGMENT = "x".repeat(1024);

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
