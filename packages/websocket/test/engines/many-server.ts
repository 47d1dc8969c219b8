/** One of several processes with the same server: a worker of node:cluster, or one that shares a broker with the others. */
import { cluster } from "../../src/engines/cluster.js";
import type { EngineCounters } from "../../src/engines/options.js";
import { createServer } from "../../src/server/server.js";
import { CLIENTS, countEverywhere, engineOver } from "./brokers.js";

/** What the test tells a process. Each is answered. */
export interface Order {
  readonly do: "ready" | "down" | "publish" | "count" | "close";
  /** publish: so often on each topic, as "NAME ROUND"; count: on this topic. */
  readonly rounds?: number;
  readonly topics?: number;
  readonly name?: string;
  /** count: when it knows so many other processes. */
  readonly others?: number;
}

export interface Report {
  readonly port: number;
  readonly count?: number;
  readonly counters: EngineCounters;
}

const [clientName, brokerPort] = process.argv.slice(2);
const client = CLIENTS.find(({ name }) => name === clientName);
const { engine, application } =
  client === undefined
    ? { engine: cluster({ onState: () => {} }), application: undefined }
    : await engineOver(client, Number(brokerPort), { onState: () => {} });
const server = createServer<{ topic: string }>({
  engine,
  upgrade: ({ query }) => ({ data: { topic: query.get("topic") ?? "" } }),
  open: (ws) => void ws.subscribe(ws.data.topic),
  limits: { perAddress: Infinity },
  message: () => {},
});
const { port } = await server.listen({ port: 0, host: "127.0.0.1", exclusive: true });
process.on("message", (order: Order) => {
  // Other messages are those of the engine.
  if (!Array.isArray(order)) void obey(order).then((count) => report(count));
});
report(undefined);

function report(count: number | undefined): void {
  const it: Report = { port, counters: engine.counters, ...(count === undefined ? {} : { count }) };
  process.send?.(it);
}

async function obey(order: Order): Promise<number | undefined> {
  if (order.do === "ready") await engine.ready();
  else if (order.do === "down") while (engine.state !== "down") await new Promise(setImmediate);
  else if (order.do === "publish") {
    for (let round = 0; round < (order.rounds ?? 0); round++) {
      for (let topic = 0; topic < (order.topics ?? 0); topic++)
        server.publish(`topic ${topic}`, `${order.name ?? ""} ${round}`);
      await new Promise(setImmediate);
    }
  } else if (order.do === "count") return countEverywhere({ server, engine }, "topic 0", order.others);
  else {
    await server.close({ drainMs: 0 });
    await application?.close();
  }
  return undefined;
}
