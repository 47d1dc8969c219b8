/**
 * The close codes of RFC 6455 §7.4.1 and of IANA's registry (§11.7), by the names of the registry. Codes that the registry
 * leaves free are an application's: 4000–4999.
 *
 * `close` sends 1000–1003, 1007–1009, 1011–1014 and 3000–4999, and 1010 for clients only.
 *
 * @example
 * ```ts
 * import { CloseCode, connect, createServer } from "@wireproof/websocket";
 *
 * await using server = createServer({ open: (ws) => ws.close(CloseCode.Unauthorized, "Log in again.") });
 * const { port } = await server.listen(0, "127.0.0.1");
 * const ws = await connect(`ws://127.0.0.1:${port}`);
 * for await (const message of ws) console.assert(message === undefined, "no message comes");
 * console.assert(ws.closed?.code === CloseCode.Unauthorized);
 * ```
 */
export const CloseCode = {
  /** The purpose of the connection is fulfilled. */
  NormalClosure: 1000,
  /** A server goes down, or a page is left. */
  GoingAway: 1001,
  /** The peer broke the protocol. */
  ProtocolError: 1002,
  /** The peer sent a type of data that is not accepted, such as binary. */
  UnsupportedData: 1003,
  /** Has no meaning yet, and cannot be sent. */
  Reserved: 1004,
  /** Never on the wire: the peer's Close frame had no code. */
  NoStatusReceived: 1005,
  /** Never on the wire: no Close frame came. */
  AbnormalClosure: 1006,
  /** A message is not what its type says, such as text that is not UTF-8. */
  InvalidPayload: 1007,
  /** The peer broke a rule of this endpoint, and no other code fits. */
  PolicyViolation: 1008,
  /** A message is too big. */
  MessageTooBig: 1009,
  /** A client needs an extension that the server did not agree to. */
  MandatoryExtension: 1010,
  /** This endpoint met a condition that it was not made for. */
  InternalError: 1011,
  /** The server restarts: a client may come again, after a random delay. */
  ServiceRestart: 1012,
  /** The server is overloaded: a client should come again later, or to another server. */
  TryAgainLater: 1013,
  /** A gateway got an invalid answer from the server behind it, as 502 in HTTP. */
  BadGateway: 1014,
  /** Never on the wire: TLS failed. */
  TlsHandshake: 1015,
  /** The client has not proved who it is, as 401 in HTTP. */
  Unauthorized: 3000,
  /** The client may not do this, as 403 in HTTP. */
  Forbidden: 3003,
  /** The peer took too long, as 408 in HTTP. */
  Timeout: 3008,
} as const;

/** One of the values of the object `CloseCode`. */
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
