/**
 * A secure WebSocket server and client: strict, clean in every closing, without dependencies. docs/websocket.md is the
 * guide.
 *
 * @packageDocumentation
 */
export { createServer } from "./server/server.js";
export type { CountOptions, Server, ShutdownOptions } from "./server/server.js";
export type { ListenOptions } from "./server/listener.js";
export type {
  ServerOptions,
  TrustProxyOptions,
  UpgradeAnswer,
  UpgradeRefusal,
  UpgradeRequest,
  UpgradeResult,
} from "./server/options.js";
export { connect } from "./client/connect.js";
export type { ClientConnection } from "./client/connect.js";
export type { ConnectOptions, RedirectOptions } from "./client/options.js";
export type { CloseInfo, HandshakeInfo, SendOptions, WebSocketConnection } from "./session/connection.js";
export type { MessageStream } from "./session/message-streams.js";
export type { StreamSource } from "./session/send-stream.js";
export type { Engine, EngineHost } from "./session/engine.js";
export { frame } from "./session/prepared.js";
export type { PreparedMessage } from "./session/prepared.js";
export type { Counters } from "./session/counters.js";
export { CloseCode } from "./protocol/close-code.js";
export type { Counters as ConnectionCounters } from "./protocol/counters.js";
export type { MessageData } from "./session/data.js";
export type { Handlers } from "./session/handlers.js";
export type { BacklogPolicy, ConnectionLimits, ServerLimits } from "./session/limits.js";
export { DEFAULT_CONNECTION_LIMITS, DEFAULT_SERVER_LIMITS } from "./session/limits.js";
export type { CommonOptions } from "./session/options.js";
export type { Liveness } from "./session/liveness.js";
export type { RateLimit, RateOptions, RatePolicy } from "./session/rate.js";
export type { CompressionOptions } from "./session/settings.js";
export { ErrorCode, WebSocketError } from "./errors.js";
export type { ErrorDetails } from "./errors.js";
export type { OriginCheck, OriginPolicy } from "./server/origin.js";
export type { HandshakeProblemId } from "./handshake/problem.js";
export type { Leniency, Limits } from "./protocol/limits.js";
export type { ViolationId } from "./protocol/violation.js";
export { readMode } from "./transport/static-read.js";
export type { ReadMode } from "./transport/static-read.js";
