import { OPCODE } from "./frames.js";
import { WrongReply, type Reply, type ReplyCheck } from "./replies.js";

export interface ReplyEvents {
  /** A right reply has come. */
  reply(): void;
  /** To be answered with a Pong. The payload is only valid during the call. */
  ping(payload: Buffer): void;
}

/** Longer than any reply; a server that announces more is wrong, and nothing is kept for it. */
const LONGEST_PAYLOAD = 128 * 1024;

/** Takes the octets of a server apart, chopped as they come. */
export class ReplyReader {
  readonly #check: ReplyCheck;
  readonly #events: ReplyEvents;
  /** The beginning of a frame whose end has not come; a copy of our own. */
  #rest: Buffer | null = null;

  constructor(check: ReplyCheck, events: ReplyEvents) {
    this.#check = check;
    this.#events = events;
  }

  /** Of octets that are only valid during the call. Throws a `WrongReply`. */
  receive(octets: Buffer): void {
    const all = this.#rest === null ? octets : Buffer.concat([this.#rest, octets]);
    let at = 0;
    while (at < all.length) {
      const end = this.#takeExpected(all, at) ?? this.#takeFrame(all, at);
      if (end === null) break;
      at = end;
    }
    this.#rest = at < all.length ? Buffer.from(all.subarray(at)) : null;
  }

  /** One comparison for most replies; where it ends, or null. */
  #takeExpected(all: Buffer, at: number): number | null {
    const { next } = this.#check;
    if (next === null || all.length - at < next.length) return null;
    const end = at + next.length;
    if (next.compare(all, at, end) !== 0) return null;
    this.#accept();
    return end;
  }

  #takeFrame(all: Buffer, at: number): number | null {
    const frame = frameAt(all, at);
    if (frame === null) return null;
    const { first, payload, end } = frame;
    const opcode = first & 0x0f;
    if (opcode === OPCODE.ping) this.#events.ping(payload);
    else if (opcode === OPCODE.close) throw new WrongReply(closeText(payload));
    else {
      const problem = this.#check.problem(frame);
      if (problem !== null) throw new WrongReply(problem);
      this.#accept();
    }
    return end;
  }

  #accept(): void {
    this.#check.advance();
    this.#events.reply();
  }
}

/** The frame that begins there, or null if it is not all there. */
function frameAt(all: Buffer, at: number): (Reply & { readonly end: number }) | null {
  const available = all.length - at;
  const second = all[at + 1] ?? 0;
  const short = second & 0x7f;
  const isMasked = (second & 0x80) !== 0;
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = 2 + extended + (isMasked ? 4 : 0);
  if (available < 2 || available < start) return null;
  const length =
    extended === 0 ? short : extended === 2 ? all.readUInt16BE(at + 2) : Number(all.readBigUInt64BE(at + 2));
  if (length > LONGEST_PAYLOAD) throw new WrongReply(`the server announces a payload of ${length} octets`);
  const end = at + start + length;
  if (all.length < end) return null;
  return { first: all[at] ?? 0, isMasked, payload: all.subarray(at + start, end), end };
}

function closeText(payload: Buffer): string {
  const code = payload.length < 2 ? "no code" : `code ${payload.readUInt16BE(0)}`;
  return `the server closed the connection with ${code} ${JSON.stringify(payload.toString("utf8", 2))}`;
}
