/**
 * The octets on a channel: version, kind, who sends, and the payload. What does not look like this was sent by something
 * else, or by another version, and is dropped.
 */

const VERSION = 1;
export const ORIGIN_OCTETS = 12;
const HEADER_OCTETS = 2 + ORIGIN_OCTETS;

export const Kind = {
  /** A published binary message. */
  Binary: 0,
  /** A published text message. */
  Text: 1,
  /** A process has come, and wants to know who is there. */
  Hello: 2,
  /** A process is there. */
  Here: 3,
  /** A process goes. */
  Bye: 4,
  /** How many subscribers? */
  Question: 5,
  Answer: 6,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

export interface Envelope {
  readonly kind: Kind;
  /** Who has sent it, as 24 hexadecimal digits. */
  readonly origin: string;
  readonly payload: Uint8Array;
}

/** `origin` has ORIGIN_OCTETS octets. */
export function seal(kind: Kind, origin: Uint8Array, payload: Uint8Array): Uint8Array {
  const octets = Buffer.allocUnsafeSlow(HEADER_OCTETS + payload.length);
  octets[0] = VERSION;
  octets[1] = kind;
  octets.set(origin, 2);
  octets.set(payload, HEADER_OCTETS);
  return octets;
}

/** Undefined for octets that are no envelope of this version. */
export function unseal(octets: Uint8Array): Envelope | undefined {
  const [version, kind] = octets;
  if (octets.length < HEADER_OCTETS || version !== VERSION || !isKind(kind)) return undefined;
  const origin = Buffer.from(octets.buffer, octets.byteOffset + 2, ORIGIN_OCTETS).toString("hex");
  return { kind, origin, payload: octets.subarray(HEADER_OCTETS) };
}

function isKind(kind: number | undefined): kind is Kind {
  return kind !== undefined && kind <= Kind.Answer;
}
