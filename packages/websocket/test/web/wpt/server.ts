import { createServer as createHttp } from "node:http";
import { createSecureServer } from "node:http2";
import type {
  Http2SecureServer,
  Http2ServerRequest,
  Http2ServerResponse,
  ServerHttp2Stream,
} from "node:http2";
import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { once } from "node:events";
import type { Certificate } from "@wireproof/peers";

import { acceptFor } from "../../../src/handshake/accept-key.js";
import { sha1 } from "../../../src/sha1.js";
import { WebSocketServer } from "../../../src/ws/index.js";
import { HANDLERS } from "./handlers.js";
import type { RawPeer } from "./handlers.js";

/** The server of the web-platform-tests: the handlers that they ask for, over ws, over wss, and over HTTP/2 alone. */
export interface TestServer {
  readonly port: number;
  readonly securePort: number;
  readonly http2Port: number;
  close(): void;
}

export async function startTestServer(certificate: Certificate): Promise<TestServer> {
  const http = createHttp();
  const https = createHttps({ key: certificate.key, cert: certificate.cert });
  const http2 = createSecureServer({
    key: certificate.key,
    cert: certificate.cert,
    settings: { enableConnectProtocol: true },
  });
  const servers = [http, https, http2];
  const sockets = new Set<Duplex>();
  for (const server of servers) {
    serve(server, sockets);
    server.listen(0, "localhost");
    await once(server, "listening");
  }
  return {
    port: (http.address() as AddressInfo).port,
    securePort: (https.address() as AddressInfo).port,
    http2Port: (http2.address() as AddressInfo).port,
    close() {
      for (const socket of sockets) socket.destroy();
      for (const server of servers) server.close();
    },
  };
}

function serve(server: HttpServer | Http2SecureServer, sockets: Set<Duplex>): void {
  const openers = [true, false].map(
    (isPlain) =>
      new WebSocketServer({
        noServer: true,
        perMessageDeflate: !isPlain,
        handleProtocols: (_offered, request) => protocolOf(request) ?? false,
      }),
  );
  const kept = new Map<string, string>();
  server.on("connection", (socket: Duplex) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
  });
  server.on("request", (request: IncomingMessage, response: ServerResponse) =>
    answer(request, response, kept),
  );
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, rest: Buffer) =>
    open(request, overHttp1(request, socket), rest),
  );
  server.on("connect", (request: Http2ServerRequest, _response: Http2ServerResponse) =>
    open(request as unknown as IncomingMessage, overHttp2(request.stream), Buffer.alloc(0)),
  );

  function open(request: IncomingMessage, peer: RawPeer, rest: Buffer): void {
    const { socket } = peer;
    socket.on("error", () => {});
    const handler = HANDLERS[nameOf(request)];
    if (handler === undefined) peer.refuse(404);
    else if (handler.raw !== undefined) handler.raw(peer, request);
    else
      setTimeout(() => {
        if (socket.destroyed) return;
        openers[handler.isPlain === true ? 0 : 1]!.handleUpgrade(request, socket, rest, (ws) => {
          ws.on("error", () => {});
          handler.open?.(ws, request);
        });
      }, handler.delayMs ?? 0);
  }
}

function overHttp1({ headers }: IncomingMessage, socket: Duplex): RawPeer {
  const head = (first: string, fields: Readonly<Record<string, string>>): string =>
    [first, ...Object.entries(fields).map((field) => field.join(": ")), "\r\n"].join("\r\n");
  const acceptable = (fields: Readonly<Record<string, string>>): string =>
    head("HTTP/1.1 101 Switching Protocols", {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Accept": acceptFor(headers["sec-websocket-key"] ?? "", sha1),
      ...fields,
    });
  return {
    socket,
    accept: (fields = {}) => void socket.write(acceptable(fields)),
    refuse: (status, fields = {}) =>
      void socket.end(
        head(`HTTP/1.1 ${status} Refused`, { "Content-Length": "0", Connection: "close", ...fields }),
      ),
    answerWrongly: (http1) => void socket.write(http1(acceptable({}))),
  };
}

function overHttp2(stream: ServerHttp2Stream): RawPeer {
  const refuse = (status: number, fields: Readonly<Record<string, string>> = {}): void =>
    stream.respond({ ":status": status, ...fields }, { endStream: true });
  return {
    socket: stream,
    accept: (fields = {}) => stream.respond({ ":status": 200, ...fields }),
    refuse,
    answerWrongly: () => refuse(500),
  };
}

function protocolOf(request: IncomingMessage): string | undefined {
  return HANDLERS[nameOf(request)]?.protocol?.(request);
}

function nameOf({ url = "" }: IncomingMessage): string {
  return url.split("?", 1)[0]!.slice(1);
}

/** What one page puts, another may take: `stash-put` and `stash-take`. */
function answer({ url = "/" }: IncomingMessage, response: ServerResponse, kept: Map<string, string>): void {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  const key = searchParams.get("key") ?? "";
  if (pathname.endsWith("stash-put.py")) kept.set(key, searchParams.get("value") ?? "");
  response.setHeader("access-control-allow-origin", "*");
  response.end(pathname.endsWith("stash-take.py") ? JSON.stringify(kept.get(key) ?? null) : "OK");
}
