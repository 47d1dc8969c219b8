import { whenAborted } from "../client/abort.js";
import { connect } from "../client/connect.js";
import type { ConnectOptions } from "../client/options.js";
import { parseTarget } from "../client/target.js";
import { WebSocketError } from "../errors.js";
import { CloseCode } from "../protocol/close-code.js";
import { warn } from "../session/calls.js";
import type { WebSocketConnection } from "../session/connection.js";
import type { Handlers } from "../session/handlers.js";
import { mayConnectAgain, parseRetryAfter } from "./failed-connect.js";
import type { Attempt, CommonReconnectingOptions } from "./options.js";
import type {
  CloseArguments,
  OpenRequest,
  Platform,
  Reader,
  Transport,
  TransportEvents,
} from "./platform.js";

/**
 * Options of `connect` that a reconnecting client does not set by itself: header fields, TLS, a proxy, HTTP/2, limits, the
 * heartbeat and others.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { reconnecting, type ConnectSettings } from "@wireproof/websocket/reconnecting";
 *
 * const seen: unknown[] = [];
 * await using server = createServer({
 *   upgrade: ({ headers }) => (seen.push(headers.authorization), { data: undefined }),
 * });
 * const { port } = await server.listen(0, "127.0.0.1");
 *
 * // A function, for a fresh token with each attempt.
 * const connect = async (): Promise<ConnectSettings> => ({ headers: { Authorization: "Bearer abc" } });
 * await using ws = reconnecting(`ws://127.0.0.1:${port}`, { connect });
 * await ws.whenOpen();
 * console.assert(seen[0] === "Bearer abc");
 * ```
 */
export type ConnectSettings = Omit<
  ConnectOptions,
  keyof Handlers | "data" | "protocols" | "handshakeMs" | "signal" | "text" | "zeroCopy"
>;

/**
 * The options of {@link reconnecting}.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { reconnecting, type ReconnectingOptions } from "@wireproof/websocket/reconnecting";
 *
 * const options: ReconnectingOptions = {
 *   protocols: ["chat"],
 *   connect: { compression: false, heartbeat: { intervalMs: 10_000 } },
 * };
 * await using server = createServer({ protocols: ["chat"] });
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = reconnecting(`ws://127.0.0.1:${port}`, options);
 * await ws.whenOpen();
 * console.assert(ws.protocol === "chat");
 * ```
 */
export interface ReconnectingOptions extends CommonReconnectingOptions {
  /**
   * For Node alone: what `connect` is given with each attempt, or a function that makes it. It has no effect in browsers.
   * Default: none.
   */
  readonly connect?: ConnectSettings | ((about: Attempt) => ConnectSettings | Promise<ConnectSettings>);
}

export const PLATFORM: Platform<ReconnectingOptions> = {
  faultClose: [CloseCode.InternalError],
  checkUrl: parseTarget,
  open,
  mayRetry: mayConnectAgain,
  whenAborted,
  report: warn,
  // Node does not know.
  watchNetwork: () => () => {},
};

async function open(request: OpenRequest<ReconnectingOptions>, events: TransportEvents): Promise<void> {
  const { url, protocols, options, handshakeMs, about } = request;
  const settings = typeof options.connect === "function" ? await options.connect(about) : options.connect;
  let failure: WebSocketError | undefined;
  try {
    await connect(url, {
      ...settings,
      protocols,
      handshakeMs,
      signal: about.signal,
      open: (ws) => events.opened(new NodeTransport(ws)),
      message: (_ws, data) => events.message(data),
      error: (_ws, error) => {
        failure = error;
      },
      close: (_ws, code, reason, wasClean) =>
        events.ended({ wasOpen: true, code, reason, wasClean, error: failure }),
    });
  } catch (error) {
    const { status, headers } = error instanceof WebSocketError ? error : {};
    const retryAfterMs = parseRetryAfter(headers?.get("retry-after"), Date.now());
    events.ended({ wasOpen: false, code: 1006, reason: "", wasClean: false, status, retryAfterMs, error });
  }
}

class NodeTransport implements Transport {
  readonly #ws: WebSocketConnection;
  readonly #pauses: Set<Reader> = new Set();

  constructor(ws: WebSocketConnection) {
    this.#ws = ws;
  }

  get readyState(): number {
    return this.#ws.state === "open" ? 1 : 2;
  }

  get protocol(): string {
    return this.#ws.protocol;
  }

  get bufferedAmount(): number {
    return this.#ws.bufferedAmount;
  }

  send(message: string | Uint8Array): void {
    this.#ws.send(message);
  }

  close(...how: CloseArguments): void {
    this.#ws.close(...how);
  }

  setPaused(who: Reader, isPaused: boolean): void {
    const wasPaused = this.#pauses.size > 0;
    if (isPaused) this.#pauses.add(who);
    else this.#pauses.delete(who);
    if (isPaused && !wasPaused) this.#ws.pause();
    else if (wasPaused && this.#pauses.size === 0) this.#ws.resume();
  }
}
