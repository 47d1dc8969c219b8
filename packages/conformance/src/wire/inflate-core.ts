/** Why a compressed message cannot be had: a closed set. */
export type InflateProblem =
  /** No DEFLATE stream, or one that does not end where the message ends. */
  | "corrupt"
  /** A reference to what no longer, or never, was in the agreed window. */
  | "too-far-back"
  /** A reference to an earlier message, although every message begins with an empty window. */
  | "takes-over"
  /** More octets than the limit. */
  | "too-long";

/** Takes a piece of output, only valid during the call; false: enough. */
export type Deliver = (piece: Uint8Array) => boolean;

/** What a decompressor does with zlib; everything that is about messages is done around it. */
export interface InflateCore {
  write(piece: Uint8Array, deliver: Deliver): InflateProblem | null;
  /** The same on a thread of the pool, where that is possible. */
  writeInThread(piece: Uint8Array, deliver: Deliver): Promise<InflateProblem | null>;
  /** After the last piece of a message, tail included. */
  endMessage(deliver: Deliver): InflateProblem | null;
  /** Whether the next octet begins a block. Spoils the window: `reset` or `close` has to follow. */
  isAtBlockStart(): boolean;
  /** Empties the window. */
  reset(): void;
  close(): void;
}

/** The sentence in which zlib says so, in all its versions and forks. */
export function problemOf(zlibMessage: string): "corrupt" | "too-far-back" {
  return zlibMessage.includes("too far back") ? "too-far-back" : "corrupt";
}
