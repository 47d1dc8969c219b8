import { Flag, FrameType, type Http2Frame } from "../wire/http2/frame.js";
import { HpackDecoder, HpackError, type Field } from "../wire/http2/hpack.js";
import { fault } from "./frame-faults.js";
import type { Http2Problem } from "./problem.js";

/** A head as it came: of a request, of an answer, or what follows a body. */
export interface ReadHead {
  readonly stream: number;
  readonly fields: readonly Field[];
  /** Nothing more comes on the stream. */
  readonly endsStream: boolean;
}

/** A head with more octets than this is not read, in however many frames it comes. */
const LONGEST_BLOCK = 65_536;
/** Nor one in more frames. Nobody needs more than five for that many octets. */
const MOST_FRAMES = 64;

/** Joins HEADERS and CONTINUATION to heads (RFC 9113 §6.10), one after the other. */
export class HeadReader {
  readonly #decoder = new HpackDecoder();
  #pieces: Uint8Array[] = [];
  #length = 0;
  #open: { readonly stream: number; readonly endsStream: boolean } | null = null;

  /** The head if this frame ends it, null if it goes on, or what is wrong. Nothing can be read behind that. */
  push(frame: Http2Frame): ReadHead | null | Http2Problem {
    const fragment = this.#fragment(frame);
    if ("because" in fragment) return fragment;
    this.#pieces.push(Uint8Array.from(fragment));
    this.#length += fragment.length;
    if (this.#length > LONGEST_BLOCK)
      return fault(`a head has more than ${LONGEST_BLOCK} octets`, "ENHANCE_YOUR_CALM");
    if (this.#pieces.length > MOST_FRAMES)
      return fault(`a head comes in more than ${MOST_FRAMES} frames`, "ENHANCE_YOUR_CALM");
    if ((frame.flags & Flag.endHeaders) === 0) return null;
    const { stream = 0, endsStream = false } = this.#open ?? {};
    const block = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#length = 0;
    this.#open = null;
    try {
      return { stream, endsStream, fields: this.#decoder.decode(block) };
    } catch (error) {
      if (!(error instanceof HpackError)) throw error;
      return fault(error.message, "COMPRESSION_ERROR");
    }
  }

  /** What is wrong with the place of a frame: a head that has begun goes on, and with nothing else between. */
  misplaced({ type, stream }: Http2Frame): Http2Problem | null {
    const isMore = type === FrameType.continuation;
    if (this.#open === null) return isMore ? fault("CONTINUATION follows no head") : null;
    return isMore && stream === this.#open.stream
      ? null
      : fault("a head is interrupted by another frame", "PROTOCOL_ERROR", "9113-4.3-1");
  }

  #fragment({ type, flags, stream, payload }: Http2Frame): Uint8Array | Http2Problem {
    if (type === FrameType.continuation) return payload;
    this.#open = { stream, endsStream: (flags & Flag.endStream) !== 0 };
    let start = 0;
    let end = payload.length;
    if ((flags & Flag.padded) !== 0) {
      start = 1;
      end -= payload[0] ?? end;
    }
    if ((flags & Flag.priority) !== 0) start += 5;
    return end < start ? fault("HEADERS has more padding than octets") : payload.subarray(start, end);
  }
}
