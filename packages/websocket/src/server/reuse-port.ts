import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, ListenOptions, Server } from "node:net";

import { invalidArgument } from "../errors.js";

let tried: Promise<boolean> | undefined;

/**
 * Throws an InvalidArgument error where Node or the system has no SO_REUSEPORT. An older Node ignores the option without a
 * word, so it is tried, once in a process: whether two can listen on one port.
 */
export async function assertReusePort(): Promise<void> {
  tried ??= canShare();
  if (await tried) return;
  throw invalidArgument(
    "reusePort needs Node 22.12, 23.1 or later, and a system with SO_REUSEPORT that balances, such as Linux.",
  );
}

async function canShare(): Promise<boolean> {
  const servers: Server[] = [];
  try {
    const first = await listening(0, servers);
    await listening(first, servers);
    return true;
  } catch {
    return false;
  } finally {
    for (const server of servers) server.close();
  }
}

async function listening(port: number, servers: Server[]): Promise<number> {
  const server = createServer();
  servers.push(server);
  const options: ListenOptions & { readonly reusePort: true } = {
    port,
    host: "127.0.0.1",
    exclusive: true,
    reusePort: true,
  };
  server.listen(options);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
