import { frameSpace } from "../wire/frame.js";
import type { MaskedSpace } from "../wire/mask.js";

/** Only so large a space is kept: enough for the largest message that is sent compressed. */
const KEPT_OCTETS = 160 * 1024;
/** Over all connections. The one that came back last goes first, as it is still in the processor's cache. */
const KEPT_SPACES = 16;
/** Fresh ones are this large at least: nearly every write of many frames fits. */
const FRESH_OCTETS = 80 * 1024;

const spaces: MaskedSpace[] = [];

/** Room for at least `length` octets of frames. Fresh memory for every write would keep the collector busy. */
export function takeSpace(length: number): MaskedSpace {
  const kept = spaces.pop();
  if (kept !== undefined && kept.octets.length >= length) return kept;
  return frameSpace(Math.max(length, FRESH_OCTETS));
}

/** The system has taken what stood in it. One that does not come back is the collector's. */
export function giveBackSpace(space: MaskedSpace): void {
  if (space.octets.length <= KEPT_OCTETS && spaces.length < KEPT_SPACES) spaces.push(space);
}
