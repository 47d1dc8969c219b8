/**
 * Copies of what was received, for applications to keep: what the transport reads next must not change them.
 *
 * A small message alone comes out of Node's pool of memory. Where more octets of the same read follow, the messages
 * share other memory: one allocation a read instead of one for every eight KiB, as on Node 20. An application that
 * keeps one of them then keeps up to `SHARED_OCTETS`, as with a chunk of a stream.
 */
export class OwnCopies {
  #memory: Buffer = NOTHING;
  #used = 0;

  /** A copy of `octets`. `following`: how many octets of the same read come after them. */
  copy(octets: Uint8Array, following: number): Buffer {
    const { length } = octets;
    const own = this.#take(length, following);
    own.set(octets);
    return own;
  }

  #take(length: number, following: number): Buffer {
    const from = this.#used;
    if (length <= this.#memory.length - from) {
      this.#used = from + length;
      return this.#memory.subarray(from, this.#used);
    }
    if (following < MANY_OCTETS || length > SHARED_OCTETS) return Buffer.allocUnsafe(length);
    this.#memory = Buffer.allocUnsafeSlow(Math.min(length + following, SHARED_OCTETS));
    this.#used = length;
    return this.#memory.subarray(0, length);
  }
}

const NOTHING = Buffer.alloc(0);
const MANY_OCTETS = 2048;
const SHARED_OCTETS = 65_536;

/** Shared by all connections: reads come one after the other. */
export const ownCopies: OwnCopies = new OwnCopies();
