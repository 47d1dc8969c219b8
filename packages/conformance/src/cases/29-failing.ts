import type { Case, Illegality } from "../case/case.js";
import { closesWith, answers, failsWith, message, observes, pongWith } from "../case/expect.js";
import { FAILING, FAILING_DIFFERS, family } from "../case/family.js";
import type { RequirementId } from "../case/requirements.js";
import { Opcode } from "../case/opcode.js";
import { hex, octets, repeat } from "../case/payload.js";
import { binary, closeAfter, closePayload, cont, frame, kill, ping, text, type Step } from "../case/steps.js";
import { exchange } from "./exchange.js";

interface Bad {
  readonly what: string;
  readonly step: Step;
  readonly illegal: Illegality;
  readonly code: number;
  /** The requirement of a peer that does not fail the connection. */
  readonly breaks: RequirementId;
}

/** Six ways to break the protocol. */
const BAD: readonly Bad[] = [
  {
    what: "text frame with RSV2 set",
    step: text("bad", { rsv: 2 }),
    illegal: "rsv",
    code: 1002,
    breaks: "6455-5.2-2",
  },
  {
    what: "frame with the reserved opcode 3",
    step: frame(3, "bad"),
    illegal: "reserved-opcode",
    code: 1002,
    breaks: "6455-5.2-3",
  },
  {
    what: "text frame with the wrong masking",
    step: text("bad", { masking: "wrong" }),
    illegal: "wrong-mask",
    code: 1002,
    breaks: "6455-7.1.7-1",
  },
  {
    what: "Ping of 126 octets",
    step: ping("x".repeat(126)),
    illegal: "long-control",
    code: 1002,
    breaks: "6455-5.5-1",
  },
  {
    what: "continuation frame without a message",
    step: cont("bad"),
    illegal: "stray-continuation",
    code: 1002,
    breaks: "6455-5.4-10",
  },
  {
    what: "text that is not UTF-8",
    step: text(hex("6261ff64")),
    illegal: "invalid-utf8",
    code: 1007,
    breaks: "6455-8.1-1",
  },
];

const RESERVED_BIT = text("bad", { rsv: 2 });
const BACKLOG = repeat(octets("backlog "), 1024 * 1024);

/** 29.3 and 29.4: failing the connection (RFC 6455 §7.1.7), and the Close frames of the peer. */
export const FAILING_COURSE: readonly Case[] = [
  ...family("29.3.1", BAD, (id, bad) => ({
    ...alone(id, bad),
    title: `${capital(bad.what)}, then a text message and a Ping`,
    description: `In one write a ${bad.what}, a legal text message and a legal Ping. They show whether the peer goes on after it has failed the connection.`,
    expectation: `${failsText(bad.code)} It neither echoes the text message nor answers the Ping.`,
    requirements: withoutRepeats([bad.breaks, ...FAILING, "6455-7.1.7-4"]),
    script: [bad.step, text("still here?"), ping("still there?"), kill(1)],
  })),
  ...family("29.3.2", BAD, alone),
  {
    id: "29.3.3",
    title: "Two illegal frames in one write",
    description: "In one write a text frame with RSV2 set and a frame with the reserved opcode 3.",
    expectation: `${failsText(1002)} It sends one Close frame, not two.`,
    requirements: ["6455-5.2-2", ...FAILING, "6455-7.1.7-4"],
    script: [RESERVED_BIT, frame(3, "bad"), kill(1)],
    expect: failsWith(1002),
    illegal: ["rsv", "reserved-opcode"],
    differs: FAILING_DIFFERS,
    since: "0.2.0",
  },
  {
    id: "29.3.4",
    title: "Illegal frame, a Close frame and a Ping in one write",
    description:
      "In one write a text frame with RSV2 set, a Close frame with code 1000, and a Ping. The peer has failed the connection when the Close frame comes.",
    expectation: `${failsText(1002)} It answers neither the Close frame nor the Ping as well.`,
    requirements: ["6455-5.2-2", ...FAILING, "6455-7.1.7-4"],
    script: [RESERVED_BIT, frame(Opcode.close, closePayload(1000)), ping("still there?"), kill(1)],
    expect: failsWith(1002),
    illegal: ["rsv", "frame-after-close"],
    differs: FAILING_DIFFERS,
    since: "0.2.0",
  },
  {
    id: "29.3.5",
    title: "Illegal frame with 1 MiB behind it",
    description:
      "A text frame with RSV2 set and a binary message of 1,048,576 octets behind it. A peer that closes its socket before it has read them resets TCP, and its Close frame may be lost.",
    expectation:
      "Nothing is required: the peer should fail the connection so that its Close frame arrives. The record shows whether it did, and whether it reset TCP.",
    requirements: ["6455-7.1.1-1", "6455-7.1.7-3"],
    script: [RESERVED_BIT, binary(BACKLOG), closeAfter(1)],
    expect: observes(closesWith(1002)),
    illegal: ["rsv"],
    differs: ["observed-only"],
    since: "0.2.0",
  },
  exchange("29.4.1", {
    title: "Close frame that the peer sends",
    description:
      "A text message and a Ping, and after both answers a Close frame with code 1000. What is looked at is how the peer closes.",
    expectation:
      "The peer sends one Close frame. It is empty or begins with a legal code of two octets, and a reason behind it is UTF-8. Nothing follows it.",
    requirements: ["6455-5.5.1-1", "6455-7.4.1-1", "6455-5.5.1-4", "6455-8.1-1"],
    script: [text("Hello"), ping("and a Ping"), closeAfter(5)],
    expect: {
      ...answers(message("Hello"), pongWith("and a Ping")),
      ending: closesWith(1000).ending,
    },
    differs: ["closing-handshake-required", "pong-in-any-place"],
  }),
];

/** One illegal frame: how the peer fails the connection. */
function alone(id: string, { what, step, illegal, code, breaks }: Bad): Case {
  return {
    id,
    title: `${capital(what)}, and nothing else`,
    description: `One ${what}.`,
    expectation: `${failsText(code)} It should send one and not only close TCP; another code is non-strict.`,
    requirements: withoutRepeats([breaks, ...FAILING, "6455-7.4.1-3", "6455-10.7-2"]),
    script: [step, kill(1)],
    expect: failsWith(code),
    illegal: [illegal],
    differs: FAILING_DIFFERS,
    since: "0.2.0",
  };
}

function withoutRepeats(ids: readonly RequirementId[]): Case["requirements"] {
  const [first, ...others] = new Set(ids);
  return [first as RequirementId, ...others];
}

function failsText(code: number): string {
  const meaning = code === 1002 ? "protocol error" : "invalid payload data";
  return `The peer fails the connection; the close code, if it sends one, is ${code} (${meaning}).`;
}

function capital(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}
