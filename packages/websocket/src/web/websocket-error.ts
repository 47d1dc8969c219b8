import { closeArguments } from "./close-arguments.js";
import { enforcedShort, toDictionary, toText } from "./convert.js";
import { describe } from "./describe.js";

/**
 * How a WebSocketStream is closed, or was.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { WebSocketStream, type WebSocketCloseInfo } from "@wireproof/websocket/web";
 *
 * await using server = createServer();
 * const { port } = await server.listen(0, "127.0.0.1");
 * const stream = new WebSocketStream(`ws://127.0.0.1:${port}`);
 * await stream.opened;
 * const info: WebSocketCloseInfo = { closeCode: 4000, reason: "enough" };
 * stream.close(info);
 * console.assert((await stream.closed).closeCode === 4000);
 * ```
 */
export interface WebSocketCloseInfo {
  /** 1000 or 3000–4999 to close with. Default: none, or 1000 with a reason. */
  readonly closeCode?: number;
  /** At most 123 octets of UTF-8. Default "". */
  readonly reason?: string;
}

/** A close code that only a connection can end with, not an application. */
let received: { readonly code: number } | undefined;

/**
 * Why a WebSocketStream ended, and what closes one with a code: `writer.abort(error)`, `reader.cancel(error)`. It is a
 * DOMException with the name "WebSocketError", and another class than the WebSocketError of `@wireproof/websocket`, which
 * is its `cause` where there is one.
 *
 * @example
 * ```ts
 * import { WebSocketError } from "@wireproof/websocket/web";
 *
 * const error = new WebSocketError("The other side was too slow.", { reason: "too slow" });
 * console.assert(error instanceof DOMException && error.name === "WebSocketError");
 * console.assert(error.closeCode === 1000 && error.reason === "too slow");
 * ```
 */
export class WebSocketError extends DOMException {
  readonly #closeCode: number | null;
  readonly #reason: string;

  /**
   * @param message - One sentence. Default "".
   * @param info - Close code and reason. Default: none.
   * @throws DOMException: InvalidAccessError for a code other than 1000 and 3000–4999, SyntaxError for a reason with more
   * than 123 octets in UTF-8.
   */
  constructor(message: string = "", info: WebSocketCloseInfo = {}) {
    super(toText(message), "WebSocketError");
    const { code, reason } = toCloseArguments(info, received?.code);
    this.#closeCode = code ?? null;
    this.#reason = reason;
  }

  /** The close code; null if there is none. */
  get closeCode(): number | null {
    return this.#closeCode;
  }

  /** The close reason, or "". */
  get reason(): string {
    return this.#reason;
  }
}

describe(WebSocketError, "WebSocketError", ["closeCode", "reason"]);

/** The error of a connection that ended: with any code that a peer can send, and 1005 and 1006. */
export function endingError(
  message: string,
  closeCode: number,
  reason: string,
  cause: unknown,
): WebSocketError {
  received = { code: closeCode };
  try {
    const error = new WebSocketError(message, { reason });
    if (cause !== undefined)
      Object.defineProperty(error, "cause", { value: cause, configurable: true, writable: true });
    return error;
  } finally {
    received = undefined;
  }
}

/** The arguments of a Close frame in the form of WebSocketStream; throws as `closeArguments` does. */
export function toCloseArguments(
  info: unknown,
  given?: number,
): { readonly code: number | undefined; readonly reason: string } {
  const { closeCode, reason = "" } = toDictionary(info, "The close information");
  if (given !== undefined) return { code: given, reason: toText(reason) };
  const code = closeCode === undefined ? undefined : enforcedShort(closeCode, "closeCode");
  return closeArguments(code, toText(reason));
}
