import { Random } from "./random.js";

/**
 * Payload data of a frame or message as a case states it: literal octets, or a pattern repeated (the last
 * repetition cut) to an exact length, so that a case of 16 MiB stays a line of data.
 *
 * @example
 * ```ts
 * import type { Payload } from "wireproof";
 *
 * const stars: Payload = { pattern: new TextEncoder().encode("*"), length: 65_536 };
 * console.assert(stars.length > stars.pattern.length);
 * ```
 */
export interface Payload {
  /** The octets that are repeated. */
  readonly pattern: Uint8Array;
  /** Length in octets after repetition, 0 or more. */
  readonly length: number;
}

const encoder = new TextEncoder();

/** Literal octets, or the UTF-8 of a string. */
export function octets(value: string | Uint8Array): Payload {
  const pattern = typeof value === "string" ? encoder.encode(value) : value;
  return { pattern, length: pattern.length };
}

/** Octets written in hexadecimal. Throws a RangeError on anything else: case data is checked at build time. */
export function hex(digits: string): Payload {
  if (!/^([0-9a-f]{2})*$/.test(digits)) throw new RangeError(`not hexadecimal: ${digits}`);
  return octets(Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
}

/** `pattern` repeated to exactly `length` octets. */
export function repeat(pattern: Payload, length: number): Payload {
  return { pattern: pattern.pattern, length };
}

/** True where the payload is a pattern that had to be repeated or cut. */
export function isRepeated(payload: Payload): boolean {
  return payload.length !== payload.pattern.length;
}

/** The octets of a payload, materialised. */
export function bytesOf(payload: Payload): Uint8Array {
  if (!isRepeated(payload)) return payload.pattern;
  const bytes = new Uint8Array(payload.length);
  const { pattern } = payload;
  if (pattern.length === 0) return bytes;
  bytes.set(pattern.subarray(0, Math.min(pattern.length, bytes.length)));
  for (let filled = pattern.length; filled < bytes.length; filled *= 2) bytes.copyWithin(filled, 0, filled);
  return bytes;
}

/** Payload that is the concatenation of others. */
export function concat(parts: readonly Payload[]): Payload {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0];
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(bytesOf(part), at);
    at += part.length;
  }
  return octets(joined);
}

/** Octets in hexadecimal, as records have them: two lower-case digits each. */
export function toHex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

/** Octets in which nothing comes twice that compression could use. The same for the same length and seed. */
export function noise(length: number, seed = 1): Payload {
  const random = new Random(seed);
  return octets(Uint8Array.from({ length }, () => random.below(256)));
}

/** Letters in which nothing comes twice that compression could use. The same for the same length and seed. */
export function noisyText(length: number, seed = 1): Payload {
  const random = new Random(seed);
  return octets(Uint8Array.from({ length }, () => LETTERS.charCodeAt(random.below(LETTERS.length))));
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
