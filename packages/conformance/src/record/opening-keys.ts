/** What is new about the Sec-WebSocket-Key of a connection, beside those of the connections before it. */
export type OpeningKeyNews = "fresh" | "repeated" | "similar";

/** Keys that are remembered of a peer: as many connections are compared. */
const REMEMBERED = 10_000;

/** Characters of half a key: 66 bits of the first 11, and the other 62 in the next 11. */
const HALF = 11;

/**
 * The values of Sec-WebSocket-Key that a client has sent on its connections (RFC 6455 §4.1). Each has to be chosen at
 * random from 2^128. That two of 10,000 random keys share one half (62 bits or more) by chance has a probability below
 * 10,000² / 2 · (2^-62 + 2^-66), which is 1.2 in 10^11. Counters share one of the halves, whichever end they count at.
 */
export class OpeningKeyTally {
  readonly #keys = new Set<string>();
  readonly #halves = new Set<string>();

  /**
   * `key`: 24 characters of base64. `isOpen`: the connection has opened. The key of one that has not may come again: a
   * client that was refused, or that was asked for a password, may try again with the same request, and RFC 6455 does not
   * say whether that is another connection.
   */
  add(key: string, isOpen: boolean): OpeningKeyNews {
    if (this.#keys.has(key)) return "repeated";
    if (!isOpen || this.#keys.size >= REMEMBERED) return "fresh";
    const halves = [`<${key.slice(0, HALF)}`, `>${key.slice(HALF, 2 * HALF)}`];
    const isSimilar = halves.some((half) => this.#halves.has(half));
    this.#keys.add(key);
    for (const half of halves) this.#halves.add(half);
    return isSimilar ? "similar" : "fresh";
  }
}

/**
 * Whether the four bits of the last character that encode nothing are 0, as RFC 4648 §3.5 wants it. Those of the example
 * key of RFC 6455 §4.1 are not (erratum 3150).
 */
export function hasZeroPadBits(key: string): boolean {
  return /[AQgw]==$/.test(key);
}
