import { clientFrame, deflated, OPCODE, RSV1, serverFrame } from "./frames.js";
import { DeflatedReplies, ExactReplies, type ReplyCheck } from "./replies.js";
import type { Work } from "./rows.js";

type Echo = Extract<Work, { do: "echo" }>;
type Frames = readonly [Buffer, ...Buffer[]];

/** What a connection sends and gets back. */
export interface Exchange {
  /** What is written, in turn, again and again; made before anything is measured. */
  readonly writes: Frames;
  /** Messages in one write. */
  readonly perWrite: number;
  /** What has to come back. @param index which connection asks, from 0 */
  newCheck(index: number): ReplyCheck;
}

/** Neighbours differ, so that a reply that is lost, doubled or of another message is seen. */
const DIFFERENT_WRITES = 2;
/** Documents of the same shape, so that context takeover has something to refer to, but never a whole message at once. */
const DOCUMENTS = 16;

/** @param isRaw the server sends back what it gets as it is, masking included */
export function echoExchange({ content, octets, pipelined }: Echo, isRaw: boolean): Exchange {
  if (content === "json") return jsonExchange(octets, pipelined);
  const opcode = OPCODE[content];
  const payloads = several(DIFFERENT_WRITES * pipelined, (index) => pattern(index, octets));
  return exactExchange(opcode, payloads, pipelined, isRaw);
}

/** One message in flight; what one connection sends goes to every one. */
export function publishExchange(octets: number, isRaw: boolean): Exchange {
  const payloads = several(DIFFERENT_WRITES, (index) => pattern(index, octets));
  return exactExchange(OPCODE.binary, payloads, 1, isRaw);
}

/** A single short message that is echoed; there is no second one. */
export function singleExchange(deflate: boolean, isRaw: boolean): Exchange {
  const hello: Frames = [Buffer.from("hello")];
  return deflate ? deflatedExchange(hello, 1) : exactExchange(OPCODE.text, hello, 1, isRaw);
}

function exactExchange(opcode: number, payloads: Frames, perWrite: number, isRaw: boolean): Exchange {
  const frames = mapped(payloads, (payload) => clientFrame(opcode, payload));
  const replies = isRaw ? frames : mapped(payloads, (payload) => serverFrame(opcode, payload));
  return { writes: joined(frames, perWrite), perWrite, newCheck: () => new ExactReplies(replies) };
}

function jsonExchange(octets: number, pipelined: number): Exchange {
  return deflatedExchange(
    several(DOCUMENTS * pipelined, (index) => document(index, octets)),
    pipelined,
  );
}

/** The replies on the first connection are inflated, all of them. */
function deflatedExchange(messages: Frames, perWrite: number): Exchange {
  const frames = mapped(messages, (message) => clientFrame(OPCODE.text, deflated(message), RSV1));
  return {
    writes: joined(frames, perWrite),
    perWrite,
    newCheck: (index) => new DeflatedReplies(messages, index === 0),
  };
}

/** Printable ASCII, which is good for text and binary. */
function pattern(index: number, octets: number): Buffer {
  return Buffer.from(
    Array.from({ length: octets }, (_, at) => 0x21 + ((at * 7 + at / 93 + index * 13) % 94)),
  );
}

/** The kind of JSON that applications send. */
function document(index: number, octets: number): Buffer {
  const fields = {
    type: "order.updated",
    id: 910_000 + index * 37,
    customer: { id: 52_000 + index * 101, name: `Customer ${index * 7919}`, country: "SE" },
    items: [
      { sku: `A-${1000 + index * 13}`, quantity: 1 + (index % 5), price: 12.5 + index },
      { sku: `B-${2000 + index * 17}`, quantity: 2 + (index % 3), price: 99.9 - index },
    ],
    note: "",
  };
  const missing = octets - JSON.stringify(fields).length;
  if (missing < 0) throw new RangeError(`a document of ${octets} octets is too short`);
  const words = "please leave it with the neighbours if nobody answers the door ".repeat(1 + missing / 60);
  return Buffer.from(JSON.stringify({ ...fields, note: words.slice(index, index + missing) }));
}

function joined(frames: Frames, perWrite: number): Frames {
  return several(frames.length / perWrite, (index) =>
    Buffer.concat(frames.slice(index * perWrite, (index + 1) * perWrite)),
  );
}

function several(count: number, make: (index: number) => Buffer): Frames {
  return [make(0), ...Array.from({ length: count - 1 }, (_, index) => make(index + 1))];
}

function mapped([first, ...others]: Frames, change: (buffer: Buffer) => Buffer): Frames {
  return [change(first), ...others.map((buffer) => change(buffer))];
}
