import type { Violation } from "./violation.js";

/**
 * What an extension that transforms whole messages does (RFC 7692). One pair serves one connection; the connection
 * never starts a second operation on one of them before the first has ended.
 */
export interface Inflater {
  /**
   * Inflates the payload data of a message, or a part of it, in the order in which it came. `isLast`: the message
   * ends here. `octets` are not kept; the result belongs to the caller and has at most `limit` octets.
   * Returns the result at once, or undefined when `done` will be called with it later (never in the same turn).
   */
  inflate(
    octets: Uint8Array,
    isLast: boolean,
    limit: number,
    done: (result: Inflated) => void,
  ): Inflated | undefined;
  /** Frees its memory. A pending `done` is not called any more. Safe to call twice. */
  close(): void;
}

/** Inflated octets, or the reason why there are none: the data is no deflate stream, or it is more than the limit. */
export type Inflated = Uint8Array | Violation;

export interface Deflater {
  /**
   * Compresses a message, or a part of it, into payload data as RFC 7692 §7.2.1 has it (without the four octets
   * 00 00 ff ff when `isLast`). `octets` must not change until the result is there; `undefined` as in `inflate`.
   */
  deflate(octets: Uint8Array, isLast: boolean, done: (result: Uint8Array) => void): Uint8Array | undefined;
  close(): void;
}
