import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { IncomingMessage, Server as HttpServer, ServerOptions, ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, ListenOptions } from "node:net";
import type { Duplex } from "node:stream";
import type { TlsOptions } from "node:tls";

import { warn } from "../session/calls.js";
import type { ServerLimits } from "../session/limits.js";
import { attach } from "./attachments.js";
import type { Attachment } from "./attachments.js";
import { LONGEST_TIMER_MS } from "./pending-opening.js";
import { RawSockets } from "./raw-sockets.js";
import { REFUSALS } from "./refuse.js";
import type { OpeningRefusal } from "./refuse.js";

/** So many sockets beyond the limit of connections are accepted, only to be refused. */
const ROOM_FOR_REFUSALS = 128;

/** Answers what arrives at a listener. */
export interface Receiver extends Attachment {
  refuse(socket: Duplex, refused: OpeningRefusal): void;
}

/** An HTTP server that exists only to answer opening handshakes. */
export class Listener {
  readonly #server: HttpServer;
  readonly #sockets: RawSockets;

  constructor(tls: TlsOptions | undefined, limits: ServerLimits, receiver: Receiver) {
    const server = createHttp(tls, limits);
    this.#server = server;
    this.#sockets = new RawSockets(limits.perAddress);
    // All of them, within the limit of octets: a field that is left out could be important.
    server.maxHeadersCount = 0;
    if (Number.isFinite(limits.connections)) server.maxConnections = limits.connections + ROOM_FOR_REFUSALS;
    server.on("connection", (socket) => this.#sockets.add(socket));
    server.on("clientError", (error, socket) => refuseBroken(error, socket, receiver));
    server.on("connect", (request, socket, head) => receiver.handle(request, socket, head));
    attach(server, receiver);
  }

  /** Resolves with the address; rejects if the address cannot be used. */
  async listen(options: ListenOptions): Promise<AddressInfo> {
    this.#server.listen(options);
    await once(this.#server, "listening");
    // Such as running out of file descriptors while accepting: no reason to end the process.
    this.#server.on("error", warn);
    return this.#server.address() as AddressInfo;
  }

  /** Accepts no more sockets; resolves when the last one is gone. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
    });
  }

  destroySockets(): void {
    this.#sockets.destroyAll();
  }
}

function createHttp(tls: TlsOptions | undefined, limits: ServerLimits): HttpServer {
  const handshakeMs = Math.min(Math.ceil(limits.handshakeMs), LONGEST_TIMER_MS);
  const options: ServerOptions = {
    maxHeaderSize: Math.min(Math.ceil(limits.handshakeOctets), 2 ** 30),
    headersTimeout: handshakeMs,
    requestTimeout: handshakeMs,
    keepAliveTimeout: Math.min(5_000, handshakeMs),
    // Node checks for requests that take too long only at intervals, by default of 30 s.
    connectionsCheckingInterval: Math.max(20, Math.min(5_000, Math.ceil(handshakeMs / 4))),
  };
  if (tls === undefined) return createHttpServer(options, answerPlainRequest);
  const defaults = { ALPNProtocols: ["http/1.1"], handshakeTimeout: handshakeMs };
  return createHttpsServer({ ...defaults, ...tls, ...options }, answerPlainRequest);
}

/** RFC 9110 §15.5.22: a request that does not ask for WebSocket. */
function answerPlainRequest(request: IncomingMessage, response: ServerResponse): void {
  const body = "This is a WebSocket server; ask for an upgrade.\n";
  response.writeHead(426, {
    Connection: "Upgrade, close",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(request.method === "HEAD" ? "" : body);
}

/** The octets are no HTTP request, took too long, or are too many. */
function refuseBroken(error: Error & { code?: string }, socket: Duplex, receiver: Receiver): void {
  if (error.code === "ECONNRESET" || !socket.writable) socket.destroy();
  else if (error.code === "HPE_HEADER_OVERFLOW") receiver.refuse(socket, REFUSALS["headers-too-large"]);
  else if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") receiver.refuse(socket, REFUSALS["request-timeout"]);
  else receiver.refuse(socket, REFUSALS["http-malformed"]);
}
