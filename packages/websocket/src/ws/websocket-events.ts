import type { ClientRequest, IncomingMessage } from "node:http";

import type { Data, RawData } from "./types.js";

/**
 * The events of a WebSocket with their arguments.
 *
 * @example
 * ```ts
 * import type { WebSocketEvents } from "@wireproof/websocket/ws";
 *
 * const onClose = (...[code, reason]: WebSocketEvents["close"]): string => `${code} ${reason.toString()}`;
 * console.assert(onClose(1000, Buffer.from("done")) === "1000 done");
 * ```
 */
export interface WebSocketEvents {
  /** The connection is open. */
  open: [];
  /** A message came. */
  message: [data: RawData, isBinary: boolean];
  /** The connection is gone (RFC 6455 §7.1.4); once, and last. */
  close: [code: number, reason: Buffer];
  /** Something went wrong; `close` follows. */
  error: [error: Error];
  /** A ping came (RFC 6455 §5.5.2). */
  ping: [data: Buffer];
  /** A pong came (RFC 6455 §5.5.3). */
  pong: [data: Buffer];
  /** The server's answer came, on a client. */
  upgrade: [response: IncomingMessage];
  /** The server refused, on a client. */
  "unexpected-response": [request: ClientRequest, response: IncomingMessage];
  /** The server redirects, on a client that follows. */
  redirect: [url: string, request: ClientRequest];
}

/** A listener of the emitter. The arguments of unknown events are not known. */
// oxlint-disable-next-line typescript/no-explicit-any -- with `unknown`, listeners could not declare their arguments
export type Listener<Self, Args extends readonly unknown[] = any[]> = (this: Self, ...args: Args) => void;

/** An event of the browser's API; `Target` is the class of the WebSocket, which is declared above this file. */
export interface Event<Target> {
  /** Such as "open". */
  type: string;
  /** The WebSocket that it happened to. */
  target: Target;
}

/** The connection is gone. */
export interface CloseEvent<Target> extends Event<Target> {
  /** The close code (RFC 6455 §7.1.5). */
  code: number;
  /** The close reason (RFC 6455 §7.1.6), or "". */
  reason: string;
  /** Whether both Close frames went over the wire (RFC 6455 §7.1.4). */
  wasClean: boolean;
}

/** Something went wrong. */
export interface ErrorEvent<Target> extends Event<Target> {
  /** What went wrong. */
  // oxlint-disable-next-line typescript/no-explicit-any -- applications use its `code` and other properties
  error: any;
  /** Its message. */
  message: string;
}

/** A message came. */
export interface MessageEvent<Target> extends Event<Target> {
  /** Text as a string; binary data by `binaryType`. */
  data: Data;
}

/** The events of the browser's API by name. */
export interface WebSocketEventMap<Target> {
  /** The connection is open. */
  open: Event<Target>;
  /** A message came. */
  message: MessageEvent<Target>;
  /** The connection is gone. */
  close: CloseEvent<Target>;
  /** Something went wrong. */
  error: ErrorEvent<Target>;
}

/**
 * How a listener of the browser's kind is added.
 *
 * @example
 * ```ts
 * import { WebSocket, type EventListenerOptions } from "@wireproof/websocket/ws";
 *
 * const options: EventListenerOptions = { once: true };
 * const ws = new WebSocket(null);
 * ws.addEventListener("message", () => undefined, options);
 * console.assert(ws.listenerCount("message") === 1);
 * ```
 */
export interface EventListenerOptions {
  /** Whether it is removed when it is called. Default false. */
  once?: boolean | undefined;
}

/** A listener of the browser's kind. */
export type EventListener<Type extends keyof WebSocketEventMap<Target>, Target> =
  | ((event: WebSocketEventMap<Target>[Type]) => void)
  | { handleEvent(event: WebSocketEventMap<Target>[Type]): void };
