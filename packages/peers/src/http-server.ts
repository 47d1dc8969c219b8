import { createServer as createHttpServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";

import type { KeyPair } from "wireproof/certificate";

/** An HTTP server, or an HTTPS server if there is a certificate; not yet listening. */
export function createWebServer(tls: KeyPair | undefined, onRequest: RequestListener): Server {
  if (tls === undefined) return createHttpServer(onRequest);
  return createHttpsServer({ key: tls.key, cert: tls.cert }, onRequest);
}

/** What a WebSocket server says to a request that is not an opening handshake (RFC 9110 §15.5.22). */
export const upgradeRequired: RequestListener = (_request, response) => {
  const body = "This server speaks WebSocket only.\n";
  response.writeHead(426, {
    Connection: "Upgrade, close",
    Upgrade: "websocket",
    "Content-Type": "text/plain",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
};
