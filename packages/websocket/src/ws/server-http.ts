import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** The answer of a server that made its HTTP server itself to plain requests (RFC 9110 §15.5.22). */
export function answerPlainly(_request: IncomingMessage, response: ServerResponse): void {
  const body = "Upgrade Required";
  response.writeHead(426, {
    "Content-Length": body.length,
    "Content-Type": "text/plain",
    Upgrade: "websocket",
  });
  response.end(body);
}

/** Throws an Error for a socket that was opened before: two servers listen to the same HTTP server. */
export function openOnce(socket: Duplex): void {
  if (opened.has(socket)) {
    throw new Error(
      "server.handleUpgrade() was called more than once with the same socket, possibly due to a misconfiguration",
    );
  }
  opened.add(socket);
}

const opened: WeakSet<Duplex> = new WeakSet();
