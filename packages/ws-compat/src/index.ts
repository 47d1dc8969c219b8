/** Takes the place of the package `ws`, as an override or an alias, for `import`. */
export {
  createWebSocketStream,
  extension,
  PerMessageDeflate,
  Receiver,
  Sender,
  Server,
  subprotocol,
  WebSocket,
  WebSocketServer,
  // oxlint-disable-next-line import/no-default-export -- what `import WebSocket from "ws"` means
  WebSocket as default,
} from "@wireproof/websocket/ws";
export type * from "@wireproof/websocket/ws";
