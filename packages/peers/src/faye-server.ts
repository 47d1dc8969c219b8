import FayeWebSocket from "faye-websocket";

import { createWebServer, upgradeRequired } from "./http-server.js";
import { ignore, listen } from "./listen.js";
import type { PeerOptions, RunningPeer } from "./peer.js";
import { versionOf } from "./version.js";

/** Starts an echo server on faye-websocket, with its default limits (messages up to 64 MiB). */
export function startFayeServer(options: PeerOptions = {}): Promise<RunningPeer> {
  const headers = { Server: `faye-websocket/${versionOf("faye-websocket")}` };
  const server = createWebServer(options.tls, upgradeRequired);
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", ignore);
    if (!FayeWebSocket.isWebSocket(request)) {
      socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const webSocket = new FayeWebSocket(request, socket, head, [], { headers });
    webSocket.on("message", (event) => webSocket.send(event.data));
  });
  return listen(server, options);
}
