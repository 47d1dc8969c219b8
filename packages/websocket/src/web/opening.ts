import { connect } from "../client/connect.js";
import type { ConnectOptions } from "../client/options.js";
import { ErrorCode, WebSocketError } from "../errors.js";
import type { Handlers } from "../session/handlers.js";
import type { ConnectionLimits } from "../session/limits.js";
import { isBlockedPort } from "./address.js";

/**
 * What the second form of the constructors takes beyond the standard: the options of `connect`, without the handlers, which
 * are events here, and without those whose answer the standard gives.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { WebSocket, type WebSocketOptions } from "@wireproof/websocket/web";
 *
 * await using server = createServer({ upgrade: ({ headers }) => ({ data: headers.authorization }) });
 * const { port } = await server.listen(0, "127.0.0.1");
 *
 * const options: WebSocketOptions = { protocols: [], headers: { Authorization: "Bearer 1" }, handshakeMs: 2_000 };
 * const ws = new WebSocket(`ws://127.0.0.1:${port}`, options);
 * await new Promise((resolve) => ws.addEventListener("open", resolve));
 * console.assert([...server.connections][0]?.data === "Bearer 1");
 * ws.close();
 * ```
 */
export interface WebSocketOptions extends Omit<ConnectOptions, keyof Handlers | keyof Answered> {
  /** Subprotocols to offer, in the order of preference (RFC 6455 §1.9). Default: none. */
  readonly protocols?: string | readonly string[];
}

/** Options that the standard leaves no choice about. */
type Answered = Pick<
  ConnectOptions,
  "data" | "protocols" | "requireProtocol" | "signal" | "text" | "zeroCopy"
>;

/** Where the standard knows no limits: as much as other clients with this interface take. */
const LIMITS: Partial<ConnectionLimits> = {
  messageOctets: 128 * 1024 * 1024,
  backlogOctets: 256 * 1024 * 1024,
};

/** Opens the connection of a WebSocket or a WebSocketStream. `handlers.open` is called before anything else arrives. */
export async function openConnection(
  url: URL,
  protocols: readonly string[],
  options: WebSocketOptions,
  signal: AbortSignal,
  handlers: Pick<Handlers, "open" | "message" | "error" | "close">,
): Promise<void> {
  if (isBlockedPort(url))
    throw new WebSocketError(
      ErrorCode.Unreachable,
      `Port ${url.port} is never connected to: it is of another protocol.`,
    );
  await connect(url, {
    ...options,
    limits: { ...LIMITS, ...options.limits },
    protocols,
    requireProtocol: true,
    text: "string",
    // What is sent may be changed as soon as `send` returns; what comes is copied here.
    zeroCopy: true,
    signal,
    ...handlers,
  });
}
