import type { ClientRequest, IncomingMessage } from "node:http";

import type { Data, RawData } from "./types.js";
import type { WebSocket } from "./websocket.js";

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

/** A listener of the emitter. Of events that are not known, nobody knows the arguments. */
// oxlint-disable-next-line typescript/no-explicit-any -- with unknown, nobody could say what their arguments are
export type Listener<Self, Args extends readonly unknown[] = any[]> = (this: Self, ...args: Args) => void;

/**
 * An event of the browser's API.
 *
 * @example
 * ```ts
 * import { WebSocket, type Event } from "@wireproof/websocket/ws";
 *
 * const types: string[] = [];
 * const ws = new WebSocket("ws://127.0.0.1:1");
 * ws.onerror = (event: Event) => types.push(event.type);
 * await new Promise((resolve) => (ws.onclose = resolve));
 * console.assert(types.join() === "error");
 * ```
 */
export interface Event {
  /** Such as "open". */
  type: string;
  /** The WebSocket that it happened to. */
  target: WebSocket;
}

/**
 * The connection is gone.
 *
 * @example
 * ```ts
 * import { WebSocket, type CloseEvent } from "@wireproof/websocket/ws";
 *
 * const ws = new WebSocket("ws://127.0.0.1:1");
 * ws.onerror = () => undefined;
 * ws.onclose = ({ code, wasClean }: CloseEvent) => console.assert(code === 1006 && !wasClean);
 * ```
 */
export interface CloseEvent extends Event {
  /** The close code (RFC 6455 §7.1.5). */
  code: number;
  /** The close reason (RFC 6455 §7.1.6), or "". */
  reason: string;
  /** Whether both Close frames went over the wire (RFC 6455 §7.1.4). */
  wasClean: boolean;
}

/**
 * Something went wrong.
 *
 * @example
 * ```ts
 * import { WebSocket, type ErrorEvent } from "@wireproof/websocket/ws";
 *
 * const ws = new WebSocket("ws://127.0.0.1:1");
 * ws.onerror = ({ message, error }: ErrorEvent) => console.assert(message !== "" && error instanceof Error);
 * ```
 */
export interface ErrorEvent extends Event {
  /** What went wrong. */
  // oxlint-disable-next-line typescript/no-explicit-any -- applications look at its code and the like
  error: any;
  /** Its message. */
  message: string;
}

/**
 * A message came.
 *
 * @example
 * ```ts
 * import type { MessageEvent } from "@wireproof/websocket/ws";
 *
 * const lengthOf = ({ data }: MessageEvent): number => (typeof data === "string" ? data.length : 0);
 * console.assert(typeof lengthOf === "function");
 * ```
 */
export interface MessageEvent extends Event {
  /** Text as a string; binary data by `binaryType`. */
  data: Data;
}

/**
 * The events of the browser's API by name.
 *
 * @example
 * ```ts
 * import { WebSocket, type WebSocketEventMap } from "@wireproof/websocket/ws";
 *
 * const types: (keyof WebSocketEventMap)[] = ["open", "message", "close", "error"];
 * const ws = new WebSocket("ws://127.0.0.1:1");
 * const seen: string[] = [];
 * for (const type of types) ws.addEventListener(type, (event) => seen.push(event.type));
 * await new Promise((resolve) => ws.on("close", resolve));
 * console.assert(seen.join() === "error,close");
 * ```
 */
export interface WebSocketEventMap {
  /** The connection is open. */
  open: Event;
  /** A message came. */
  message: MessageEvent;
  /** The connection is gone. */
  close: CloseEvent;
  /** Something went wrong. */
  error: ErrorEvent;
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
export type EventListener<Type extends keyof WebSocketEventMap> =
  | ((event: WebSocketEventMap[Type]) => void)
  | { handleEvent(event: WebSocketEventMap[Type]): void };
