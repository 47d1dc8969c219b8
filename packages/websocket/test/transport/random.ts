/** Numbers that look random and are the same in every run (Park and Miller's generator). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state % limit;
  }

  /** Octets that repeat nowhere near. */
  octets(count: number): Buffer {
    const octets = Buffer.allocUnsafe(count);
    let at = 0;
    for (; at + 4 <= count; at += 4) octets.writeUInt32LE(this.below(0x7fff_ffff), at);
    for (; at < count; at++) octets[at] = this.below(256);
    return octets;
  }
}
