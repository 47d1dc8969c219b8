import { FIN, RSV1, headerOctets, writeHeader, writeMaskedHeader } from "../protocol/frame-header.js";
import { nodeKernels } from "../kernel/node-kernels.js";
import { asBuffer } from "./data.js";
import type { GenerateMask } from "./types.js";

/**
 * What a frame consists of (RFC 6455 §5.2); nothing here is checked.
 *
 * @example
 * ```ts
 * import { Sender, type FrameOptions } from "@wireproof/websocket/ws";
 *
 * const options: FrameOptions = { opcode: 1, fin: true };
 * const frame = Buffer.concat(Sender.frame("hi", options));
 * console.assert(frame.toString("hex") === "81026869");
 * ```
 */
export interface FrameOptions {
  /** 0–15. */
  readonly opcode: number;
  /** Whether FIN is set. Default false. */
  readonly fin?: boolean | undefined;
  /** Whether RSV1 is set: the message is compressed (RFC 7692 §6). Default false. */
  readonly rsv1?: boolean | undefined;
  /** Whether the frame is masked, as a client's are. Default false. */
  readonly mask?: boolean | undefined;
  /** Makes the masking key. Default: it is drawn at random. */
  readonly generateMask?: GenerateMask | undefined;
  /** Four octets in which `generateMask` puts the masking key. */
  readonly maskBuffer?: Buffer | undefined;
  /** Whether `data` must not be masked in place. It never is. */
  readonly readOnly?: boolean | undefined;
}

/**
 * One frame, as pieces to write: the header, and the payload data if there is any, as it is. A masked frame is one
 * piece, with a copy of the payload data.
 */
export function rawFrame(data: string | Uint8Array, options: FrameOptions): Buffer[] {
  const payload = typeof data === "string" ? Buffer.from(data) : data;
  const { length } = payload;
  const first = (options.fin === true ? FIN : 0) | (options.rsv1 === true ? RSV1 : 0) | options.opcode;
  const isMasked = options.mask === true;
  const header = headerOctets(length, isMasked);
  if (!isMasked) {
    const head = Buffer.allocUnsafe(header);
    writeHeader(head, 0, first, length);
    return length === 0 ? [head] : [head, asBuffer(payload)];
  }
  const key = maskingKey(options);
  const frame = Buffer.allocUnsafe(header + length);
  const at = writeMaskedHeader(frame, 0, first, length, key);
  frame.set(payload, at);
  nodeKernels.unmask(frame, at, frame.length, key);
  return [frame];
}

/** The pieces as one, encoded once for any number of connections. */
export function joinedFrame(pieces: readonly (Uint8Array | string)[]): Uint8Array {
  let joined = joinedFrames.get(pieces);
  if (joined === undefined) {
    joined = Buffer.concat(pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece)));
    joinedFrames.set(pieces, joined);
  }
  return joined;
}

/** A broadcast passes the same list to each connection. */
const joinedFrames: WeakMap<readonly (Uint8Array | string)[], Uint8Array> = new WeakMap();

function maskingKey({ generateMask, maskBuffer = Buffer.alloc(4) }: FrameOptions): number {
  if (generateMask === undefined) return nodeKernels.maskingKey();
  generateMask(maskBuffer);
  return maskBuffer.readUInt32LE(0);
}
