import type { PageWire } from "wireproof/page";
import { octetsOf } from "./octets.js";

/** What an octet of a read or write is. */
export type OctetKind = "http" | "first" | "length" | "extended" | "mask" | "payload" | "unknown";

/** One octet, explained. */
export interface OctetNote {
  readonly value: number;
  readonly kind: OctetKind;
  /** The header it belongs to, as far as it was seen; undefined outside of frames. */
  readonly frame?: FrameHeader;
  /** Position in the payload, of payload octets. */
  readonly at?: number;
}

/** A frame header as it came octet by octet. */
export interface FrameHeader {
  first: number;
  second: number | null;
  length: number | null;
  mask: number[];
}

/**
 * Explains the octets of a wire log: which of them are HTTP, headers and payload. Headers may be spread over reads.
 * Where octets were not recorded, the position is still known as long as they lie in a payload; after that, nothing is.
 * The result is by index of the entry.
 */
export function annotate(wire: readonly PageWire[]): ReadonlyMap<number, readonly OctetNote[]> {
  // Over HTTP/2 the heads are no octets of the stream.
  const isHttp2 = wire.some(({ entry }) => "http2" in entry);
  const readers = { ">": new OctetReader(isHttp2), "<": new OctetReader(isHttp2) };
  const notes = new Map<number, readonly OctetNote[]>();
  for (const [index, { entry }] of wire.entries()) {
    if ("log" in entry) for (const reader of Object.values(readers)) reader.loseTrack(!entry.log);
    if ("octets" in entry) notes.set(index, readers[entry.dir].read(octetsOf(entry.hex), entry.octets));
  }
  return notes;
}

/** Follows one direction: an HTTP head first, then frames (RFC 6455 §5.2). */
class OctetReader {
  #state: "http" | "first" | "second" | "extended" | "mask" | "payload" | "lost" = "http";
  #recent = "";
  #header: FrameHeader = { first: 0, second: null, length: null, mask: [] };
  #missing = 0;
  #position = 0;

  constructor(isOpen: boolean) {
    if (isOpen) this.#state = "first";
  }

  read(octets: Uint8Array, total: number): readonly OctetNote[] {
    const notes = Array.from(octets, (octet) => this.#take(octet));
    const unseen = total - octets.length;
    if (unseen > 0) this.#skip(unseen);
    return notes;
  }

  /** A frame went by while the log was off; what comes after it begins anew, as far as one can know. */
  loseTrack(isLost: boolean): void {
    if (this.#state === "http" && isLost) return;
    this.#state = isLost ? "lost" : "first";
  }

  #take(octet: number): OctetNote {
    switch (this.#state) {
      case "http":
        return this.#takeHttp(octet);
      case "first":
        this.#header = { first: octet, second: null, length: null, mask: [] };
        this.#state = "second";
        return { value: octet, kind: "first", frame: this.#header };
      case "second":
        return this.#takeSecond(octet);
      case "extended":
        this.#header.length = (this.#header.length ?? 0) * 256 + octet;
        if (--this.#missing === 0) this.#afterLength();
        return { value: octet, kind: "extended", frame: this.#header };
      case "mask":
        this.#header.mask.push(octet);
        if (this.#header.mask.length === 4) this.#beginPayload();
        return { value: octet, kind: "mask", frame: this.#header };
      case "payload":
        return this.#takePayload(octet);
      case "lost":
        return { value: octet, kind: "unknown" };
    }
  }

  #takeHttp(octet: number): OctetNote {
    this.#recent = (this.#recent + String.fromCharCode(octet)).slice(-4);
    if (this.#recent === "\r\n\r\n") this.#state = "first";
    return { value: octet, kind: "http" };
  }

  #takeSecond(octet: number): OctetNote {
    this.#header.second = octet;
    const short = octet & 0x7f;
    this.#missing = short === 126 ? 2 : short === 127 ? 8 : 0;
    this.#header.length = this.#missing === 0 ? short : 0;
    if (this.#missing > 0) this.#state = "extended";
    else this.#afterLength();
    return { value: octet, kind: "length", frame: this.#header };
  }

  #afterLength(): void {
    if (((this.#header.second ?? 0) & 0x80) !== 0) this.#state = "mask";
    else this.#beginPayload();
  }

  #beginPayload(): void {
    this.#position = 0;
    this.#state = (this.#header.length ?? 0) === 0 ? "first" : "payload";
  }

  #takePayload(octet: number): OctetNote {
    const note: OctetNote = { value: octet, kind: "payload", frame: this.#header, at: this.#position };
    this.#position++;
    if (this.#position >= (this.#header.length ?? 0)) this.#state = "first";
    return note;
  }

  /** Octets that were not recorded. */
  #skip(unseen: number): void {
    if (this.#state === "http" || this.#state === "lost") {
      this.#state = this.#state === "http" ? "http" : "lost";
      return;
    }
    const left = (this.#header.length ?? 0) - this.#position;
    if (this.#state !== "payload" || unseen > left) this.#state = "lost";
    else if (unseen === left) this.#state = "first";
    else this.#position += unseen;
  }
}
