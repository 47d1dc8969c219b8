import { SyncInflate } from "@wireproof/peers";
import { DEFLATE_TAIL, OPCODE, RSV1 } from "./frames.js";

/** The server sent something else than it should have: nothing that was measured counts. */
export class WrongReply extends Error {
  override readonly name: string = "WrongReply";
}

/** A frame of the server. The payload is as it came over the wire and only valid during the call. */
export interface Reply {
  /** FIN, RSV1–3 and the opcode. */
  readonly first: number;
  readonly isMasked: boolean;
  readonly payload: Buffer;
}

/** Knows what has to come next on one connection. */
export interface ReplyCheck {
  /** The octets of the next reply, if they are known. A frame that equals them is right. */
  readonly next: Buffer | null;
  /** A right reply has come. */
  advance(): void;
  /** What is wrong with a frame that is not `next`; null if nothing is. */
  problem(reply: Reply): string | null;
}

/** Replies whose every octet is known, in turn, again and again. */
export class ExactReplies implements ReplyCheck {
  next: Buffer;
  readonly #replies: readonly Buffer[];
  #turn = 0;

  constructor(replies: readonly [Buffer, ...Buffer[]]) {
    this.#replies = replies;
    this.next = replies[0];
  }

  advance(): void {
    this.#turn = (this.#turn + 1) % this.#replies.length;
    this.next = this.#replies[this.#turn] ?? this.next;
  }

  problem({ first, isMasked, payload }: Reply): string {
    const expected = this.next;
    const isMaskExpected = ((expected[1] ?? 0) & 0x80) !== 0;
    if (isMasked !== isMaskExpected) return `the frame is ${isMasked ? "" : "not "}masked`;
    if (first !== expected[0]) return `the frame begins with ${hex(first)} instead of ${hex(expected[0])}`;
    const length = expected.length - payloadStart(expected);
    if (payload.length !== length) return `the payload has ${payload.length} octets instead of ${length}`;
    const wrong = payload.findIndex((octet, index) => octet !== expected[expected.length - length + index]);
    if (wrong >= 0) return `octet ${wrong} of the payload is not what was sent`;
    return isMasked ? "the masking key is not what was sent" : "the length is not in its shortest form";
  }
}

const INFLATED_LIMIT = 1024 * 1024;

/**
 * Compressed text. Each server compresses in its own way, so that every reply is looked at, and inflated and compared
 * only where that is asked for: it would make the generator slower than the server.
 */
export class DeflatedReplies implements ReplyCheck {
  readonly next: null = null;
  readonly #messages: readonly Buffer[];
  readonly #inflate: SyncInflate | null;
  #turn = 0;

  constructor(messages: readonly Buffer[], isInflated: boolean) {
    this.#messages = messages;
    // It keeps its context, which serves servers with context takeover and without.
    this.#inflate = isInflated ? new SyncInflate() : null;
  }

  advance(): void {
    this.#turn = (this.#turn + 1) % this.#messages.length;
  }

  problem({ first, isMasked, payload }: Reply): string | null {
    if (isMasked) return "the frame is masked";
    if ((first & RSV1) === 0) return "the reply is not compressed: RSV1 is not set";
    if (first !== (0x80 | RSV1 | OPCODE.text)) return `the frame begins with ${hex(first)} instead of 0xc1`;
    const expected = this.#messages[this.#turn];
    if (expected === undefined || this.#inflate === null) return null;
    const got = this.#inflate.inflate(Buffer.concat([payload, DEFLATE_TAIL]), INFLATED_LIMIT);
    if (typeof got === "string") return `the reply does not inflate: ${got}`;
    return expected.equals(got) ? null : "the inflated reply is not what was sent";
  }
}

function payloadStart(frame: Buffer): number {
  const second = frame[1] ?? 0;
  const extended = (second & 0x7f) === 126 ? 2 : 0;
  return 2 + extended + ((second & 0x80) === 0 ? 0 : 4);
}

function hex(octet: number | undefined): string {
  return `0x${(octet ?? 0).toString(16).padStart(2, "0")}`;
}
