/** The close codes of RFC 6455 §7.4.1 and of IANA's registry (1012 to 1014). */
export const CloseCode = {
  Normal: 1000,
  GoingAway: 1001,
  ProtocolError: 1002,
  UnsupportedData: 1003,
  /** Never on the wire: the peer's Close frame had no code. */
  None: 1005,
  /** Never on the wire: no Close frame came. */
  Abnormal: 1006,
  InvalidPayload: 1007,
  PolicyViolation: 1008,
  TooBig: 1009,
  MandatoryExtension: 1010,
  InternalError: 1011,
  ServiceRestart: 1012,
  TryAgainLater: 1013,
  BadGateway: 1014,
} as const;

export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/**
 * Whether a Close frame may carry the code (RFC 6455 §7.4): 1000–1003, 1007–1014 and 3000–4999. 1004 has no meaning
 * yet, 1005, 1006 and 1015 are for local use only, all others are unassigned.
 *
 * The role of the sender does not matter to a receiver: §7.4.1 describes 1010 as a client's and 1011 as a server's
 * code, but does not ask an endpoint to fail the connection when the other side uses one.
 */
export function isCloseCode(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return (code >= 1007 && code <= 1014) || (code >= 1000 && code <= 1003);
}
