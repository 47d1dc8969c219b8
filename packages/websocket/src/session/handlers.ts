import type { WebSocketConnection } from "./connection.js";
import type { WebSocketError } from "../errors.js";

/**
 * What an application does on events: one object for all connections of a server, so that a connection costs no
 * closures. Handlers are called synchronously, in the order of the octets, several of them in one turn of the event
 * loop when one read brought several messages. What they return does not matter, but when one throws, or returns a
 * promise that is rejected, its connection is failed with 1011 and `error` is told.
 */
export interface Handlers<Data = undefined> {
  /** The opening handshake is complete. */
  open?(ws: WebSocketConnection<Data>): unknown;
  /**
   * A message. Text is a string, unless the option `text` is "octets"; everything else is a Uint8Array that belongs
   * to the application, unless the option `zeroCopy` is set. Without this handler messages wait for `for await`.
   */
  message?(ws: WebSocketConnection<Data>, data: string | Uint8Array, isText: boolean): unknown;
  /** The backlog has fallen below `limits.highWaterOctets` after `send` had returned false. */
  drain?(ws: WebSocketConnection<Data>): unknown;
  /** A ping came; its pong is on its way (RFC 6455 §5.5.2). */
  ping?(ws: WebSocketConnection<Data>, payload: Uint8Array): unknown;
  /** A pong came, asked for or not (§5.5.3). */
  pong?(ws: WebSocketConnection<Data>, payload: Uint8Array): unknown;
  /**
   * The connection is gone; once, and last. `code` as in §7.1.5: 1005 when the peer's Close frame had none, 1006
   * when no Close frame came. `wasClean`: both Close frames went over the wire (§7.1.4).
   */
  close?(ws: WebSocketConnection<Data>, code: number, reason: string, wasClean: boolean): unknown;
  /** The peer broke the protocol or a limit, the transport broke, or a handler threw. `close` follows. */
  error?(ws: WebSocketConnection<Data>, error: WebSocketError): unknown;
}
