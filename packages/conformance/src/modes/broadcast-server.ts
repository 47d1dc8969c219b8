import { createServer } from "@wireproof/websocket";
import type { Server } from "@wireproof/websocket";

import { SERVER_LIMITS } from "./limits.js";

export interface BroadcastServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  /** Interval between two ticks, in ms. */
  readonly tickMs: number;
}

export interface BroadcastServer {
  readonly port: number;
  close(): Promise<void>;
}

const TOPIC = "all";

/**
 * Starts a server that sends every message to all clients, including the sender, and `tick N` to all of them at an
 * interval. Rejects if the address cannot be used.
 */
export async function startBroadcastServer(options: BroadcastServerOptions): Promise<BroadcastServer> {
  const { host, port, tls, tickMs } = options;
  const server: Server = createServer({
    origin: "any",
    // A client that does not read loses messages. It does not delay the others.
    limits: { ...SERVER_LIMITS, backlogOctets: 1024 * 1024, onBacklog: "drop" },
    ...(tls === undefined ? {} : { tls }),
    open: (ws) => ws.subscribe(TOPIC),
    message: (_ws, data) => server.publish(TOPIC, data),
  });
  const address = await server.listen(port, host);
  let ticks = 0;
  const timer = setInterval(() => {
    ticks++;
    server.publish(TOPIC, `tick ${ticks}`);
  }, tickMs);
  return {
    port: address.port,
    close: () => {
      clearInterval(timer);
      return server.close({ drainMs: 2_000 });
    },
  };
}
