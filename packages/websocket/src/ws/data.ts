import type { Blob } from "node:buffer";
import { types } from "node:util";

import { toOctets } from "../session/data.js";

/** A payload as it waits to be sent. */
export type Payload = string | Uint8Array | Blob;

/** Data of applications as a payload. Numbers become text before this; undefined is an empty message. */
export function toPayload(data: unknown): Payload {
  if (typeof data === "string") return data;
  // The most common case first: `toOctets` has to check for memory that is shared, resized or detached.
  if (ArrayBuffer.isView(data) || types.isAnyArrayBuffer(data)) return toOctets(data);
  if (isBlob(data)) return data;
  if (data === undefined || data === null || data === false) return NOTHING;
  return Buffer.from(data as Uint8Array);
}

/** Octets of payload data. */
export function payloadOctets(payload: Payload): number {
  if (typeof payload === "string") return Buffer.byteLength(payload);
  return payload instanceof Uint8Array ? payload.length : payload.size;
}

/** Of this realm or of any other. */
export function isBlob(value: unknown): value is Blob {
  if (typeof value !== "object" || value === null) return false;
  const { arrayBuffer, stream, size } = value as Partial<Blob>;
  return typeof arrayBuffer === "function" && typeof stream === "function" && typeof size === "number";
}

/** The same octets as a Buffer, in the same memory. */
export function asBuffer(octets: Uint8Array): Buffer {
  return Buffer.isBuffer(octets)
    ? octets
    : Buffer.from(octets.buffer as ArrayBuffer, octets.byteOffset, octets.byteLength);
}

/** A copy that belongs to the application. Small ones come out of Node's pool of memory. */
export function ownBuffer(octets: Uint8Array): Buffer {
  const { length } = octets;
  if (length === 0) return NOTHING;
  const copy = Buffer.allocUnsafe(length);
  copy.set(octets);
  return copy;
}

/** An ArrayBuffer of exactly these octets. */
export function toArrayBuffer(octets: Buffer): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = octets;
  if (byteLength === buffer.byteLength) return buffer as ArrayBuffer;
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

export const NOTHING: Buffer = Buffer.alloc(0);
