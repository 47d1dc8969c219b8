import { deflateRawSync, inflateRawSync, constants } from "node:zlib";

import type { Deflater, Inflated, Inflater } from "../../src/protocol/codec.js";
import { VIOLATIONS } from "../../src/protocol/violation.js";

const TAIL = Uint8Array.of(0, 0, 0xff, 0xff);

/**
 * A deflater without context takeover that answers at once, or, while `isSlow`, only when `finish` is called. Parts
 * are not really compressed together: each becomes separate deflate blocks.
 */
export class TestDeflater implements Deflater {
  isSlow = false;
  isClosed = false;
  calls = 0;
  #pending: (() => void)[] = [];

  deflate(octets: Uint8Array, isLast: boolean, done: (result: Uint8Array) => void): Uint8Array | undefined {
    this.calls += 1;
    if (!this.isSlow) return compress(octets, isLast);
    // Read only when it is done: memory that is written to meanwhile would show.
    this.#pending.push(() => done(compress(octets, isLast)));
    return undefined;
  }

  /** Ends the operation in flight. */
  finish(): void {
    this.#pending.shift()!();
  }

  close(): void {
    this.isClosed = true;
  }
}

/** An inflater that answers at once, or, while `isSlow`, only when `finish` is called. */
export class TestInflater implements Inflater {
  isSlow = false;
  isClosed = false;
  /** The octets that each call brought, and the limit. */
  readonly calls: { readonly octets: number; readonly isLast: boolean; readonly limit: number }[] = [];
  #pending: (() => void)[] = [];
  #parts: Uint8Array[] = [];
  #given = 0;

  inflate(
    octets: Uint8Array,
    isLast: boolean,
    limit: number,
    done: (result: Inflated) => void,
  ): Inflated | undefined {
    this.calls.push({ octets: octets.length, isLast, limit });
    this.#parts.push(new Uint8Array(octets));
    const result = this.#inflate(isLast, limit);
    if (!this.isSlow) return result;
    this.#pending.push(() => done(result));
    return undefined;
  }

  finish(): void {
    this.#pending.shift()!();
  }

  close(): void {
    this.isClosed = true;
  }

  /** Inflates the message from its beginning each time and gives what is new: slow and plainly right. */
  #inflate(isLast: boolean, limit: number): Inflated {
    const compressed = Buffer.concat([...this.#parts, ...(isLast ? [TAIL] : [])]);
    const inflated = inflateAll(compressed);
    if (inflated === undefined) return VIOLATIONS["invalid-deflate-data"];
    const fresh = new Uint8Array(inflated.subarray(this.#given));
    this.#given = isLast ? 0 : inflated.length;
    if (isLast) this.#parts = [];
    return fresh.length > limit ? VIOLATIONS["message-too-big"] : fresh;
  }
}

/** Payload data of a compressed message (RFC 7692 §7.2.1). */
export function compress(octets: Uint8Array, isLast = true): Uint8Array {
  const compressed = deflateRawSync(octets, { finishFlush: constants.Z_SYNC_FLUSH });
  return new Uint8Array(isLast ? compressed.subarray(0, -4) : compressed);
}

export function decompress(payload: Uint8Array): Buffer {
  return inflateRawSync(Buffer.concat([payload, TAIL]), { finishFlush: constants.Z_SYNC_FLUSH });
}

function inflateAll(compressed: Uint8Array): Buffer | undefined {
  try {
    return inflateRawSync(compressed, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return undefined;
  }
}
