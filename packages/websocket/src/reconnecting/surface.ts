import type { StateChange } from "./machine.js";

/**
 * What can be sent as one message: a string as text, everything else as octets.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { reconnecting, type Sendable } from "@wireproof/websocket/reconnecting";
 *
 * const messages: Sendable[] = ["text", new Uint8Array([1, 2, 3]), new ArrayBuffer(8)];
 * await using server = createServer();
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = reconnecting(`ws://127.0.0.1:${port}`);
 * for (const message of messages) console.assert(ws.send(message));
 * ```
 */
export type Sendable = string | ArrayBufferLike | ArrayBufferView;

/**
 * What happened so far, over all connections.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { reconnecting, type ReconnectingCounters } from "@wireproof/websocket/reconnecting";
 *
 * await using server = createServer({ message: (ws, data) => ws.send(data) });
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = reconnecting(`ws://127.0.0.1:${port}`);
 * ws.send("hello");
 * for await (const message of ws) if (message === "hello") break;
 * const { opened, sent, received, dropped }: ReconnectingCounters = ws.counters;
 * console.assert(opened === 1 && sent === 1 && received === 1 && dropped === 0);
 * ```
 */
export interface ReconnectingCounters {
  /** How often the state became "open". */
  readonly opened: number;
  /**
   * Messages that were handed over to a connection, apart from those of the `resume` hook. Whether they arrive is not known.
   */
  readonly sent: number;
  /** Messages that came, apart from those that the `resume` hook has taken. */
  readonly received: number;
  /** Messages that will not be sent, each with a call of the handler `dropped`. */
  readonly dropped: number;
}

/**
 * A client that connects again when its connection is lost. It is the same in Node and in browsers.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { reconnecting, type ReconnectingWebSocket } from "@wireproof/websocket/reconnecting";
 *
 * await using server = createServer({ message: (ws, data) => ws.send(`echo ${String(data)}`) });
 * const { port } = await server.listen(0, "127.0.0.1");
 *
 * await using ws: ReconnectingWebSocket = reconnecting(`ws://127.0.0.1:${port}`);
 * console.assert(ws.state === "connecting" && ws.send("early") && ws.bufferedMessages === 1);
 * await ws.whenOpen();
 * console.assert(ws.bufferedMessages === 0);
 * for await (const message of ws) {
 *   console.assert(message === "echo early");
 *   break;
 * }
 * ```
 */
export interface ReconnectingWebSocket extends AsyncIterable<string | Uint8Array> {
  /** See {@link StateChange}. */
  readonly state: StateChange["state"];
  /** 0 for the first connection, else the number of the attempt to reconnect. */
  readonly attempt: number;
  /** The agreed subprotocol of the connection, or "" (RFC 6455 §1.9). */
  readonly protocol: string;
  /** Messages that wait for a connection. */
  readonly bufferedMessages: number;
  /** Octets that wait: in the buffer, and in the connection where the system has not taken them. */
  readonly bufferedAmount: number;
  /** What happened so far. */
  readonly counters: ReconnectingCounters;
  /**
   * The id of the last message that the application has dealt with. It is for the application to set; the `resume` hook
   * and the functions `url` and `connect` get it. Default: undefined.
   */
  lastId: string | number | undefined;

  /**
   * Sends one message: at once if there is a connection, else as soon as there is one. Octets that have to wait are
   * copied. A message counts as sent when a connection has it; it may still be lost with that connection, and is not sent
   * again.
   *
   * @param data - The message.
   * @returns Whether it was sent or kept. False: it was dropped, and `dropped` was called.
   * @throws {@link WebSocketError} (InvalidArgument) for anything that is no data, and (Backlog) when there is no room and
   * `buffer.onFull` is "error".
   */
  send(data: Sendable): boolean;

  /**
   * Ends for good: the state is "closed" when this returns. What was sent goes out before the Close frame, what waits in
   * the buffer is dropped, and no more messages are delivered. Does nothing in the state "closed".
   *
   * @param code - 1000 or 3000–4999, as in browsers. Default 1000.
   * @param reason - At most 123 octets of UTF-8. Default: none.
   * @throws {@link WebSocketError} (InvalidArgument) for others.
   */
  close(code?: number, reason?: string): void;

  /** Makes the next attempt at once, in the state "waiting": for a button "Try now". */
  retry(): void;

  /**
   * Waits for a connection.
   *
   * @returns A promise that resolves in the state "open".
   * @throws {@link WebSocketError}, or what else was the reason, when the state is or becomes "closed".
   */
  whenOpen(): Promise<void>;

  /**
   * Messages one by one, over all connections; only without a `message` handler. In Node a slow reader slows the server
   * down. Browsers cannot do that: if more than 16 MiB or 16,384 messages wait there, the client gives up.
   *
   * @returns An iterator that ends after `close()` and after close code 1000, and throws the reason when the client has
   * given up.
   * @throws {@link WebSocketError} (InvalidArgument) when there is a `message` handler.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<string | Uint8Array>;

  /**
   * Closes with 1000; for `await using`.
   *
   * @returns A promise that resolves when the last connection is gone.
   */
  [Symbol.asyncDispose](): Promise<void>;

  /** Closes with 1000; for `using`. */
  [Symbol.dispose](): void;
}
