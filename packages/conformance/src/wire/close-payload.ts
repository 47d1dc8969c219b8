/** The parts of a Close frame's payload (RFC 6455 §5.5.1). */
export interface ClosePayload {
  /** Null where there are fewer than two octets. */
  readonly code: number | null;
  readonly reason: string | null;
  readonly reasonOctets: Uint8Array;
}

/** A Close payload with a code and a reason, which is cut to the 123 octets that fit; empty without a code. */
export function closeOctets(code: number | undefined, reason = ""): Uint8Array {
  if (code === undefined) return new Uint8Array(0);
  const text = Buffer.from(reason, "utf8").subarray(0, 123);
  return Buffer.concat([Uint8Array.of(code >> 8, code & 0xff), text]);
}

export function splitClose(payload: Uint8Array): ClosePayload {
  if (payload.length < 2) return { code: null, reason: null, reasonOctets: new Uint8Array(0) };
  const reasonOctets = payload.subarray(2);
  return {
    code: ((payload[0] ?? 0) << 8) | (payload[1] ?? 0),
    reason: reasonOctets.length === 0 ? null : Buffer.from(reasonOctets).toString("utf8"),
    reasonOctets,
  };
}
