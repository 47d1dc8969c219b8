import { ReconnectingClient } from "./client.js";
import type { ReconnectingUrl } from "./options.js";
import { PLATFORM } from "./over-connect.js";
import type { ReconnectingOptions } from "./over-connect.js";
import type { ReconnectingWebSocket } from "./surface.js";

/**
 * Connects, and connects again when the connection is lost, with exponential backoff and full jitter (RFC 6455 §7.2.3),
 * until the server says that there is no use in it. The process stays alive until the state is "closed".
 *
 * @param url - Address of the server, as for `connect`; or a function that gives it for each attempt.
 * @param options - Default: none.
 * @returns The client, in the state "connecting".
 * @throws {@link WebSocketError} (InvalidArgument) for an address or options that cannot be used.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { reconnecting } from "@wireproof/websocket/reconnecting";
 *
 * let connections = 0;
 * await using server = createServer({
 *   // The first connection is closed, as by a server that goes away.
 *   open: (ws) => (++connections === 1 ? ws.close(1001) : ws.send("again")),
 * });
 * const { port } = await server.listen(0, "127.0.0.1");
 *
 * await using ws = reconnecting(`ws://127.0.0.1:${port}`, { backoff: { initialMs: 20 } });
 * for await (const message of ws) {
 *   console.assert(message === "again" && connections === 2 && ws.attempt === 1);
 *   break;
 * }
 * ```
 */
export function reconnecting(url: ReconnectingUrl, options: ReconnectingOptions = {}): ReconnectingWebSocket {
  return new ReconnectingClient(PLATFORM, url, options);
}
