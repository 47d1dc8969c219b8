import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { IncomingMessage, Server as HttpServer, ServerOptions, ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, ListenOptions as NetListenOptions, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TlsOptions } from "node:tls";

import { warn } from "../session/calls.js";
import type { ServerLimits } from "../session/limits.js";
import { attach } from "./attachments.js";
import type { Attachment } from "./attachments.js";
import type { StreamAttachment } from "./http2-attachments.js";
import { addHttp2 } from "./http2-front.js";
import type { Http2Front } from "./http2-front.js";
import { LONGEST_TIMER_MS } from "../transport/time.js";
import { addProxyFront } from "./proxy-front.js";
import { RawSockets } from "./raw-sockets.js";
import { REFUSALS } from "./refuse.js";
import type { OpeningRefusal } from "./refuse.js";
import type { TrustedProxies } from "./trusted-proxies.js";

/** So many sockets beyond the limit of connections are accepted, only to be refused. */
const ROOM_FOR_REFUSALS = 128;

/** Answers what arrives at a listener. */
export interface Receiver extends Attachment, StreamAttachment {
  refuse(socket: Duplex, refused: OpeningRefusal): void;
}

/**
 * Where to listen, as for `net.Server.listen`, and whether HTTP/2 is spoken there.
 *
 * @example
 * ```ts
 * import { connect, createServer, type ListenOptions } from "@wireproof/websocket";
 *
 * const options: ListenOptions = { port: 0, host: "127.0.0.1", http2: true };
 * await using server = createServer({ open: (ws) => ws.send(`HTTP/${ws.handshake.httpVersion}`) });
 * const { port } = await server.listen(options);
 * for await (const message of await connect(`ws://127.0.0.1:${port}`)) {
 *   console.assert(message === "HTTP/1.1");
 *   break;
 * }
 * ```
 */
export interface ListenOptions extends NetListenOptions {
  /**
   * Whether to take WebSocket over HTTP/2 (RFC 8441) as well as over HTTP/1.1 on the same port: with TLS the client chooses
   * by ALPN, without it by its first octets. Default false.
   */
  readonly http2?: boolean;
  /**
   * Whether other processes and threads may listen on the same port, with the same option (SO_REUSEPORT): the system
   * shares the connections out. Where Node or the system cannot, `listen` rejects: it takes Node 22.12, 23.1 or later, and
   * Linux, FreeBSD 12 or another system that balances. Default false.
   */
  readonly reusePort?: boolean;
}

/** An HTTP server that exists only to answer opening handshakes. */
export class Listener {
  readonly #server: HttpServer;
  readonly #http2: Http2Front | undefined;
  readonly #sockets: RawSockets;

  constructor(
    tls: TlsOptions | undefined,
    limits: ServerLimits,
    receiver: Receiver,
    isHttp2: boolean,
    proxies: TrustedProxies | undefined,
  ) {
    const server = createHttp(tls, limits, isHttp2);
    this.#server = server;
    this.#sockets = new RawSockets(limits.perAddress);
    // All of them, within the limit of octets: a field that is left out could be important.
    server.maxHeadersCount = 0;
    if (Number.isFinite(limits.connections)) server.maxConnections = limits.connections + ROOM_FOR_REFUSALS;
    server.on("clientError", (error, socket) => refuseBroken(error, socket, receiver));
    server.on("connect", (request, socket, head) => receiver.handle(request, socket, head));
    attach(server, receiver);
    this.#http2 = isHttp2 ? addHttp2(server, tls !== undefined, limits, receiver) : undefined;
    if (proxies?.proxyProtocol) {
      const introduced = (socket: Socket): void => this.#sockets.move(socket, proxies.addressOf(socket));
      addProxyFront(server, proxies, handshakeMsOf(limits), introduced);
    }
    server.on("connection", (socket) => {
      if (proxies?.trusts(socket) === true) this.#sockets.addProxy(socket);
      else this.#sockets.add(socket);
    });
  }

  /** Resolves with the address; rejects if the address cannot be used. */
  async listen(options: NetListenOptions): Promise<AddressInfo> {
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
      this.#http2?.stop();
    });
  }

  destroySockets(): void {
    this.#sockets.destroyAll();
  }
}

function createHttp(tls: TlsOptions | undefined, limits: ServerLimits, isHttp2: boolean): HttpServer {
  const handshakeMs = handshakeMsOf(limits);
  const options: ServerOptions = {
    maxHeaderSize: Math.min(Math.ceil(limits.handshakeOctets), 2 ** 30),
    headersTimeout: handshakeMs,
    requestTimeout: handshakeMs,
    keepAliveTimeout: Math.min(5_000, handshakeMs),
    // Node checks for requests that take too long only at intervals, by default of 30 s.
    connectionsCheckingInterval: Math.max(20, Math.min(5_000, Math.ceil(handshakeMs / 4))),
  };
  if (tls === undefined) return createHttpServer(options, answerPlainRequest);
  const ALPNProtocols = isHttp2 ? ["h2", "http/1.1"] : ["http/1.1"];
  const defaults = { ALPNProtocols, handshakeTimeout: handshakeMs };
  return createHttpsServer({ ...defaults, ...tls, ...options }, answerPlainRequest);
}

function handshakeMsOf({ handshakeMs }: ServerLimits): number {
  return Math.min(Math.ceil(handshakeMs), LONGEST_TIMER_MS);
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
