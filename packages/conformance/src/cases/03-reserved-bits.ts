import type { Case } from "../case/case.js";
import { answersThenFailsWith, failsWith, message } from "../case/expect.js";
import { FAILING, FAILING_DIFFERS } from "../case/family.js";
import { hex } from "../case/payload.js";
import { binary, frame, kill, ping, text, type Step } from "../case/steps.js";
import { Opcode } from "../case/opcode.js";

const HELLO = "Hello, world!";
const BINARY_OCTETS = hex("00fffefdfcfb00ff");

const FAILS =
  "No extension was negotiated, so these bits have no meaning and the peer fails the connection; the close code, if it sends one, is 1002 (protocol error). The frame has no other effect.";
const ECHO_THEN_FAILS =
  "The peer fails the connection at the second message; the close code, if it sends one, is 1002 (protocol error). It may echo the first message before that. It echoes nothing of the second message and does not answer the Ping.";

/** 3.x: the reserved bits are 0 unless an extension says otherwise (RFC 6455 §5.2). */
export const RESERVED_BITS: readonly Case[] = [
  {
    id: "3.1",
    title: "Text message with RSV3 set",
    description: "One text frame whose reserved bits read 1: only RSV3 is set.",
    expectation: FAILS,
    requirements: ["6455-5.2-2", ...FAILING],
    script: [text(HELLO, { rsv: 1 }), kill(1)],
    expect: failsWith(1002),
    illegal: ["rsv"],
    differs: FAILING_DIFFERS,
  },
  behindEcho("3.2", 2, "RSV2", "all in one burst"),
  { ...behindEcho("3.3", 3, "RSV2 and RSV3", "every frame in a separate write"), sync: true },
  { ...behindEcho("3.4", 4, "RSV1", "one octet per write"), chop: 1 },
  {
    id: "3.5",
    title: "Binary message with RSV1 and RSV3 set",
    description:
      "One binary frame of eight octets whose reserved bits read 5: RSV1 and RSV3 are set. RSV1 would be legal only after permessage-deflate was negotiated.",
    expectation: FAILS,
    requirements: ["6455-5.2-2", ...FAILING],
    script: [binary(BINARY_OCTETS, { rsv: 5 }), kill(1)],
    expect: failsWith(1002),
    illegal: ["rsv"],
    differs: FAILING_DIFFERS,
  },
  {
    id: "3.6",
    title: "Binary message with RSV1 and RSV2 set",
    description:
      "One binary frame that holds a short text and whose reserved bits read 6: RSV1 and RSV2 are set. It is a data frame; the original suite calls it a Ping.",
    expectation: FAILS,
    requirements: ["6455-5.2-2", ...FAILING],
    script: [binary(HELLO, { rsv: 6 }), kill(1)],
    expect: failsWith(1002),
    illegal: ["rsv"],
    differs: [...FAILING_DIFFERS, "described-as-sent"],
  },
  {
    id: "3.7",
    title: "Close frame with all three reserved bits set",
    description:
      "One Close frame without payload whose reserved bits read 7. The tester does not count it as its Close frame, because it is not a legal one.",
    expectation:
      "The peer fails the connection because of the bits; the close code, if it sends one, is 1002 (protocol error). A peer that answers with an ordinary code, as it would answer a legal Close frame, has overlooked the bits.",
    requirements: ["6455-5.2-2", ...FAILING],
    script: [frame(Opcode.close, "", { rsv: 7 }), kill(1)],
    expect: failsWith(1002),
    illegal: ["rsv"],
    differs: [...FAILING_DIFFERS, "illegal-close-answered"],
  },
];

/** A valid message, one with reserved bits, and a Ping that shows whether the peer goes on reading. */
function behindEcho(id: string, rsv: number, bits: string, pace: string): Case {
  const script: readonly Step[] = [text(HELLO), text(HELLO, { rsv }), ping(""), kill(1)];
  return {
    id,
    title: `Text message with ${bits} set after a valid one, ${pace}`,
    description: `A text message, the same message again with ${bits} set (the reserved bits read ${rsv}), and a Ping; ${pace}.`,
    expectation: ECHO_THEN_FAILS,
    requirements: ["6455-5.2-2", ...FAILING, "6455-7.1.7-4"],
    script,
    expect: answersThenFailsWith(1002, message(HELLO)),
    illegal: ["rsv"],
    differs: [...FAILING_DIFFERS, "first-echo-optional"],
  };
}
