import { EventEmitter } from "node:events";

import type {
  Handlers,
  MessageData,
  SendOptions,
  ServerOptions,
  WebSocketConnection,
} from "@wireproof/websocket";

const STATES = { open: 1, closing: 2, closed: 3 } as const;

/**
 * A connection for libraries that were written for the sockets of the package ws: `message`, `close` and the others are
 * events, with the arguments that ws has.
 */
export class EventedConnection<Data> extends EventEmitter {
  readonly OPEN: number = STATES.open;
  /** What ws calls the socket of node:net; its event `drain` is that of the connection. */
  readonly _socket: EventEmitter = new EventEmitter();
  readonly #ws: WebSocketConnection<Data>;

  constructor(ws: WebSocketConnection<Data>) {
    super();
    this.#ws = ws;
  }

  get readyState(): number {
    return STATES[this.#ws.state];
  }

  get protocol(): string {
    return this.#ws.protocol;
  }

  get bufferedAmount(): number {
    return this.#ws.bufferedAmount;
  }

  send(data: MessageData, options: SendOptions = {}): void {
    const { compress } = options;
    this.#ws.send(data, compress === undefined ? {} : { compress });
  }

  ping(data?: MessageData): void {
    this.#ws.ping(data);
  }

  close(code?: number, reason?: string | Uint8Array): void {
    this.#ws.close(code, reason === undefined ? undefined : Buffer.from(reason).toString());
  }

  terminate(): void {
    this.#ws.terminate();
  }
}

/** Handlers, and how they want text. */
export type EventedOptions<Data> = Handlers<Data> & Pick<ServerOptions<Data>, "text">;

/**
 * The options of a server whose connections are given to `connected` as ones with events.
 *
 * @typeParam Data - Type of `ws.data`.
 */
export function evented<Data>(
  connected: (socket: EventedConnection<Data>, ws: WebSocketConnection<Data>) => void,
): EventedOptions<Data> {
  const sockets = new WeakMap<WebSocketConnection<Data>, EventedConnection<Data>>();
  return {
    // As with ws, every message is a Buffer.
    text: "octets",
    open(ws) {
      const socket = new EventedConnection(ws);
      sockets.set(ws, socket);
      connected(socket, ws);
    },
    message: (ws, data, isText) => void sockets.get(ws)?.emit("message", data, !isText),
    drain: (ws) => void sockets.get(ws)?._socket.emit("drain"),
    ping: (ws, payload) => void sockets.get(ws)?.emit("ping", payload),
    pong: (ws, payload) => void sockets.get(ws)?.emit("pong", payload),
    close: (ws, code, reason) => void sockets.get(ws)?.emit("close", code, Buffer.from(reason)),
    error(ws, error) {
      const socket = sockets.get(ws);
      // Without a listener, an EventEmitter throws.
      if (socket !== undefined && socket.listenerCount("error") > 0) socket.emit("error", error);
    },
  };
}
