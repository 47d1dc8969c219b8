import { HEADROOM, withHeader } from "./frame-header.js";
import { deflateTerms } from "./offers.js";
import { SyncDeflate, SyncInflate, TAIL } from "./sync-zlib.js";
import type { InflateProblem } from "./sync-zlib.js";

/** permessage-deflate on one connection (RFC 7692 §7.2). zlib's memory is taken with the first message. */
export class Deflater {
  readonly #windowBits: number;
  readonly #keepsContext: boolean;
  readonly #limitOctets: number;
  #deflate: SyncDeflate | null = null;
  #inflate: SyncInflate | null = null;

  /**
   * @param answer the extension as the handshake has answered it
   * @param limitOctets what a message may have once decompressed
   */
  constructor(answer: string, limitOctets: number) {
    const { windowBits, keepsContext } = deflateTerms(answer);
    this.#windowBits = windowBits;
    this.#keepsContext = keepsContext;
    this.#limitOctets = limitOctets;
  }

  /** The frame that echoes a compressed message, or what is wrong with it. `first`: the first octet of the frame. */
  echo(compressed: Uint8Array, first: number): Buffer | InflateProblem {
    this.#inflate ??= new SyncInflate();
    const message = this.#inflate.inflate(compressed, this.#limitOctets);
    if (typeof message === "string") return message;
    this.#deflate ??= new SyncDeflate(this.#windowBits);
    if (!this.#keepsContext) this.#deflate.reset();
    const octets = this.#deflate.deflate(message);
    const length = octets.length - TAIL.length;
    const frame = Buffer.allocUnsafe(HEADROOM + length);
    frame.set(octets.subarray(0, length), HEADROOM);
    return withHeader(frame, first, length);
  }

  close(): void {
    this.#deflate?.close();
    this.#inflate?.close();
  }
}
