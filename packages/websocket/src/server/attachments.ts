import { ServerResponse } from "node:http";
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

import { hasToken, isSameToken } from "../handshake/fields.js";
import { parseTarget } from "../handshake/target.js";

/** Something that receives opening handshakes from an HTTP server. */
export interface Attachment {
  /** Whether it takes requests for this path. */
  takes(path: string): boolean;
  handle(request: IncomingMessage, socket: Duplex, head: Uint8Array): void;
  /** Nothing takes the path and nothing else listens, but the request has to be answered. */
  refuseUnknownPath(socket: Duplex, request: HasHeaders): void;
}

/** A request, over either version of HTTP. */
export interface HasHeaders {
  readonly rawHeaders: readonly string[];
}

const attached = new WeakMap<HttpServer, Attachment[]>();

/**
 * Attaches to an HTTP server, which may belong to the application. Several servers with different paths may share one;
 * the first that takes a path gets the request. Returns a function that detaches from it.
 */
export function attach(server: HttpServer, attachment: Attachment): () => void {
  const others = attached.get(server);
  if (others !== undefined) others.push(attachment);
  else {
    attached.set(server, [attachment]);
    server.on("upgrade", onUpgrade);
  }
  return () => detach(server, attachment);
}

/** The part of a request target before "?". */
export function pathOf(target: string): string {
  const end = target.indexOf("?");
  return end < 0 ? target : target.slice(0, end);
}

function detach(server: HttpServer, attachment: Attachment): void {
  const all = attached.get(server) ?? [];
  const left = all.filter((other) => other !== attachment);
  if (left.length > 0) attached.set(server, left);
  else if (attached.delete(server)) server.off("upgrade", onUpgrade);
}

function onUpgrade(this: HttpServer, request: IncomingMessage, socket: Duplex, head: Uint8Array): void {
  const all = attached.get(this) ?? [];
  const isAlone = this.listenerCount("upgrade") === 1;
  if (isAlone && isForTheApplication(request)) return handBack(this, request, socket);
  const target = request.url ?? "/";
  const path = pathOf(parseTarget(target)?.path ?? target);
  const taker = all.find((attachment) => attachment.takes(path));
  if (taker !== undefined) taker.handle(request, socket, head);
  // Another listener of the application may handle it.
  else if (isAlone) all[0]?.refuseUnknownPath(socket, request);
}

/**
 * Some clients offer HTTP/2 with every request ("Upgrade: h2c"). A server that does not want it goes on with HTTP/1.1
 * (RFC 9110 §7.8), but as soon as there is a listener for `upgrade`, Node does not pass such requests to the
 * application.
 */
function isForTheApplication(request: IncomingMessage): boolean {
  if (namesWebSocket(request.rawHeaders)) return false;
  const { headers } = request;
  const { "content-length": length = "0", "transfer-encoding": coding } = headers;
  return length === "0" && coding === undefined;
}

/** Not by `headers`, which node:http makes when first asked for: most servers never read it. */
function namesWebSocket(rawHeaders: readonly string[]): boolean {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const isUpgrade = isSameToken(rawHeaders[at]!, "upgrade");
    if (isUpgrade && hasToken([rawHeaders[at + 1]!], "websocket")) return true;
  }
  return false;
}

function handBack(server: HttpServer, request: IncomingMessage, socket: Duplex): void {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  try {
    response.assignSocket(socket as Socket);
  } catch {
    // The answer to an earlier request of the same read still uses the socket. A client that mixes the two gets
    // neither.
    socket.destroy();
    return;
  }
  socket.on("error", () => socket.destroy());
  socket.resume();
  response.once("finish", () => {
    response.detachSocket(socket as Socket);
    socket.end(() => socket.destroy());
  });
  request.push(null);
  server.emit("request", request, response);
}
