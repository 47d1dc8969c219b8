/**
 * The codes of the errors that this library throws, rejects with, or passes to an `error` handler. They are stable;
 * docs/websocket.md has one line on each.
 *
 * @example
 * ```ts
 * import { createServer, ErrorCode, WebSocketError } from "@wireproof/websocket";
 *
 * try {
 *   createServer({ limits: { messageOctets: -1 } });
 *   console.assert(false, "unreachable");
 * } catch (error) {
 *   console.assert(error instanceof WebSocketError && error.code === ErrorCode.InvalidArgument);
 * }
 * ```
 */
export const ErrorCode = {
  /** An option or an argument that cannot be used; nothing was sent. */
  InvalidArgument: "WIREPROOF_INVALID_ARGUMENT",
  /** The connection is not open any more. */
  NotOpen: "WIREPROOF_NOT_OPEN",
  /** The address could not be reached, or TLS failed; `cause` has the reason. */
  Unreachable: "WIREPROOF_UNREACHABLE",
  /** The opening handshake was not answered in time, by a server or by the upgrade hook. */
  HandshakeTimeout: "WIREPROOF_HANDSHAKE_TIMEOUT",
  /** The server answered with a status other than 101, or 200 over HTTP/2; `status`, `headers` and `body` have it. */
  UnexpectedResponse: "WIREPROOF_UNEXPECTED_RESPONSE",
  /** The answer breaks RFC 6455 §4.1 or RFC 8441 §5; `section` says which sentence. */
  InvalidResponse: "WIREPROOF_INVALID_RESPONSE",
  /** The HTTP proxy refused to connect. */
  ProxyRefused: "WIREPROOF_PROXY_REFUSED",
  /** A redirect that is not followed: none allowed, too many, or one from wss to ws. */
  RedirectRefused: "WIREPROOF_REDIRECT_REFUSED",
  /** The peer broke the protocol or a limit and the connection was failed; `problem` says how. */
  Violation: "WIREPROOF_VIOLATION",
  /** The transport broke; `cause` has the system's error. */
  Transport: "WIREPROOF_TRANSPORT",
  /** A handler threw, or the source of `sendStream`; `cause` has what. The connection was failed with 1011. */
  Handler: "WIREPROOF_HANDLER",
  /** The backlog is over its limit and `onBacklog` is "error". */
  Backlog: "WIREPROOF_BACKLOG",
  /** The engine that joins servers is not connected, or could not send or subscribe; `cause` has its client's error. */
  Engine: "WIREPROOF_ENGINE",
} as const;

/** One of the values of the object `ErrorCode`. */
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/**
 * What an error may carry beside its message.
 *
 * @example
 * ```ts
 * import { ErrorCode, WebSocketError, type ErrorDetails } from "@wireproof/websocket";
 *
 * const details: ErrorDetails = { closeCode: 1002, section: "RFC 6455 §5.2" };
 * const error = new WebSocketError(ErrorCode.Violation, "The opcode is reserved.", details);
 * console.assert(error.closeCode === 1002);
 * ```
 */
export interface ErrorDetails {
  /** What was caught, such as the system's error. */
  readonly cause?: unknown;
  /** The close code that belongs to the error, 1000–4999. */
  readonly closeCode?: number | undefined;
  /** Where the broken rule stands, such as "RFC 6455 §4.1". */
  readonly section?: string | undefined;
  /** The id of the violation or of the handshake problem: a {@link ViolationId} or a {@link HandshakeProblemId}. */
  readonly problem?: string | undefined;
  /** The HTTP status of the answer. */
  readonly status?: number | undefined;
  /** The header fields of the answer, with names in lower case. */
  readonly headers?: ReadonlyMap<string, string> | undefined;
  /** The first octets of the body of the answer, at most 4 KiB, as text. */
  readonly body?: string | undefined;
}

/**
 * What this library throws, rejects with, or passes to an `error` handler.
 *
 * @example
 * ```ts
 * import { connect, ErrorCode, WebSocketError } from "@wireproof/websocket";
 *
 * try {
 *   await connect("ftp://127.0.0.1/");
 *   console.assert(false, "unreachable");
 * } catch (error) {
 *   console.assert(error instanceof WebSocketError && error.code === ErrorCode.InvalidArgument);
 * }
 * ```
 */
export class WebSocketError extends Error {
  /** Always "WebSocketError". */
  override readonly name = "WebSocketError";
  /** What kind of error it is. Stable, unlike the message. */
  readonly code: ErrorCode;
  /** The close code that belongs to the error, 1000–4999; undefined if there is none. */
  readonly closeCode: number | undefined;
  /** Where the broken rule stands, such as "RFC 6455 §4.1"; undefined if no rule was broken. */
  readonly section: string | undefined;
  /** The id of the violation or of the handshake problem; undefined if it is neither. */
  readonly problem: string | undefined;
  /** The HTTP status of the answer; undefined if there was none. */
  readonly status: number | undefined;
  /** The header fields of the answer, with names in lower case; undefined if there was none. */
  readonly headers: ReadonlyMap<string, string> | undefined;
  /** The first octets of the body of the answer, at most 4 KiB, as text; undefined if there was none. */
  readonly body: string | undefined;

  /**
   * @param code - What kind of error it is.
   * @param message - One sentence.
   * @param details - What else is known. Default: nothing.
   */
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.closeCode = details.closeCode;
    this.section = details.section;
    this.problem = details.problem;
    this.status = details.status;
    this.headers = details.headers;
    this.body = details.body;
  }
}

/** Local misuse: thrown at once, before anything is sent. */
export function invalidArgument(message: string): WebSocketError {
  return new WebSocketError(ErrorCode.InvalidArgument, message);
}
