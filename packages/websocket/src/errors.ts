/**
 * The codes of the errors that this library throws, rejects with, or hands to an `error` handler. They are stable;
 * docs/websocket.md has one line on each.
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
  /** The server answered with an HTTP status other than 101; `status`, `headers` and `body` have its answer. */
  UnexpectedResponse: "WIREPROOF_UNEXPECTED_RESPONSE",
  /** The answer breaks RFC 6455 §4.1; `section` says which sentence. */
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
} as const;

export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** What an error may carry beside its message. */
export interface ErrorDetails {
  readonly cause?: unknown;
  /** The close code that goes with it, 1000–4999. */
  readonly closeCode?: number | undefined;
  /** Such as "RFC 6455 §4.1". */
  readonly section?: string | undefined;
  /** The id of the violation or of the handshake problem. */
  readonly problem?: string | undefined;
  /** The HTTP status of the answer. */
  readonly status?: number | undefined;
  readonly headers?: ReadonlyMap<string, string> | undefined;
  /** The first octets of the body of the answer, at most 4 KiB, as text. */
  readonly body?: string | undefined;
}

export class WebSocketError extends Error {
  override readonly name = "WebSocketError";
  readonly code: ErrorCode;
  readonly closeCode: number | undefined;
  readonly section: string | undefined;
  readonly problem: string | undefined;
  readonly status: number | undefined;
  readonly headers: ReadonlyMap<string, string> | undefined;
  readonly body: string | undefined;

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
