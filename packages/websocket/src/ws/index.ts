/**
 * The interface of the package `ws` over this endpoint; what differs on purpose is in docs/ws-compat.md.
 *
 * @packageDocumentation
 */
import { extension } from "./extension.js";
import { PerMessageDeflate } from "./permessage-deflate.js";
import { Receiver } from "./receiver.js";
import { Sender } from "./sender.js";
import { WebSocketServer } from "./server.js";
import { createWebSocketStream } from "./stream.js";
import { subprotocol } from "./subprotocol.js";
import { WebSocket } from "./websocket.js";

// `require("ws")` is the class with everything else on it, and so is the default export.
WebSocket.WebSocket = WebSocket;
WebSocket.Server = WebSocketServer;
WebSocket.WebSocketServer = WebSocketServer;
WebSocket.createWebSocketStream = createWebSocketStream;
WebSocket.Sender = Sender;
WebSocket.Receiver = Receiver;
WebSocket.PerMessageDeflate = PerMessageDeflate;
WebSocket.extension = extension;
WebSocket.subprotocol = subprotocol;

export {
  createWebSocketStream,
  extension,
  PerMessageDeflate,
  Receiver,
  Sender,
  subprotocol,
  WebSocket,
  WebSocketServer,
};
export { WebSocketServer as Server };
// What `ws` exports by default, applications import by default.
// oxlint-disable-next-line import/no-default-export
export { WebSocket as default };
export type {
  ClientOptions,
  CloseEvent,
  ErrorEvent,
  Event,
  FinishRequestCallback,
  MessageEvent,
  WebSocketEventMap,
} from "./websocket.js";
export type { EventListenerOptions, WebSocketEvents } from "./websocket-events.js";
export type { ServerEvents, ServerOptions, UpgradeCallback } from "./server.js";
export type { AgreedParameters, PerMessageDeflateSettings } from "./permessage-deflate.js";
export type { FrameOptions } from "./raw-frame.js";
export type { ReceiverEvents, ReceiverOptions } from "./receiver.js";
export type {
  AddressInfo,
  BinaryType,
  BufferLike,
  CertMeta,
  ControlCallback,
  Data,
  GenerateMask,
  PerMessageDeflateOptions,
  RawData,
  SendCallback,
  SendOptions,
  SocketOptions,
  VerifyClientCallbackAsync,
  VerifyClientCallbackSync,
  VerifyClientInfo,
} from "./types.js";
