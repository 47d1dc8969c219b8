/** Reads a stream of octets in pieces of any size, and holds no more than a piece and what came with its end. */
export class OctetSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next octets, valid until the next call; null if fewer are left. */
  async take(octets: number): Promise<Buffer | null> {
    if (this.#held.length < octets && !(await this.#fill(octets))) return null;
    const taken = this.#held.subarray(0, octets);
    this.#held = this.#held.subarray(octets);
    return taken;
  }

  /** Passes over octets, without holding them; false if fewer are left. */
  async skip(octets: number): Promise<boolean> {
    let left = octets;
    for (;;) {
      const here = Math.min(left, this.#held.length);
      this.#held = this.#held.subarray(here);
      left -= here;
      if (left === 0) return true;
      if (!(await this.#fill(1))) return false;
    }
  }

  /** Whether nothing is left. */
  async isAtEnd(): Promise<boolean> {
    return this.#held.length === 0 && !(await this.#fill(1));
  }

  /** Gives the source back; nothing more is read. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #fill(octets: number): Promise<boolean> {
    const pieces: Uint8Array[] = [this.#held];
    let { length } = this.#held;
    while (length < octets) {
      const { done, value } = await this.#chunks.next();
      if (done === true) break;
      pieces.push(value);
      length += value.length;
    }
    this.#held = Buffer.concat(pieces);
    return length >= octets;
  }
}
