/** Random numbers that a seed repeats (xorshift32): the same seed makes the same plans. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  }

  /** Its own numbers for each thing with a name, whatever is drawn for others (FNV-1a over the name). */
  static for(seed: number, name: string): Random {
    let hash = 0x811c9dc5;
    for (const character of `${seed}/${name}`)
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    const random = new Random(hash);
    // The first numbers of seeds that differ in a bit are alike.
    for (let left = 8; left > 0; left -= 1) random.below(2);
    return random;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state % limit;
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(from: readonly T[]): T {
    const one = from[this.below(from.length)];
    if (one === undefined) throw new RangeError("there is nothing to pick from");
    return one;
  }

  /** From `least` to `most` things. */
  some<T>(least: number, most: number, make: (index: number) => T): T[] {
    return Array.from({ length: least + this.below(most - least + 1) }, (_, index) => make(index));
  }
}
