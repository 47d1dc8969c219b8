import type { ClientRequest, IncomingMessage } from "node:http";

import type { CloseEvent, ErrorEvent, Event, MessageEvent } from "./event-target.js";
import type { RawData } from "./types.js";

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

/** The events of the browser's API. */
export interface WebSocketEventMap {
  open: Event;
  message: MessageEvent;
  close: CloseEvent;
  error: ErrorEvent;
}

/** A listener of the browser's kind. */
export type EventListener<Type extends keyof WebSocketEventMap> =
  | ((event: WebSocketEventMap[Type]) => void)
  | { handleEvent(event: WebSocketEventMap[Type]): void };
