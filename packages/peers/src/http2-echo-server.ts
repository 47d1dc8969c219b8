import { createServer } from "@wireproof/websocket";

import type { PeerOptions, RunningPeer } from "./peer.js";

/** As much as section 9 sends in one message, and in fragments; and time for the echo of 8 MiB that 28.2.2 leaves unread at first. */
const LIMITS = {
  messageOctets: 64 * 1024 * 1024,
  backlogOctets: 256 * 1024 * 1024,
  fragments: 100_000,
  closeMs: 20_000,
};

/**
 * Starts the echo server of @wireproof/websocket that speaks HTTP/2 (RFC 8441) and HTTP/1.1 on one port: with TLS the
 * client chooses by ALPN, without it by its first octets. Compresses every message if the client offers it.
 */
export async function startHttp2EchoServer(options: PeerOptions = {}): Promise<RunningPeer> {
  const { host = "127.0.0.1", port: wanted = 0, tls } = options;
  const server = createServer({
    ...(tls === undefined ? {} : { tls }),
    limits: LIMITS,
    origin: "any",
    compression: { threshold: 0 },
    message: (ws, data) => ws.send(data),
  });
  const { port } = await server.listen({ port: wanted, host, http2: true });
  return {
    url: `${tls === undefined ? "ws" : "wss"}://${host.includes(":") ? `[${host}]` : host}:${port}`,
    port,
    close: () => server.close({ drainMs: 0 }),
  };
}
