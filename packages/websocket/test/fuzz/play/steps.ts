import type { Random } from "../random.js";

/**
 * What a peer does on its socket, one after the other. Octets are strings of characters up to U+00FF, in which a file can
 * be read and pieces can be taken out anywhere. `{accept}` stands for what answers the key of the latest request, `{port}`
 * for the port of the peer.
 */
export type Step =
  /** `times` over, in pieces of these sizes, over and over, with a turn of the event loop between them; none: whole. */
  | { readonly write: string; readonly times?: number; readonly cuts?: readonly number[] }
  | { readonly turns: number }
  /** Until so many heads of HTTP messages have come, or the end; if it says so, not longer than so many turns. */
  | { readonly heads: number; readonly atMost?: number }
  | { readonly reading: boolean }
  /** FIN, RST, or nothing more until the other side has had enough. */
  | { readonly end: End };

export type End = "fin" | "reset" | "silence";

export function latin1(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString("latin1");
}

/** How a stream is cut: whole, octet by octet, or in pieces of all sizes. */
export function someCuts(random: Random, octets: number): number[] {
  const most = random.pick([0, 0, 1, 3, 17, 200, 5_000]);
  // A piece takes a turn of the event loop.
  if (most === 0 || octets / most > 500) return [];
  return random.some(1, 8, () => 1 + random.below(most));
}
