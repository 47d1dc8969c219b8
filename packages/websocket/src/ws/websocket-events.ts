import type { ClientRequest, IncomingMessage } from "node:http";

import type { Data, RawData } from "./types.js";

/** The events of a WebSocket with their arguments. */
export interface WebSocketEvents {
  open: [];
  message: [data: RawData, isBinary: boolean];
  close: [code: number, reason: Buffer];
  error: [error: Error];
  ping: [data: Buffer];
  pong: [data: Buffer];
  upgrade: [response: IncomingMessage];
  "unexpected-response": [request: ClientRequest, response: IncomingMessage];
  redirect: [url: string, request: ClientRequest];
}

/** A listener of the emitter. The arguments of unknown events are not known. */
// oxlint-disable-next-line typescript/no-explicit-any -- with `unknown`, listeners could not declare their arguments
export type Listener<Self, Args extends readonly unknown[] = any[]> = (this: Self, ...args: Args) => void;

/** The events of the browser's API; `Target` is the class of the WebSocket, which is declared above this file. */
export interface Event<Target> {
  type: string;
  target: Target;
}

export interface CloseEvent<Target> extends Event<Target> {
  code: number;
  reason: string;
  wasClean: boolean;
}

export interface ErrorEvent<Target> extends Event<Target> {
  // oxlint-disable-next-line typescript/no-explicit-any -- applications use its `code` and other properties
  error: any;
  message: string;
}

export interface MessageEvent<Target> extends Event<Target> {
  data: Data;
}

export interface WebSocketEventMap<Target> {
  open: Event<Target>;
  message: MessageEvent<Target>;
  close: CloseEvent<Target>;
  error: ErrorEvent<Target>;
}

export interface EventListenerOptions {
  once?: boolean | undefined;
}

/** A listener of the browser's kind. */
export type EventListener<Type extends keyof WebSocketEventMap<Target>, Target> =
  | ((event: WebSocketEventMap<Target>[Type]) => void)
  | { handleEvent(event: WebSocketEventMap<Target>[Type]): void };
