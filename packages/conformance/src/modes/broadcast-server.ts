import { createServer } from "@wireproof/websocket";
import type { Server } from "@wireproof/websocket";

import { SERVER_LIMITS } from "./limits.js";

export interface BroadcastServerOptions {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  /** From one tick to the next, in ms. */
  readonly tickMs: number;
}

export interface BroadcastServer {
  readonly port: number;
  close(): Promise<void>;
}

const TOPIC = "all";

/**
 * Starts a server that passes every message on to all clients, the sender included, and says `tick N` to all of them
 * again and again. Rejects when the address cannot be used.
 */
export async function startBroadcastServer(options: BroadcastServerOptions): Promise<BroadcastServer> {
  const { host, port, tls, tickMs } = options;
  const server: Server = createServer({
    origin: "any",
    // A client that does not read loses messages, not the others their time.
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
