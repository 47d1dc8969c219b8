import type { WebSocketConnection } from "./connection.js";
import type { WebSocketError } from "../errors.js";

/**
 * What an application does on events: one object for all connections of a server, so that a connection costs no
 * closures.
 *
 * Handlers are called synchronously, in the order of the octets. When one read brought several messages, several calls
 * follow in one turn of the event loop. Return values are ignored. When a handler throws, or returns a promise that is
 * rejected, its connection is failed with 1011 and `error` is called.
 *
 * @typeParam Data - Type of `ws.data`. Default `undefined`.
 *
 * @example
 * ```ts
 * import { connect, createServer, type Handlers } from "@wireproof/websocket";
 *
 * const seen: string[] = [];
 * const handlers: Handlers = {
 *   open: () => seen.push("open"),
 *   message: (ws, data) => ws.send(data),
 *   close: (_ws, code) => seen.push(`close ${code}`),
 * };
 * await using server = createServer(handlers);
 * const { port } = await server.listen(0, "127.0.0.1");
 * {
 *   await using ws = await connect(`ws://127.0.0.1:${port}`);
 *   console.assert(ws.state === "open");
 * }
 * await server.close();
 * console.assert(seen.join() === "open,close 1000");
 * ```
 */
export interface Handlers<Data = undefined> {
  /**
   * Called when the opening handshake is complete.
   *
   * @param ws - The connection.
   */
  open?(ws: WebSocketConnection<Data>): unknown;
  /**
   * Called with each message. Without this handler messages wait for `for await`.
   *
   * @param ws - The connection.
   * @param data - Text as a string, unless the option `text` is "octets". Everything else is a Uint8Array that belongs to
   * the application, unless the option `zeroCopy` is set.
   * @param isText - Whether it is a text message.
   */
  message?(ws: WebSocketConnection<Data>, data: string | Uint8Array, isText: boolean): unknown;
  /**
   * Called when the backlog has fallen below `limits.highWaterOctets` after `send` had returned false.
   *
   * @param ws - The connection.
   */
  drain?(ws: WebSocketConnection<Data>): unknown;
  /**
   * Called when a ping came; its pong is on its way (RFC 6455 §5.5.2).
   *
   * @param ws - The connection.
   * @param payload - At most 125 octets.
   */
  ping?(ws: WebSocketConnection<Data>, payload: Uint8Array): unknown;
  /**
   * Called when a pong came, whether a ping asked for it or not (RFC 6455 §5.5.3).
   *
   * @param ws - The connection.
   * @param payload - At most 125 octets.
   */
  pong?(ws: WebSocketConnection<Data>, payload: Uint8Array): unknown;
  /**
   * Called when the connection is gone; once, and last.
   *
   * @param ws - The connection.
   * @param code - The close code (RFC 6455 §7.1.5): 1005 when the peer's Close frame had none, 1006 when there was no
   * Close frame.
   * @param reason - The close reason, or "" (RFC 6455 §7.1.6).
   * @param wasClean - Whether both Close frames went over the wire (RFC 6455 §7.1.4).
   */
  close?(ws: WebSocketConnection<Data>, code: number, reason: string, wasClean: boolean): unknown;
  /**
   * Called when the peer broke the protocol or a limit, the transport broke, or a handler threw. `close` follows.
   *
   * @param ws - The connection.
   * @param error - What happened; its `code` is one of {@link ErrorCode}.
   */
  error?(ws: WebSocketConnection<Data>, error: WebSocketError): unknown;
}
