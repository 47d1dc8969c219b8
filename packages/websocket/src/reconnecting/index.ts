/**
 * A WebSocket client that connects again by itself, over `connect`. Bundlers for browsers find browser.ts instead, with the
 * same interface over the platform's WebSocket. docs/reconnecting.md is the guide.
 *
 * @packageDocumentation
 */
export { reconnecting } from "./reconnecting.js";
export type { ConnectSettings, ReconnectingOptions } from "./over-connect.js";
export { DEFAULT_BACKOFF } from "./backoff.js";
export type { Backoff } from "./backoff.js";
export { DEFAULT_BUFFER } from "./buffer.js";
export type { BufferLimits } from "./buffer.js";
export type { ReconnectQuestion, StateChange } from "./machine.js";
export type {
  ApplicationPing,
  Attempt,
  CommonReconnectingOptions,
  ReconnectingHandlers,
  ReconnectingTarget,
  ReconnectingUrl,
  ResumingConnection,
} from "./options.js";
export type { ReconnectingCounters, ReconnectingWebSocket, Sendable } from "./surface.js";
export type { ConnectionEnd } from "./verdict.js";
export { ErrorCode, WebSocketError } from "../errors.js";
export type { ErrorDetails } from "../errors.js";
