import type { Case } from "../case/case.js";
import { answers, answersThenFailsWith, failsWith, message, pongWith } from "../case/expect.js";
import { FAILING, FAILING_DIFFERS, family } from "../case/family.js";
import { octets, type Payload } from "../case/payload.js";
import { binary, closeAfter, closePayload, frame, kill, MORE, ping, text, type Step } from "../case/steps.js";
import { Opcode } from "../case/opcode.js";
import { exchange } from "./exchange.js";

type Peer = "server" | "client";

interface Kind {
  readonly name: string;
  readonly opcode: number;
  readonly payload: Payload | string;
}

const TEXT: Kind = { name: "text frame", opcode: Opcode.text, payload: "Hello" };
const OTHERS: readonly Kind[] = [
  { name: "binary frame", opcode: Opcode.binary, payload: "Hello" },
  { name: "continuation frame", opcode: Opcode.continuation, payload: "lo" },
  { name: "Ping", opcode: Opcode.ping, payload: "Hello" },
  { name: "Pong", opcode: Opcode.pong, payload: "Hello" },
  { name: "Close frame", opcode: Opcode.close, payload: closePayload(1000) },
];

/** Around the sizes of the words in which peers unmask: 4, 8, 16, 32 and 64 octets. */
const LENGTHS: readonly number[] = Array.from({ length: 68 }, (_, length) => length);

/** 24: who masks, and with what (RFC 6455 §5.1, §5.3). */
export const MASKING: readonly Case[] = [
  wrongMask("24.1.1", TEXT, "server"),
  ...family("24.1.2", OTHERS, (id, kind) => wrongMask(id, kind, "server")),
  behindGood("24.1.3", "server"),
  {
    id: "24.1.4",
    title: "Text and Ping masked with the key 00000000",
    description:
      "A text message and a Ping whose masking key is four zero octets. Such a key is as likely as any other, so a server has to accept it.",
    expectation: "The server echoes the message and answers the Ping.",
    requirements: ["6455-6.2-1", "6455-5.5.2-1", "6455-6.2-2", "6455-5.3-3"],
    peer: "server",
    script: [text("zero", { masking: "zero" }), ping("zero", { masking: "zero" }), closeAfter(2)],
    expect: answers(message("zero"), pongWith("zero")),
    differs: ["pong-in-any-place"],
    since: "0.2.0",
  },
  {
    id: "24.1.6",
    title: "Binary messages of 0 to 67 octets in one burst",
    description:
      "68 binary messages, one for each length from 0 to 67 octets, without a pause. Each frame begins at another offset of what the peer reads.",
    expectation: "The peer echoes every message octet by octet, in order.",
    requirements: ["6455-6.2-1", "6455-5.6-2", "6455-5.3-3"],
    script: [...LENGTHS.map((length) => binary(counting(length))), closeAfter(10)],
    expect: answers(...LENGTHS.map((length) => message(counting(length), "binary"))),
    since: "0.2.0",
  },
  {
    id: "24.1.7",
    title: "Messages of 5, 0 and 130 octets, one octet per write",
    description:
      "A text message of 5 octets, an empty binary message, and a binary message of 130 octets. Every octet is a separate write, so a read may end inside the masking key.",
    expectation: "The peer echoes the messages.",
    requirements: ["6455-6.2-1", "6455-5.3-3"],
    chop: 1,
    script: [text("split"), binary(""), binary(counting(130)), closeAfter(10)],
    expect: answers(message("split"), message("", "binary"), message(counting(130), "binary")),
    since: "0.2.0",
  },
  wrongMask("24.2.1", TEXT, "client"),
  ...family("24.2.2", OTHERS, (id, kind) => wrongMask(id, kind, "client")),
  {
    ...wrongMask("24.2.3", TEXT, "client"),
    title: "Text frame with the key 00000000 to a client",
    description:
      "A text frame whose mask bit is set and whose key is four zero octets: the payload looks as if it were not masked. A Ping that is not masked follows.",
    script: [text("Hello", { masking: "wrong-zero" }), ping("still there?"), kill(1)],
  },
  behindGood("24.2.4", "client"),
  exchange("24.3.1", {
    title: "Masking of everything that a client sends",
    expectation: "The client masks every frame: echoes, the Pong, and the Close frame.",
    requirements: ["6455-5.1-1"],
    peer: "client",
  }),
  exchange("24.3.4", {
    title: "No masking of what a server sends",
    expectation: "The server masks no frame: neither an echo nor the Pong nor the Close frame.",
    requirements: ["6455-5.1-4"],
    peer: "server",
  }),
];

function wrongMask(id: string, { name, opcode, payload }: Kind, peer: Peer): Case {
  const isContinuation = opcode === Opcode.continuation;
  const begin: readonly Step[] = isContinuation ? [text("Hel", MORE)] : [];
  const how = peer === "server" ? "not masked" : "masked";
  const rule = peer === "server" ? "A client masks every frame" : "A server masks no frame";
  return {
    id,
    title: `${name.slice(0, 1).toUpperCase()}${name.slice(1)} that is ${how}, to a ${peer}`,
    description: `${isContinuation ? "The first fragment of a text message, and a" : "One"} ${name} that is ${how}. ${rule}. A legal Ping follows, which shows whether the peer still reads.`,
    expectation: `The ${peer} closes the connection. If it sends a close code, the code is 1002 (protocol error). It does not answer the Ping, and it echoes nothing.`,
    requirements: [peer === "server" ? "6455-5.1-2" : "6455-5.1-5", ...FAILING, "6455-7.1.7-4"],
    peer,
    script: [...begin, frame(opcode, payload, { masking: "wrong" }), ping("still there?"), kill(1)],
    expect: failsWith(1002),
    illegal: opcode === Opcode.close ? ["wrong-mask", "frame-after-close"] : ["wrong-mask"],
    differs: opcode === Opcode.close ? [...FAILING_DIFFERS, "illegal-close-answered"] : FAILING_DIFFERS,
    since: "0.2.0",
  };
}

function behindGood(id: string, peer: Peer): Case {
  const how = peer === "server" ? "not masked" : "masked";
  return {
    ...wrongMask(id, TEXT, peer),
    title: `Text frame that is ${how} behind a good message, to a ${peer}`,
    description: `A legal text message, a text frame that is ${how}, and a legal Ping. Some peers look at the mask bit of the first frame only.`,
    script: [text("good"), text("Hello", { masking: "wrong" }), ping("still there?"), kill(1)],
    expect: answersThenFailsWith(1002, message("good")),
    differs: [...FAILING_DIFFERS, "first-echo-optional"],
  };
}

function counting(length: number): Payload {
  return octets(Uint8Array.from({ length }, (_, index) => (length + 7 * index) & 0xff));
}
