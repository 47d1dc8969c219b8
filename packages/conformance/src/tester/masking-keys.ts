import { randomFillSync } from "node:crypto";

/** Random octets are made this many at a time: key by key, they took a fifth of a compression run's CPU time. */
const POOL_OCTETS = 16_384;

const pool: Uint8Array = new Uint8Array(POOL_OCTETS);
let used = POOL_OCTETS;

/** Four unpredictable octets, a fresh key for every frame (RFC 6455 §5.3). */
export function newMaskingKey(): Uint8Array {
  return newMaskingKeys(1);
}

/** `count` keys, one after the other. */
export function newMaskingKeys(count: number): Uint8Array {
  const length = 4 * count;
  if (length > POOL_OCTETS) return randomFillSync(new Uint8Array(length));
  if (used + length > POOL_OCTETS) {
    randomFillSync(pool);
    used = 0;
  }
  used += length;
  // A copy, since the pool is filled again later.
  return pool.slice(used - length, used);
}
