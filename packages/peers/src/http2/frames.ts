/** Frames of HTTP/2 (RFC 9113 §4, §6), for servers that misbehave where node:http2 refuses to. */

export const DATA = 0x0;
export const HEADERS = 0x1;
export const PRIORITY = 0x2;
export const RST_STREAM = 0x3;
export const SETTINGS = 0x4;
export const PUSH_PROMISE = 0x5;
export const PING = 0x6;
export const GOAWAY = 0x7;
export const WINDOW_UPDATE = 0x8;
export const CONTINUATION = 0x9;

export const END_STREAM = 0x1;
export const ACK = 0x1;
export const END_HEADERS = 0x4;
export const PADDED = 0x8;
export const HAS_PRIORITY = 0x20;

export const INITIAL_WINDOW_SIZE = 0x4;
export const ENABLE_CONNECT_PROTOCOL = 0x8;

export const NO_ERROR = 0x0;
export const PROTOCOL_ERROR = 0x1;
export const FLOW_CONTROL_ERROR = 0x3;
export const CANCEL = 0x8;

export const PREFACE: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

export const LARGEST_WINDOW = 0x7fff_ffff;

export interface Http2Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

const HEADER_OCTETS = 9;

export function encodeHttp2(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER_OCTETS);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** Numbers of 32 bits, as RST_STREAM, WINDOW_UPDATE and GOAWAY have them. */
export function numbers(...values: readonly number[]): Buffer {
  const octets = Buffer.alloc(4 * values.length);
  values.forEach((value, at) => octets.writeUInt32BE(value >>> 0, 4 * at));
  return octets;
}

export function settingsOf(...settings: readonly (readonly [id: number, value: number])[]): Buffer {
  return Buffer.concat(
    settings.map(([id, value]) => Buffer.concat([Buffer.from([id >> 8, id & 0xff]), numbers(value)])),
  );
}

/** Cuts octets into frames, whatever they say. */
export class Http2Reader {
  #octets: Buffer = Buffer.alloc(0);

  push(chunk: Buffer, onFrame: (frame: Http2Frame) => void): void {
    this.#octets = Buffer.concat([this.#octets, chunk]);
    for (;;) {
      const octets = this.#octets;
      if (octets.length < HEADER_OCTETS) return;
      const end = HEADER_OCTETS + octets.readUIntBE(0, 3);
      if (octets.length < end) return;
      this.#octets = octets.subarray(end);
      onFrame({
        type: octets.readUInt8(3),
        flags: octets.readUInt8(4),
        stream: octets.readUInt32BE(5) & LARGEST_WINDOW,
        payload: octets.subarray(HEADER_OCTETS, end),
      });
    }
  }
}
