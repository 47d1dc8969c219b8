import { toUSVString, types } from "node:util";

/**
 * How values become what the interfaces take: the conversions of Web IDL that the WebSockets standard asks for. All throw a
 * TypeError where it asks for one.
 */

/** A USVString: text, in which a lone surrogate becomes U+FFFD. Throws for symbols. */
export function toText(value: unknown): string {
  return toUSVString(value as string);
}

/** `[Clamp] unsigned short`: rounds to the nearest integer, of two the even one, from 0 to 65535. NaN is 0. */
export function clampedShort(value: unknown): number {
  const number = Math.min(Math.max(Number(value), 0), 65_535);
  if (Number.isNaN(number)) return 0;
  const floor = Math.floor(number);
  const isUp = number - floor > 0.5 || (number - floor === 0.5 && floor % 2 === 1);
  return isUp ? floor + 1 : floor;
}

/** `[EnforceRange] unsigned short`. */
export function enforcedShort(value: unknown, name: string): number {
  // Without the sign of -0.
  const number = Math.trunc(Number(value)) + 0;
  if (number >= 0 && number <= 65_535) return number;
  throw new TypeError(`${name} must be a number from 0 to 65535.`);
}

/** `unsigned short`: modulo 65536. */
export function wrappedShort(value: unknown): number {
  const number = Math.trunc(Number(value));
  return Number.isFinite(number) ? ((number % 65_536) + 65_536) % 65_536 : 0;
}

/** A dictionary: undefined and null are an empty one. */
export function toDictionary(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (typeof value === "object" || typeof value === "function")
    return value as Readonly<Record<string, unknown>>;
  throw new TypeError(`${name} must be an object.`);
}

/** Whether `value` is an object that can be iterated over; a string is none. */
export function isIterable(value: unknown): value is Iterable<unknown> {
  if ((typeof value !== "object" || value === null) && typeof value !== "function") return false;
  const method = (value as { readonly [Symbol.iterator]?: unknown })[Symbol.iterator];
  return method !== undefined && method !== null;
}

/** `sequence<USVString>`. */
export function toTexts(value: unknown, name: string): string[] {
  if (isIterable(value)) return Array.from(value, toText);
  throw new TypeError(`${name} must be a list.`);
}

/**
 * A BufferSource as a view of its memory, which is not copied; undefined for what is none. Memory that is shared or can be
 * resized is refused, as Web IDL does without `[AllowShared]` and `[AllowResizable]`.
 */
export function toOctets(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    if (types.isSharedArrayBuffer(buffer)) throw new TypeError("The memory of a message must not be shared.");
    checkFixed(buffer);
    // Memory that has been detached has no octets; its length says so.
    return byteLength === 0 ? NO_OCTETS : new Uint8Array(buffer, byteOffset, byteLength);
  }
  if (!types.isArrayBuffer(value)) return undefined;
  checkFixed(value);
  return value.byteLength === 0 ? NO_OCTETS : new Uint8Array(value);
}

const NO_OCTETS = new Uint8Array(0);

function checkFixed(buffer: ArrayBuffer): void {
  if ((buffer as { readonly resizable?: boolean }).resizable === true)
    throw new TypeError("The memory of a message must not be resizable.");
}
