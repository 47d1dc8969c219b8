import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { socketTransport, type SocketConnection } from "./socket-transport.js";

export interface ListenOptions {
  /** Name or address to bind to. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Certificate and key in PEM: speak TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Connections at the same time; more are closed as soon as they are accepted. */
  readonly maxConnections: number;
  /** How long TLS may take to be set up, in milliseconds; 10,000 if absent. */
  readonly tlsSetupMs?: number;
  /** With TLS: the protocols that a client can choose from by ALPN, the preferred one first. Default: no ALPN. */
  readonly alpn?: readonly string[];
  /** With TLS: called when a request of HTTP came without it. Its connection is dropped. */
  readonly onPlainRequest?: () => void;
  /** `from`: the address of the client. What the client sends is kept until `attach` is called. */
  readonly onConnection: (connection: SocketConnection, from: string) => void;
}

export interface Listener {
  /** `ws://host:port`, or `wss://host:port`. */
  readonly url: string;
  readonly port: number;
  /**
   * Accepts no more connections, and resolves when the last one has ended. Those that are left after `graceMs`
   * milliseconds are dropped.
   */
  close(graceMs: number): Promise<void>;
}

const TLS_SETUP_MS = 10_000;

/** Listens for TCP, or for TLS. Rejects with the error of the system if the address cannot be bound. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const server = createListener(options);
  server.maxConnections = options.maxConnections;
  const sockets = trackSockets(server);
  await bound(server, options);
  const { port } = server.address() as AddressInfo;
  const scheme = options.tls === undefined ? "ws" : "wss";
  return {
    url: `${scheme}://${urlHost(options.host)}:${port}`,
    port,
    close: (graceMs) => shut(server, sockets, graceMs),
  };
}

/** An address as it is written in a URL. For an address that means "all addresses", one that can be dialled. */
export function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::" || host === "") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

/** Allows half-open connections, so that a client's last octets still arrive after we have closed our direction. */
function createListener({
  tls,
  alpn,
  tlsSetupMs = TLS_SETUP_MS,
  onConnection,
  onPlainRequest,
}: ListenOptions): Server {
  const accept = (socket: Socket): void => {
    socket.on("error", ignore);
    // A listener for IPv6 and IPv4 shows IPv4 addresses as mapped ones (RFC 4291 §2.5.5.2).
    const from = socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, "") ?? "an unknown address";
    onConnection(socketTransport(socket), from);
  };
  if (tls === undefined) return createServer({ allowHalfOpen: true, noDelay: true }, accept);
  const options = {
    ...tls,
    ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
    handshakeTimeout: tlsSetupMs,
    allowHalfOpen: true,
    noDelay: true,
  };
  const server = createTlsServer(options, accept);
  server.on("tlsClientError", (error, socket) => {
    socket.destroy();
    if ("code" in error && error.code === "ERR_SSL_HTTP_REQUEST") onPlainRequest?.();
  });
  return server;
}

/** The TCP sockets of the server, including those on which TLS is still being set up. */
function trackSockets(server: Server): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", ignore);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}

function bound(server: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      // Accepting may fail later if there are no more file descriptors. That must not end the process.
      server.on("error", ignore);
      resolve();
    });
  });
}

function shut(server: Server, sockets: ReadonlySet<Socket>, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function ignore(): void {}
