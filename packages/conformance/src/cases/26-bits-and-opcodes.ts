import type { Case } from "../case/case.js";
import { deflated, fixed } from "../case/deflate-data.js";
import { failsWith } from "../case/expect.js";
import { FAILING, FAILING_DIFFERS, family } from "../case/family.js";
import { closePayload, frame, kill, MORE, ping, text, type Step } from "../case/steps.js";
import { Opcode } from "../case/opcode.js";
import { octets, repeat, type Payload } from "../case/payload.js";
import { exchange } from "./exchange.js";

interface Frame {
  readonly name: string;
  readonly opcode: number;
  readonly payload: string;
  /** The payload, if it is no text. */
  readonly octets?: Payload;
}

const FRAMES: readonly Frame[] = [
  { name: "text frame", opcode: Opcode.text, payload: "Hello" },
  { name: "binary frame", opcode: Opcode.binary, payload: "Hello" },
  { name: "continuation frame", opcode: Opcode.continuation, payload: "lo" },
  { name: "Ping", opcode: Opcode.ping, payload: "Hello" },
  { name: "Pong", opcode: Opcode.pong, payload: "Hello" },
  // With a code, so that an answer shows whether the frame was taken for a legal one.
  { name: "Close frame", opcode: Opcode.close, payload: "", octets: closePayload(1000) },
];

const RESERVED_DATA: readonly number[] = [3, 4, 5, 6, 7];
const RESERVED_CONTROL: readonly number[] = [11, 12, 13, 14, 15];
const RESERVED: readonly number[] = [...RESERVED_DATA, ...RESERVED_CONTROL];

/** Reserved control opcodes with lengths of 16 and of 64 bits. */
const LONG_CONTROL = [
  { opcode: 11, length: 126 },
  { opcode: 12, length: 4096 },
  { opcode: 13, length: 65_535 },
  { opcode: 14, length: 65_536 },
  { opcode: 15, length: 100_000 },
];

/** 26: every reserved bit with every kind of frame, and every reserved opcode (RFC 6455 §5.2). */
export const BITS_AND_OPCODES: readonly Case[] = [
  ...family("26.1.1", rsvRows(), rsvCase),
  ...family("26.1.2", deflateRows(), rsvWithDeflate),
  ...family("26.2.1", opcodeRows(), opcodeCase),
  ...family("26.2.2", RESERVED, insideMessage),
  ...family("26.2.3", LONG_CONTROL, longReserved),
  exchange("26.3.1", {
    title: "Reserved bits of what the peer sends",
    expectation: "No frame of the peer has a reserved bit set, since no extension was negotiated.",
    requirements: ["6455-5.2-1"],
  }),
  exchange("26.3.2", {
    title: "Opcodes of what the peer sends",
    expectation:
      "The peer sends no reserved opcode: an echo has that of its type or of a continuation, and control frames are Pongs and a Close frame.",
    requirements: ["6455-5.2-3", "6455-6.1-2"],
  }),
];

function longReserved(id: string, { opcode, length }: (typeof LONG_CONTROL)[number]): Case {
  const size = `${length.toLocaleString("en")} octets`;
  return {
    ...opcodeCase(id, { opcode, fin: true }),
    title: `Reserved control opcode ${opcode} with ${size}`,
    description: `One frame with the reserved opcode ${opcode} and ${size}, more than any control frame may have. A Ping follows, which shows whether the peer still reads.`,
    expectation:
      "The peer fails the connection, and need not wait for the payload. If it sends a close code, the code is 1002 (protocol error) or 1009 (too big). It does not answer the Ping.",
    script: [frame(opcode, repeat(octets("Wireproof "), length)), ping("still there?"), kill(1)],
    expect: { ...failsWith(1002), ending: { by: "peer", codes: [1002, 1009], clean: false } },
    illegal: ["reserved-opcode", "long-control"],
  };
}

interface RsvRow {
  readonly frame: Frame;
  readonly rsv: number;
}

function rsvRows(): readonly RsvRow[] {
  return FRAMES.flatMap((one) => [1, 2, 3, 4, 5, 6, 7].map((rsv) => ({ frame: one, rsv })));
}

/** The frame, and a Ping that shows whether the peer went on reading. */
function rsvCase(id: string, { frame: { name, opcode, payload, octets: whole }, rsv }: RsvRow): Case {
  const isContinuation = opcode === Opcode.continuation;
  const begin: readonly Step[] = isContinuation ? [text("Hel", MORE)] : [];
  const isClose = opcode === Opcode.close;
  return {
    id,
    title: `${capital(name)} with ${bitsOf(rsv)} set`,
    description: `${isContinuation ? "The first fragment of a text message, and a" : "One"} ${name} with ${bitsOf(rsv)} set. No extension was negotiated, so the bits have no meaning. A Ping follows, which shows whether the peer still reads.`,
    expectation:
      "The peer fails the connection. If it sends a close code, the code is 1002 (protocol error). It does not answer the Ping.",
    requirements: ["6455-5.2-2", ...FAILING, "6455-7.1.7-4"],
    script: [...begin, frame(opcode, whole ?? payload, { rsv }), ping("still there?"), kill(1)],
    expect: failsWith(1002),
    illegal: ["rsv"],
    differs: [...FAILING_DIFFERS, ...(isClose ? (["illegal-close-answered"] as const) : [])],
    since: "0.2.0",
  };
}

