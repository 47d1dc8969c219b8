/** One way through zlib, with its context: what the codec asks of it, whichever part of Node does the work. */
export interface ZlibStream {
  /**
   * Works at once on `input[from..to)`, as `run` does. Stops with `Outcome.More` once `most` octets came out.
   * Undefined where only `run` can do it; nothing has happened then.
   */
  runNow(input: Uint8Array, from: number, to: number, limit: number, most: number): Ran | undefined;
  /**
   * Works on the thread pool until `input[from..to)` is used up, the stream ends, or more than `limit` octets came out.
   * What is compressed is flushed to an octet boundary (Z_SYNC_FLUSH). `input` must not change meanwhile. `done` is
   * never called in the same turn, and not at all after `close()`. One run at a time.
   */
  run(input: Uint8Array, from: number, to: number, limit: number, done: (ran: Ran) => void): void;
  /** Whether a run has not ended yet. */
  readonly isBusy: boolean;
  /** Whether it has failed: then it cannot be used any more. */
  readonly isBroken: boolean;
  /** Forgets the context. Not while busy. */
  reset(): void;
  /** Frees its memory, once the thread that may be working on it has finished. Safe to call twice. */
  close(): void;
}

export interface Ran {
  readonly outcome: Outcome;
  /** How many octets of the input were taken. */
  readonly taken: number;
  /** What came out, in order. Not valid with `TooMuch` and `Broken`. */
  readonly chunks: readonly Uint8Array[];
  /** Their octets in total. */
  readonly given: number;
}

export const Outcome = {
  /** All input is used up, and all that it gives is there. */
  Done: 0,
  /** A block was marked as the last one (BFINAL, RFC 1951 §3.2.3); what followed it was not taken. */
  Ended: 1,
  /** Work is left that should not be done at once; the next run goes on with it. */
  More: 2,
  /** More than the limit came out. */
  TooMuch: 3,
  /** The input is no deflate stream, or zlib has no memory. */
  Broken: 4,
} as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

export const Direction = { Deflate: 0, Inflate: 1 } as const;
export type Direction = (typeof Direction)[keyof typeof Direction];

export interface StreamSettings {
  readonly direction: Direction;
  /** 9–15 to compress, 8–15 to inflate. */
  readonly windowBits: number;
  /** 0–9; without meaning for inflating. */
  readonly level: number;
  /** 1–9; without meaning for inflating. */
  readonly memLevel: number;
}

export const NOTHING: Uint8Array = new Uint8Array(0);

/** The first `octets` octets of the chunks, in memory that nothing else uses. */
export function join(chunks: readonly Uint8Array[], octets: number): Uint8Array {
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1)
    return first.length === octets ? first : first.subarray(0, octets);
  const whole = new Uint8Array(octets);
  let at = 0;
  for (const chunk of chunks) {
    const rest = octets - at;
    whole.set(chunk.length <= rest ? chunk : chunk.subarray(0, rest), at);
    at += Math.min(chunk.length, rest);
  }
  return whole;
}
