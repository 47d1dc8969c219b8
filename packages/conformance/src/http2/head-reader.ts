import { Flag, FrameType, type Http2Frame } from "../wire/http2/frame.js";
import { HpackDecoder, HpackError, type Field } from "../wire/http2/hpack.js";

/** A head as it came: of a request, of an answer, or what follows a body. */
export interface ReadHead {
  readonly stream: number;
  readonly fields: readonly Field[];
  /** Nothing more comes on the stream. */
  readonly endsStream: boolean;
}

/** A head with more octets than this is not read, in however many frames it comes. */
const LONGEST_BLOCK = 65_536;

/** Joins HEADERS and CONTINUATION to heads (RFC 9113 §6.10), one after the other. */
export class HeadReader {
  readonly #decoder = new HpackDecoder();
  #pieces: Uint8Array[] = [];
  #length = 0;
  #frames = 0;
  #open: { readonly stream: number; readonly endsStream: boolean } | null = null;

  /** Whether a head has begun that CONTINUATION goes on with. */
  get isOpen(): boolean {
    return this.#open !== null;
  }

  get stream(): number {
    return this.#open?.stream ?? 0;
  }

  /** The head if this frame ends it, null if it goes on, or what is wrong, in a clause. */
  push(frame: Http2Frame): ReadHead | null | string {
    const fragment = this.#fragment(frame);
    if (typeof fragment === "string") return fragment;
    this.#pieces.push(Uint8Array.from(fragment));
    this.#length += fragment.length;
    this.#frames++;
    if (this.#length > LONGEST_BLOCK) return `a head has more than ${LONGEST_BLOCK} octets`;
    if (this.#frames > LONGEST_BLOCK / 64) return `a head comes in more than ${LONGEST_BLOCK / 64} frames`;
    if ((frame.flags & Flag.endHeaders) === 0) return null;
    const { stream = 0, endsStream = false } = this.#open ?? {};
    const block = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#length = 0;
    this.#frames = 0;
    this.#open = null;
    try {
      return { stream, endsStream, fields: this.#decoder.decode(block) };
    } catch (error) {
      if (!(error instanceof HpackError)) throw error;
      return error.message;
    }
  }

  #fragment({ type, flags, stream, payload }: Http2Frame): Uint8Array | string {
    if (type === FrameType.continuation) {
      return this.#open === null ? "CONTINUATION follows no head" : payload;
    }
    this.#open = { stream, endsStream: (flags & Flag.endStream) !== 0 };
    let start = 0;
    let end = payload.length;
    if ((flags & Flag.padded) !== 0) {
      start = 1;
      end -= payload[0] ?? end;
    }
    if ((flags & Flag.priority) !== 0) start += 5;
    return end < start ? "HEADERS has more padding than octets" : payload.subarray(start, end);
  }
}
