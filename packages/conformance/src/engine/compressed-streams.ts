/** Octets of compressed messages that are kept for other cases, over all streams. The longest stream has 109 MiB. */
const BUDGET_OCTETS = 128 * 1024 * 1024;

/**
 * Compressed messages that several cases send alike: without context takeover a message compresses to the same
 * octets wherever it stands, so the eight cases that send the same pieces of the same corpus compress them once.
 * Of about 10.7 GB in a full run, 1.3 GB differ.
 */
export class CompressedStreams {
  readonly #streams = new Map<string, Map<number, Uint8Array>>();
  #octets = 0;

  /** Message `index` of the stream named `key`; `make` is called if nobody has compressed it yet. */
  message(key: string, index: number, make: () => Uint8Array): Uint8Array {
    const stream = this.#used(key);
    const known = stream.get(index);
    if (known !== undefined) return known;
    const made = make();
    stream.set(index, made);
    this.#octets += made.length;
    this.#shrink(key);
    return made;
  }

  /** The stream, which becomes the one used last. */
  #used(key: string): Map<number, Uint8Array> {
    const stream = this.#streams.get(key) ?? new Map<number, Uint8Array>();
    this.#streams.delete(key);
    this.#streams.set(key, stream);
    return stream;
  }

  /** Forgets whole streams, those not used for longest first, and of the last one what is too much. */
  #shrink(current: string): void {
    for (const [key, stream] of this.#streams) {
      if (this.#octets <= BUDGET_OCTETS) return;
      if (key !== current) {
        this.#streams.delete(key);
        for (const message of stream.values()) this.#octets -= message.length;
        continue;
      }
      const newest = [...stream.keys()].at(-1);
      if (newest === undefined) return;
      this.#octets -= stream.get(newest)?.length ?? 0;
      stream.delete(newest);
    }
  }
}
