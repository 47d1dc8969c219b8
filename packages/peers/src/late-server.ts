import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";

import { startEchoServer } from "./echo-server.js";
import { ignore } from "./listen.js";
import type { RunningPeer } from "./peer.js";

/** How late everything comes that a late peer says. */
const LATE_MS = 300;

/** Starts an echo server that keeps every rule, and of which every octet and every end comes 300 ms late. */
export async function startLateServer(): Promise<RunningPeer> {
  const echo = await startEchoServer();
  const late = await startLateProxy(echo.port, "server");
  return {
    ...late,
    close: async () => {
      await late.close();
      await echo.close();
    },
  };
}

/**
 * Starts a TCP proxy before a port of this machine, by which every octet and every end of one side comes 300 ms late.
 * @param late whose octets come late
 */
export async function startLateProxy(to: number, late: "client" | "server"): Promise<RunningPeer> {
  const proxy = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const server = connect({ port: to, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    for (const socket of [client, server]) socket.on("error", ignore);
    const [slow, quick] = late === "client" ? [client, server] : [server, client];
    quick.pipe(slow);
    // Timers with the same delay fire in the order in which they were set.
    slow.on("data", (chunk: Buffer) => void setTimeout(() => quick.write(chunk), LATE_MS));
    slow.on("end", () => void setTimeout(() => quick.end(), LATE_MS));
    client.on("close", () => server.destroy());
    server.on("close", () => void setTimeout(() => client.destroy(), LATE_MS));
  });
  await new Promise<void>((resolve, reject) => {
    proxy.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    port,
    close: () => {
      proxy.close();
      return Promise.resolve();
    },
  };
}
