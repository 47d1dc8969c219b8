/** What the entry for Node and the one for browsers have in common. */
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
