/**
 * What a case over HTTP/2 does otherwise than the usual opening handshake and its DATA frames (RFC 8441).
 *
 * @example
 * ```ts
 * import { cases, type Http2Script } from "wireproof";
 *
 * const scripts: (Http2Script | undefined)[] = cases.map(({ http2 }) => http2);
 * console.assert(scripts.length === cases.length);
 * ```
 */
export interface Http2Script {
  /** How octets are cut into DATA frames. Default: one for each write. */
  readonly data?: {
    /** At most so many octets in a frame. */
    readonly size?: number;
    /** So many octets of padding in each frame, 0 to 255. */
    readonly padding?: number;
    /** An empty DATA frame comes before each other. */
    readonly empty?: true;
  };
}
