/** Memory for compressed messages of all streams that are kept for other cases. The longest stream has 109 MiB. */
const BUDGET_OCTETS = 128 * 1024 * 1024;

/**
 * The memory is allocated in slabs of this size, which are used again. With a separate buffer for each message V8
 * collected garbage 70 times in section 12.
 */
const SLAB_OCTETS = 2 * 1024 * 1024;

/**
 * Compressed messages that several cases share. Without context takeover a message always compresses to the same
 * octets, so the eight cases that send the same pieces of the same corpus compress them once. A full run sends about
 * 10.7 GB, of which 1.3 GB are different.
 */
export class CompressedStreams {
  /** In the order of their last use. */
  readonly #streams = new Map<string, Stream>();
  /** Slabs of streams that were removed. */
  readonly #free: Uint8Array[] = [];
  #octets = 0;

  /**
   * Message `index` of the stream named `key`. `make` is called if the message is not kept yet; what it returns may
   * change later. The result stays valid until the next call.
   */
  message(key: string, index: number, make: () => Uint8Array): Uint8Array {
    const stream = this.#used(key);
    const known = stream.messages.get(index);
    if (known !== undefined) return known;
    const made = make();
    const place = this.#place(key, stream, made.length);
    if (place === undefined) return made;
    place.set(made);
    stream.messages.set(index, place);
    return place;
  }

  /** Returns the stream, and marks it as the one used last. */
  #used(key: string): Stream {
    const stream = this.#streams.get(key) ?? { messages: new Map(), slabs: [], used: 0 };
    this.#streams.delete(key);
    this.#streams.set(key, stream);
    return stream;
  }

  /** Space for `length` octets in the stream's memory; undefined if the stream already uses the whole budget. */
  #place(key: string, stream: Stream, length: number): Uint8Array | undefined {
    const last = stream.slabs.at(-1);
    if (last === undefined || last.length - stream.used < length) {
      const slab = this.#slab(key, Math.max(length, SLAB_OCTETS));
      if (slab === undefined) return undefined;
      stream.slabs.push(slab);
      stream.used = 0;
    }
    const slab = stream.slabs.at(-1) ?? EMPTY;
    stream.used += length;
    return slab.subarray(stream.used - length, stream.used);
  }

  #slab(key: string, octets: number): Uint8Array | undefined {
    this.#forget(key, octets);
    if (octets === SLAB_OCTETS) {
      const free = this.#free.pop();
      if (free !== undefined) return free;
    }
    if (this.#octets + octets > BUDGET_OCTETS) return undefined;
    this.#octets += octets;
    return new Uint8Array(octets);
  }

  /** Removes whole streams, the least recently used first, until there is space; never the current one. */
  #forget(current: string, octets: number): void {
    for (const [key, { slabs }] of this.#streams) {
      const hasFree = octets === SLAB_OCTETS && this.#free.length > 0;
      if (hasFree || this.#octets + octets <= BUDGET_OCTETS) return;
      if (key === current) continue;
      this.#streams.delete(key);
      for (const slab of slabs) {
        if (slab.length === SLAB_OCTETS) this.#free.push(slab);
        else this.#octets -= slab.length;
      }
    }
  }
}

interface Stream {
  readonly messages: Map<number, Uint8Array>;
  readonly slabs: Uint8Array[];
  /** Octets of the last slab that are in use. */
  used: number;
}

const EMPTY: Uint8Array = new Uint8Array(0);
