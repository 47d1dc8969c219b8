/**
 * Writes the Distinguished Encoding Rules (ITU-T X.690 §8 and §10), as far as a certificate needs them: a value is the
 * octet of its tag, its length, and its content.
 */

const BOOLEAN = 0x01;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;
const CONTEXT = 0x80;
const CONSTRUCTED = 0x20;

/** DER omits what equals a default, and FALSE is the default of every BOOLEAN of X.509: only TRUE is ever written. */
export const TRUE: Buffer = encode(BOOLEAN, Buffer.of(0xff));

/** A whole number from its octets, the highest first. The first one is 0x01 to 0x7f: positive, without padding. */
export function integer(...octets: readonly number[]): Buffer {
  return encode(INTEGER, Buffer.from(octets));
}

/** Bits, of which the last `unused` ones of the last octet do not count. */
export function bitString(bits: Uint8Array, unused = 0): Buffer {
  return encode(BIT_STRING, Buffer.of(unused), bits);
}

export function octetString(octets: Uint8Array): Buffer {
  return encode(OCTET_STRING, octets);
}

export function utf8String(text: string): Buffer {
  return encode(UTF8_STRING, Buffer.from(text));
}

export function sequence(...items: readonly Uint8Array[]): Buffer {
  return encode(SEQUENCE, ...items);
}

export function setOf(item: Uint8Array): Buffer {
  return encode(SET, item);
}

/** `[tag] EXPLICIT`: a value inside a tag of its context. */
export function explicit(tag: number, value: Uint8Array): Buffer {
  return encode(CONTEXT | CONSTRUCTED | tag, value);
}

/** `[tag] IMPLICIT`: the content of a string under a tag of its context. */
export function implicit(tag: number, content: Uint8Array): Buffer {
  return encode(CONTEXT | tag, content);
}

/** An object identifier from its dotted form; seven bits an octet, and the first two numbers in one (X.690 §8.19). */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return encode(OBJECT_IDENTIFIER, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

/** A point in time, to the second: UTCTime through the year 2049, GeneralizedTime from 2050 (RFC 5280 §4.1.2.5). */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d+|[-:T]/g, "");
  if (date.getUTCFullYear() >= 2050) return encode(GENERALIZED_TIME, Buffer.from(digits));
  return encode(UTC_TIME, Buffer.from(digits.slice(2)));
}

function encode(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag, ...lengthOf(content)), content]);
}

/** Up to 127 the length itself; above that, 0x80 plus the number of octets of the length, then those octets (§10.1). */
function lengthOf({ length }: Uint8Array): number[] {
  if (length < 0x80) return [length];
  const octets = [];
  for (let rest = length; rest > 0; rest >>= 8) octets.unshift(rest & 0xff);
  return [0x80 | octets.length, ...octets];
}

function base128(number: number): number[] {
  const octets = [number & 0x7f];
  for (let rest = number >> 7; rest > 0; rest >>= 7) octets.unshift(0x80 | (rest & 0x7f));
  return octets;
}
