/**
 * HTTP/2 as it is on the wire (RFC 9113 §4, RFC 7541), for peers that say anything. It shares no code with node:http2 and
 * compresses nothing.
 */

/** RFC 9113 §6. */
export const Type = {
  Data: 0,
  Headers: 1,
  Priority: 2,
  RstStream: 3,
  Settings: 4,
  PushPromise: 5,
  Ping: 6,
  Goaway: 7,
  WindowUpdate: 8,
  Continuation: 9,
} as const;

export const Flag = { EndStream: 0x1, Ack: 0x1, EndHeaders: 0x4 } as const;

export const PREFACE: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/** A frame that was read. */
export interface SeenFrame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly payload: Buffer;
}

export function frame(type: number, flags: number, id: number, payload: Uint8Array = NOTHING): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, payload]);
}

/** A header block of literal fields without indexing (RFC 7541 §6.2.2). */
export function block(fields: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(fields);
  return Buffer.concat(pairs.flatMap(([name, value]) => [LITERAL, text(name), text(value)]));
}

export function headers(id: number, fields: Readonly<Record<string, string>>, flags: number = 0x4): Buffer {
  return frame(Type.Headers, flags, id, block(fields));
}

/** An extended CONNECT request for WebSocket. */
export function connectRequest(id: number, fields: Readonly<Record<string, string>> = {}): Buffer {
  const request = {
    ":method": "CONNECT",
    ":protocol": "websocket",
    ":scheme": "http",
    ":path": "/",
    ":authority": "localhost",
    "sec-websocket-version": "13",
  };
  return headers(id, { ...request, ...fields });
}

export function rstStream(id: number, code = 8): Buffer {
  return frame(Type.RstStream, 0, id, uint32(code));
}

export function windowUpdate(id: number, octets: number): Buffer {
  return frame(Type.WindowUpdate, 0, id, uint32(octets));
}

/** Identifiers and values (RFC 9113 §6.5.1). */
export function settings(...values: readonly (readonly [id: number, value: number])[]): Buffer {
  const entries = values.map(([id, value]) => Buffer.concat([uint16(id), uint32(value)]));
  return frame(Type.Settings, 0, 0, Buffer.concat(entries));
}

export function uint32(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
}

/** Takes frames out of octets. */
export class FrameReader {
  #octets: Buffer = NOTHING;

  push(octets: Buffer): void {
    this.#octets = Buffer.concat([this.#octets, octets]);
  }

  /** The next frame that is complete. */
  take(): SeenFrame | undefined {
    const octets = this.#octets;
    if (octets.length < 9) return undefined;
    const end = 9 + octets.readUIntBE(0, 3);
    if (octets.length < end) return undefined;
    this.#octets = octets.subarray(end);
    const id = octets.readUInt32BE(5) & 0x7fff_ffff;
    return { type: octets[3]!, flags: octets[4]!, id, payload: octets.subarray(9, end) };
  }
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

/** A string without Huffman coding (RFC 7541 §5.2). */
function text(value: string): Buffer {
  const octets = Buffer.from(value);
  return Buffer.concat([integer(octets.length), octets]);
}

/** RFC 7541 §5.1, with a prefix of seven bits. */
function integer(value: number): Buffer {
  if (value < 127) return Buffer.from([value]);
  const octets = [127];
  let left = value - 127;
  for (; left >= 128; left = Math.floor(left / 128)) octets.push((left % 128) + 128);
  return Buffer.from([...octets, left]);
}

const NOTHING: Buffer = Buffer.alloc(0);
const LITERAL: Buffer = Buffer.from([0]);
