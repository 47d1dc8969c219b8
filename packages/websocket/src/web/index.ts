/**
 * The interfaces of browsers on this package's client: `WebSocket` of the WHATWG's standard and `WebSocketStream` as Chromium
 * has it. docs/websocket-web.md is the guide.
 *
 * @packageDocumentation
 */
export { WebSocket } from "./websocket.js";
export type { BinaryType, WebSocketEventMap } from "./websocket.js";
export type { Handler } from "./event-handlers.js";
export type { WebSocketOptions } from "./opening.js";
export { CloseEvent } from "./events.js";
export type { CloseEventInit, WebSocketErrorEvent } from "./events.js";
export { WebSocketStream } from "./websocket-stream.js";
export type { WebSocketOpenInfo, WebSocketStreamOptions } from "./websocket-stream.js";
export { WebSocketError } from "./websocket-error.js";
export type { WebSocketCloseInfo } from "./websocket-error.js";
export { installGlobals } from "./install.js";
