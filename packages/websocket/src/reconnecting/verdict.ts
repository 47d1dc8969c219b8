import { ErrorCode, WebSocketError } from "../errors.js";

/**
 * How an attempt failed, or how a connection ended.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { reconnecting, type ConnectionEnd } from "@wireproof/websocket/reconnecting";
 *
 * await using server = createServer({ open: (ws) => ws.close(3000, "log in first") });
 * const { port } = await server.listen(0, "127.0.0.1");
 *
 * const end = await new Promise<ConnectionEnd | undefined>((resolve) => {
 *   reconnecting(`ws://127.0.0.1:${port}`, {
 *     state: (_ws, { state, cause }) => state === "closed" && resolve(cause),
 *   });
 * });
 * console.assert(end?.code === 3000 && end.reason === "log in first" && end.wasOpen);
 * ```
 */
export interface ConnectionEnd {
  /** Whether the opening handshake had been complete. False: the attempt failed. */
  readonly wasOpen: boolean;
  /** The close code (RFC 6455 §7.1.5): 1005 when the peer's Close frame had none, 1006 when no Close frame came. */
  readonly code: number;
  /** The close reason (RFC 6455 §7.1.6), or "". */
  readonly reason: string;
  /** Whether both Close frames went over the wire (RFC 6455 §7.1.4). */
  readonly wasClean: boolean;
  /** The HTTP status of an answer that did not open the connection; undefined in browsers, which do not show it. */
  readonly status?: number | undefined;
  /** What `Retry-After` of that answer asks for, in milliseconds (RFC 9110 §10.2.3). */
  readonly retryAfterMs?: number | undefined;
  /** What went wrong, if that is known: mostly a {@link WebSocketError}. */
  readonly error?: unknown;
}

/**
 * Close codes after which the same client with the same messages would only be closed again: the protocol was broken
 * (1002), the kind of data (1003), its encoding (1007) or its size (1009) was refused, a rule of the application was
 * broken (1008), an extension is missing (1010), the client has to log in (3000) or may not come in (3003). With 1000 the
 * server says that everything is done. See RFC 6455 §7.4.1 and the registry of IANA.
 */
const FINAL_CODES: ReadonlySet<number> = new Set([1000, 1002, 1003, 1007, 1008, 1009, 1010, 3000, 3003]);

/** Errors of this side that do not go away by themselves. */
const LASTING_ERRORS: ReadonlySet<string> = new Set([ErrorCode.InvalidArgument, ErrorCode.Backlog]);

/**
 * Whether another attempt makes sense, as far as the close code and this side can tell. The platform may know more of an
 * attempt that failed.
 */
export function mayRetry({ error, code }: ConnectionEnd): boolean {
  if (error instanceof WebSocketError && LASTING_ERRORS.has(error.code)) return false;
  return !FINAL_CODES.has(code);
}

/** An end without a Close frame. */
export function failure(error: unknown, wasOpen: boolean): ConnectionEnd {
  return { wasOpen, code: 1006, reason: "", wasClean: false, error };
}
