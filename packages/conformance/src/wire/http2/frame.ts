import { HTTP2_PREFACE, HTTP2_TYPES } from "../../case/http2-names.js";

/** The frames of HTTP/2 (RFC 9113 §6) as octets, legal or not. */

/** Frame types by name. */
export const FrameType = {
  data: 0x0,
  headers: 0x1,
  priority: 0x2,
  rstStream: 0x3,
  settings: 0x4,
  pushPromise: 0x5,
  ping: 0x6,
  goaway: 0x7,
  windowUpdate: 0x8,
  continuation: 0x9,
} as const;

/** Flags of frames; END_STREAM and ACK share a bit, of different types. */
export const Flag = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

/** Settings by name (RFC 9113 §6.5.2, RFC 8441 §3). */
export const Setting = {
  headerTableSize: 0x1,
  enablePush: 0x2,
  maxConcurrentStreams: 0x3,
  initialWindowSize: 0x4,
  maxFrameSize: 0x5,
  maxHeaderListSize: 0x6,
  enableConnectProtocol: 0x8,
} as const;

/** Error codes by number (RFC 9113 §7). */
export const ERROR_CODES: readonly string[] = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
];

/** The number of an error code; the names are those of {@link ERROR_CODES}. Throws a RangeError for another name. */
export function errorCode(name: string): number {
  const code = ERROR_CODES.indexOf(name);
  if (code < 0) throw new RangeError(`HTTP/2 has no error code ${name}`);
  return code;
}

/** The name of an error code, or its number. */
export function errorName(code: number): string {
  return ERROR_CODES[code] ?? `0x${code.toString(16)}`;
}

/** The name of a frame type as RFC 9113 writes it, or its number. */
export function typeName(type: number): string {
  return HTTP2_TYPES[type] ?? `type 0x${type.toString(16)}`;
}

/** What a client sends before its first frame (RFC 9113 §3.4). */
export const PREFACE: Uint8Array = Buffer.from(HTTP2_PREFACE, "latin1");

/** Octets of a frame that a peer may send to one that has not announced more (RFC 9113 §4.2). */
export const DEFAULT_FRAME_SIZE = 16_384;

/** A window at the beginning of a connection, and of a stream where no setting says otherwise (RFC 9113 §6.9.2). */
export const DEFAULT_WINDOW = 65_535;

export interface Http2Frame {
  readonly type: number;
  readonly flags: number;
  /** 0 for the whole connection. */
  readonly stream: number;
  readonly payload: Uint8Array;
}

const HEADER_SIZE = 9;

/** The header of a frame. It says the real length of the payload, whatever limit the peer has announced. */
export function encodeHttp2Header({ type, flags, stream, payload }: Http2Frame): Uint8Array {
  const octets = Buffer.allocUnsafe(HEADER_SIZE);
  octets.writeUIntBE(payload.length, 0, 3);
  octets[3] = type;
  octets[4] = flags;
  octets.writeUInt32BE(stream >>> 0, 5);
  return octets;
}

/** A frame as octets. */
export function encodeHttp2Frame(frame: Http2Frame): Uint8Array {
  return Buffer.concat([encodeHttp2Header(frame), frame.payload]);
}

/** SETTINGS in this order, doubled or unknown ones as well. */
export function settingsPayload(settings: readonly (readonly [id: number, value: number])[]): Uint8Array {
  const payload = Buffer.alloc(6 * settings.length);
  settings.forEach(([id, value], index) => {
    payload.writeUInt16BE(id, 6 * index);
    payload.writeUInt32BE(value >>> 0, 6 * index + 2);
  });
  return payload;
}

/** A payload that is one number of 32 bits: of RST_STREAM and WINDOW_UPDATE. */
export function numberPayload(value: number): Uint8Array {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(value >>> 0);
  return payload;
}

/** The payload of GOAWAY: the last stream that was taken, and why. */
export function goawayPayload(lastStream: number, code: number): Uint8Array {
  return Buffer.concat([numberPayload(lastStream), numberPayload(code)]);
}

/** Cuts what a peer sends into frames. It keeps at most one frame, and none that is longer than `longest` octets. */
export class Http2FrameReader {
  readonly #longest: number;
  /** A frame of which some octets are still to come. */
  #kept: Buffer = NOTHING;
  #length = 0;
  #isBroken = false;

  constructor(longest: number) {
    this.#longest = longest;
  }

  /**
   * Calls back with each frame; its payload is only valid during the call. Returns the length of a frame that is too
   * long, behind which nothing is read; otherwise null.
   */
  push(chunk: Uint8Array, onFrame: (frame: Http2Frame) => void): number | null {
    const octets = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = 0; at < octets.length && !this.#isBroken;) {
      // A frame that is here as a whole is not copied.
      const here = this.#length === 0 ? octets.subarray(at) : NOTHING;
      const whole = here.length >= HEADER_SIZE ? HEADER_SIZE + here.readUIntBE(0, 3) : Infinity;
      if (whole <= here.length && whole <= HEADER_SIZE + this.#longest) {
        at += whole;
        onFrame(frameOf(here.subarray(0, whole)));
        continue;
      }
      at += this.#keep(octets.subarray(at));
      if (this.#length < HEADER_SIZE) continue;
      const length = this.#kept.readUIntBE(0, 3);
      if (length > this.#longest) {
        this.#isBroken = true;
        return length;
      }
      if (this.#length < HEADER_SIZE + length) continue;
      this.#length = 0;
      onFrame(frameOf(this.#kept.subarray(0, HEADER_SIZE + length)));
    }
    return null;
  }

  /** Keeps what belongs to the frame that has begun, first of all its header. Returns how many octets that were. */
  #keep(octets: Buffer): number {
    if (this.#kept.length === 0) this.#kept = Buffer.allocUnsafeSlow(HEADER_SIZE + this.#longest);
    const hasHeader = this.#length >= HEADER_SIZE;
    const whole = HEADER_SIZE + (hasHeader ? this.#kept.readUIntBE(0, 3) : 0);
    const taken = octets.copy(this.#kept, this.#length, 0, whole - this.#length);
    this.#length += taken;
    return taken;
  }
}

const NOTHING: Buffer = Buffer.alloc(0);

function frameOf(octets: Buffer): Http2Frame {
  return {
    type: octets[3] ?? 0,
    flags: octets[4] ?? 0,
    stream: octets.readUInt32BE(5) & 0x7fff_ffff,
    payload: octets.subarray(HEADER_SIZE),
  };
}
