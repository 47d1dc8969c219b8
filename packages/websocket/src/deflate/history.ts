/**
 * The octets that were inflated last, as many as the window has. zlib keeps them too, but forgets them at a block that
 * is marked as the last one, and RFC 7692 §7.2.1 allows such blocks anywhere in a message without ending the window.
 */
export class History {
  readonly #capacity: number;
  /** A ring once it is full; it grows with what is in it, so that it is small on a connection with few octets. */
  #ring: Uint8Array = new Uint8Array(0);
  #octets = 0;
  #next = 0;

  constructor(windowBits: number) {
    this.#capacity = 2 ** windowBits;
  }

  get octets(): number {
    return this.#octets;
  }

  append(octets: Uint8Array): void {
    const kept = octets.length > this.#capacity ? octets.subarray(octets.length - this.#capacity) : octets;
    this.#grow(this.#octets + kept.length);
    const ring = this.#ring;
    const toEnd = Math.min(kept.length, ring.length - this.#next);
    ring.set(kept.subarray(0, toEnd), this.#next);
    ring.set(kept.subarray(toEnd), 0);
    this.#next = (this.#next + kept.length) % ring.length || 0;
    this.#octets = Math.min(this.#octets + kept.length, this.#capacity);
  }

  clear(): void {
    this.#ring = new Uint8Array(0);
    this.#octets = 0;
    this.#next = 0;
  }

  /**
   * A deflate stream that inflates to what is remembered: one stored block (RFC 1951 §3.2.4) of at most 32 KiB. Feeding
   * it to a reset inflater brings the window back, in the time of two copies.
   */
  toStoredBlock(): Uint8Array {
    const octets = this.#octets;
    const block = new Uint8Array(5 + octets);
    block[1] = octets & 0xff;
    block[2] = octets >> 8;
    block[3] = ~octets & 0xff;
    block[4] = (~octets >> 8) & 0xff;
    const start = (this.#next - octets + this.#ring.length) % this.#ring.length;
    const toEnd = Math.min(octets, this.#ring.length - start);
    block.set(this.#ring.subarray(start, start + toEnd), 5);
    block.set(this.#ring.subarray(0, octets - toEnd), 5 + toEnd);
    return block;
  }

  #grow(needed: number): void {
    if (needed <= this.#ring.length || this.#ring.length === this.#capacity) return;
    const size = Math.min(this.#capacity, Math.max(MIN_OCTETS, 2 ** Math.ceil(Math.log2(needed))));
    // Not yet full, so what is there begins at its first octet.
    const grown = new Uint8Array(size);
    grown.set(this.#ring.subarray(0, this.#octets));
    this.#ring = grown;
    this.#next = this.#octets;
  }
}

const MIN_OCTETS = 256;
