/**
 * Numbers that look random and are the same on every machine and in every version of Node: mulberry32, which needs
 * nothing but 32-bit integer arithmetic.
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** The next 32 bits, as an unsigned integer. */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.bits() / 0x1_0000_0000) * limit);
  }

  /** True `percent` times in a hundred. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** One of the items, all equally likely. Throws a RangeError if there is none. */
  pick<Item>(items: readonly Item[]): Item {
    return at(items, this.below(items.length));
  }

  /** One of the items, those at the front more often, as words are in a language. Throws a RangeError if there is none. */
  pickEarly<Item>(items: readonly Item[]): Item {
    const place = this.below(0x10000) / 0x10000;
    return at(items, Math.floor(place * place * items.length));
  }
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
}
