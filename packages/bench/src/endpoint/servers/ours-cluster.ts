/**
 * `@wireproof/websocket` in several processes, as many as the first argument says: workers of node:cluster, joined by its
 * engine, which share the connections.
 */
import nodeCluster from "node:cluster";
import type { Worker } from "node:cluster";
import { once } from "node:events";

import { createServer } from "@wireproof/websocket";
import { cluster, setupPrimary } from "@wireproof/websocket/engines";

import type { ServerSetup, ServerUp } from "../protocol.js";
import { serve } from "./serve.js";

const TOPIC = "all";
/** All connections come from one address, which the default limit is there to prevent. */
const LIMITS = { perAddress: 20_000, connections: 20_000 };
const PROCESSES = Number(process.argv[2]);

if (nodeCluster.isPrimary) await serve(startAll);
else await startOne();

async function startAll(_setup: ServerSetup): Promise<ServerUp> {
  nodeCluster.setupPrimary({ serialization: "advanced" });
  setupPrimary();
  const ports = await Promise.all(Array.from({ length: PROCESSES }, () => portOf(nodeCluster.fork())));
  return {
    port: ports[0] ?? 0,
    about: `@wireproof/websocket in ${PROCESSES} processes, with the engine cluster`,
  };
}

/** The port that all workers share. */
async function portOf(worker: Worker): Promise<number> {
  for (;;) {
    // Other messages are those of the engine.
    const [message] = (await once(worker, "message")) as [unknown];
    if (typeof message === "number") return message;
  }
}

async function startOne(): Promise<void> {
  const engine = cluster();
  const server = createServer({
    engine,
    limits: LIMITS,
    compression: false,
    open: (ws) => void ws.subscribe(TOPIC),
    message: (_ws, data) => void server.publish(TOPIC, data),
  });
  const { port } = await server.listen(0, "127.0.0.1");
  // Of the topic as well, to which nobody has subscribed yet: the first message must reach everybody.
  engine.subscribe(TOPIC);
  await engine.ready();
  process.send?.(port);
}
