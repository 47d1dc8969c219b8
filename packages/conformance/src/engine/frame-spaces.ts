import { frameSpace } from "../wire/frame.js";
import type { MaskedSpace } from "../wire/mask.js";

/** All that are kept have this size: one write and the largest message that is sent compressed. */
const KEPT_OCTETS = 256 * 1024;
/** Over all connections. The one that came back last goes first, as it is still in the processor's cache. */
const KEPT_SPACES = 16;

const spaces: MaskedSpace[] = [];

/** Room for at least `length` octets of frames. Fresh memory for every write would keep the collector busy. */
export function takeSpace(length: number): MaskedSpace {
  return length > KEPT_OCTETS ? frameSpace(length) : (spaces.pop() ?? frameSpace(KEPT_OCTETS));
}

/** The system has taken what stood in it. One that does not come back is the collector's. */
export function giveBackSpace(space: MaskedSpace): void {
  if (space.octets.length === KEPT_OCTETS && spaces.length < KEPT_SPACES) spaces.push(space);
}
