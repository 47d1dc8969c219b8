/**
 * Follows UTF-8 octet by octet (RFC 3629 §4), over fragments, and says where a text stops being UTF-8: the first
 * octet with which no text can go on.
 */
export class Utf8Walk {
  /** Octets of the character that are still to come, and what the next one may be. */
  #missing = 0;
  #low = 0x80;
  #high = 0xbf;

  /** Index in these octets of the first one that cannot be; -1 if all can. */
  push(octets: Uint8Array): number {
    for (const [index, octet] of octets.entries()) {
      if (!this.#take(octet)) return index;
    }
    return -1;
  }

  /** True if the text may end here. */
  get isComplete(): boolean {
    return this.#missing === 0;
  }

  #take(octet: number): boolean {
    if (this.#missing > 0) {
      if (octet < this.#low || octet > this.#high) return false;
      this.#expect(this.#missing - 1, 0x80, 0xbf);
      return true;
    }
    if (octet < 0x80) return true;
    if (octet >= 0xc2 && octet <= 0xdf) this.#expect(1, 0x80, 0xbf);
    else if (octet === 0xe0) this.#expect(2, 0xa0, 0xbf);
    else if (octet === 0xed) this.#expect(2, 0x80, 0x9f);
    else if (octet >= 0xe1 && octet <= 0xef) this.#expect(2, 0x80, 0xbf);
    else if (octet === 0xf0) this.#expect(3, 0x90, 0xbf);
    else if (octet >= 0xf1 && octet <= 0xf3) this.#expect(3, 0x80, 0xbf);
    else if (octet === 0xf4) this.#expect(3, 0x80, 0x8f);
    else return false;
    return true;
  }

  #expect(missing: number, low: number, high: number): void {
    this.#missing = missing;
    this.#low = low;
    this.#high = high;
  }
}
