import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

import type { Stage } from "./differential.js";
import { next } from "./watch.js";

/** An HTTP server of the test's own. */
export async function serve(
  stage: Stage,
  handle: (request: IncomingMessage, socket: Duplex) => void,
): Promise<string> {
  const http: HttpServer = createServer();
  http.on("upgrade", (request, socket) => {
    socket.on("error", () => {});
    handle(request, socket);
  });
  http.listen(0, "127.0.0.1");
  stage.context.after(() => {
    http.closeAllConnections();
    http.close();
  });
  await next(http, "listening");
  return `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

/** A correct answer, with what the test changes about it. */
export function answer(
  request: IncomingMessage,
  changes: Readonly<Record<string, string | null>> = {},
): string {
  const key = request.headers["sec-websocket-key"] ?? "";
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const fields = { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Accept": accept, ...changes };
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${value}`],
  );
  return ["HTTP/1.1 101 Switching Protocols", ...lines, "", ""].join("\r\n");
}