/** RSV1 alone has a meaning on text and binary frames; 32.1.1 and 32.1.2 send it where it has none. */
function deflateRows(): readonly RsvRow[] {
  return rsvRows().filter(({ rsv }) => rsv !== 4);
}

function rsvWithDeflate(id: string, { frame: { name, opcode, payload, octets: whole }, rsv }: RsvRow): Case {
  const isContinuation = opcode === Opcode.continuation;
  const isClose = opcode === Opcode.close;
  const isMessage = opcode === Opcode.text || opcode === Opcode.binary;
  const isCompressed = isMessage && rsv > 4;
  const sent: Payload = isCompressed ? deflated(fixed(payload)) : (whole ?? octets(payload));
  const meaning = isMessage
    ? "It gives a meaning to RSV1 alone."
    : "It gives a meaning to RSV1 alone, and not on such a frame.";
  return {
    id,
    title: `${capital(name)} with ${bitsOf(rsv)} set, permessage-deflate agreed`,
    description: `permessage-deflate is agreed on. ${meaning} ${isContinuation ? "The first fragment of a text message, and a" : "One"} ${name} with ${bitsOf(rsv)} set${isCompressed ? " and a compressed payload" : ""}. A Ping follows, which shows whether the peer still reads.`,
    expectation:
      "The peer fails the connection. If it sends a close code, the code is 1002 (protocol error). It does not answer the Ping. A peer that declines permessage-deflate is reported as one without the extension.",
    requirements: ["6455-5.2-2", ...FAILING, "6455-7.1.7-4"],
    script: [
      ...(isContinuation ? [text("Hel", MORE)] : []),
      frame(opcode, sent, { rsv }),
      ping("still there?"),
      kill(1),
    ],
    expect: failsWith(1002),
    illegal: ["rsv"],
    deflate: { offers: ["permessage-deflate"], acceptor: "plain" },
    differs: [...FAILING_DIFFERS, ...(isClose ? (["illegal-close-answered"] as const) : [])],
    since: "0.2.0",
  };
}

interface OpcodeRow {
  readonly opcode: number;
  readonly fin: boolean;
}

function opcodeRows(): readonly OpcodeRow[] {
  return RESERVED.flatMap((opcode) => [
    { opcode, fin: true },
    { opcode, fin: false },
  ]);
}

function opcodeCase(id: string, { opcode, fin }: OpcodeRow): Case {
  const isControl = opcode > 7;
  const fragmented = fin ? "" : " and FIN clear";
  return {
    id,
    title: `Reserved ${isControl ? "control" : "data"} opcode ${opcode}, FIN ${fin ? "set" : "clear"}`,
    description: `One frame with the reserved opcode ${opcode}${fragmented} and a short payload. A Ping follows, which shows whether the peer still reads.`,
    expectation:
      "The peer fails the connection. If it sends a close code, the code is 1002 (protocol error). It does not answer the Ping, and it echoes nothing.",
    requirements: ["6455-5.2-3", ...FAILING, "6455-7.1.7-4"],
    script: [frame(opcode, "Hello", fin ? {} : MORE), ping("still there?"), kill(1)],
    expect: failsWith(1002),
    illegal: fin || !isControl ? ["reserved-opcode"] : ["reserved-opcode", "fragmented-control"],
    differs: FAILING_DIFFERS,
    since: "0.2.0",
  };
}

function insideMessage(id: string, opcode: number): Case {
  return {
    id,
    title: `Reserved opcode ${opcode} between the fragments of a message`,
    description: `A text message in two fragments. Between them stands a frame with the reserved opcode ${opcode}.`,
    expectation:
      "The peer fails the connection at the frame between the fragments. If it sends a close code, the code is 1002 (protocol error). It does not echo the message.",
    requirements: ["6455-5.2-3", ...FAILING, "6455-7.1.7-4"],
    script: [text("Hel", MORE), frame(opcode, "?"), frame(Opcode.continuation, "lo"), kill(1)],
    expect: failsWith(1002),
    illegal: opcode > 7 ? ["reserved-opcode"] : ["reserved-opcode", "stray-continuation"],
    differs: FAILING_DIFFERS,
    since: "0.2.0",
  };
}

function bitsOf(rsv: number): string {
  const names = ["RSV1", "RSV2", "RSV3"].filter((_, index) => (rsv & (4 >> index)) !== 0);
  const last = names.pop() ?? "";
  return names.length === 0 ? last : `${names.join(", ")} and ${last}`;
}

function capital(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}
