import { randomBytes } from "node:crypto";
import { constants, deflateRawSync } from "node:zlib";

export const OPCODE = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const FIN = 0x80;
export const RSV1 = 0x40;
const MASKED = 0x80;
/** The octets of an empty stored block that stay off the wire (RFC 7692 §7.2.1). */
export const DEFLATE_TAIL: Buffer = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** A whole message in one frame, as a server sends it. */
export function serverFrame(opcode: number, payload: Uint8Array): Buffer {
  return Buffer.concat([header(FIN | opcode, 0, payload.length), payload]);
}

/** A whole message in one frame under a random masking key, as a client sends it. */
export function clientFrame(opcode: number, payload: Uint8Array, rsv: number = 0): Buffer {
  const key = randomBytes(4);
  const masked = payload.map((octet, index) => octet ^ (key[index & 3] ?? 0));
  return Buffer.concat([header(FIN | rsv | opcode, MASKED, payload.length), key, masked]);
}

/** Compressed with a fresh context, so that it refers to no other message: any receiver can inflate it. */
export function deflated(message: Uint8Array): Buffer {
  const stream = deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH });
  return stream.subarray(0, stream.length - DEFLATE_TAIL.length);
}

function header(first: number, masked: number, length: number): Buffer {
  if (length < 126) return Buffer.from([first, masked | length]);
  if (length > 0xffff) throw new RangeError("the generator sends no frame beyond 65,535 octets");
  return Buffer.from([first, masked | 126, length >> 8, length & 0xff]);
}
