import { invalidArgument } from "../errors.js";
import type { Outgoing } from "./buffer.js";
import type { Sendable } from "./surface.js";

/**
 * Text, or the octets as a view; a copy of what threads share, which no browser sends. Throws for anything else: a number is
 * never a length.
 */
export function toMessage(data: Sendable): Outgoing {
  if (typeof data === "string") return data;
  if (!ArrayBuffer.isView(data)) {
    // Not `instanceof`: it may come from another realm, such as a frame or a test runner's.
    if (!Object.prototype.toString.call(data).endsWith("ArrayBuffer]"))
      throw invalidArgument("A message is a string, an ArrayBuffer or a view of one.");
    return toMessage(new Uint8Array(data));
  }
  const { buffer, byteOffset, byteLength } = data;
  const octets = new Uint8Array(buffer, byteOffset, byteLength);
  return buffer instanceof ArrayBuffer ? octets : octets.slice();
}
