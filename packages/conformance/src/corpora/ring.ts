/**
 * Octets read as a ring: a slice that runs past the end goes on at the beginning. Slices that do not wrap are views.
 */
export interface Ring {
  /** Length in units. */
  readonly units: number;
  /**
   * The octets of `length` units from unit `from` on. Both are integers, 0 <= `from` < `units` and
   * 0 <= `length` <= `units`; anything else throws a RangeError. The result must not be written into.
   */
  readonly slice: (from: number, length: number) => Uint8Array;
}

/** A ring whose units are octets. */
export function octetRing(octets: Uint8Array): Ring {
  return ringOf(octets, octets.length, (unit) => unit);
}

/** A ring whose units are the code points of valid UTF-8. */
export function textRing(utf8: Uint8Array): Ring {
  const index = indexCodePoints(utf8);
  if (index.codePoints === utf8.length) return octetRing(utf8);
  return ringOf(utf8, index.codePoints, (unit) => offsetOf(utf8, index, unit));
}

function ringOf(octets: Uint8Array, units: number, toOctet: (unit: number) => number): Ring {
  let twice: Uint8Array | undefined;
  return {
    units,
    slice(from, length) {
      if (!isIndex(from, units - 1)) throw new RangeError(`no unit ${from} in a ring of ${units}`);
      if (!isIndex(length, units)) throw new RangeError(`no slice of ${length} units in a ring of ${units}`);
      const start = toOctet(from);
      const end = from + length;
      if (end <= units) return octets.subarray(start, toOctet(end));
      // Kept from the first slice that wraps on, so that none of them is copied.
      twice ??= joined(octets, octets);
      return twice.subarray(start, octets.length + toOctet(end - units));
    },
  };
}

function isIndex(value: number, highest: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= highest;
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}

/** A mark each 64 code points: finding one then costs at most 63 steps. */
const MARK_EVERY = 64;

interface CodePointIndex {
  readonly codePoints: number;
  /** Offset in octets of every 64th code point. */
  readonly marks: readonly number[];
}

function indexCodePoints(utf8: Uint8Array): CodePointIndex {
  const marks: number[] = [];
  let codePoints = 0;
  for (let offset = 0; offset < utf8.length; offset += 1) {
    if (isContinuation(utf8[offset])) continue;
    if (codePoints % MARK_EVERY === 0) marks.push(offset);
    codePoints += 1;
  }
  return { codePoints, marks };
}

function offsetOf(utf8: Uint8Array, { codePoints, marks }: CodePointIndex, unit: number): number {
  if (unit === codePoints) return utf8.length;
  let offset = marks[Math.floor(unit / MARK_EVERY)] ?? 0;
  for (let left = unit % MARK_EVERY; left > 0; left -= 1) {
    offset += 1;
    while (isContinuation(utf8[offset])) offset += 1;
  }
  return offset;
}

/** RFC 3629 §3: the octets after the first of a code point are 10xxxxxx. */
function isContinuation(octet: number | undefined): boolean {
  return octet !== undefined && (octet & 0xc0) === 0x80;
}
