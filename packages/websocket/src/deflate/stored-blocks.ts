/**
 * The octets as they are, in stored blocks (RFC 1951 §3.2.4), ended like every flushed part of a message: with an empty
 * stored block, of which the last four octets are left out when the message ends (RFC 7692 §7.2.1). An empty part that
 * is not the last one is nothing at all.
 */
export function storedBlocks(octets: Uint8Array, isLast: boolean): Uint8Array {
  if (octets.length === 0) return new Uint8Array(isLast ? 1 : 0);
  const blocks = Math.ceil(octets.length / MOST_OCTETS);
  const stored = new Uint8Array(octets.length + HEADER_OCTETS * (blocks + 1));
  let at = 0;
  for (let from = 0; from < octets.length; from += MOST_OCTETS) {
    const part = octets.subarray(from, from + MOST_OCTETS);
    writeHeader(stored, at, part.length);
    stored.set(part, at + HEADER_OCTETS);
    at += HEADER_OCTETS + part.length;
  }
  writeHeader(stored, at, 0);
  return isLast ? stored.subarray(0, at + 1) : stored;
}

const MOST_OCTETS = 65_535;

/** Three bits of type and five of padding, the length, and its complement. */
const HEADER_OCTETS = 5;

function writeHeader(into: Uint8Array, at: number, octets: number): void {
  into[at + 1] = octets & 0xff;
  into[at + 2] = octets >> 8;
  into[at + 3] = ~octets & 0xff;
  into[at + 4] = (~octets >> 8) & 0xff;
}
