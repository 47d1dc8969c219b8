import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

import { createServer } from "@wireproof/websocket";
import type { Server, ServerOptions } from "@wireproof/websocket";

import type { UpgradeHook } from "../../src/upgrade-hook.js";

/** A server with an upgrade hook, on a free port; it echoes with the data in front. Returns its URL. */
export async function serve<Data>(
  context: TestContext,
  upgrade: UpgradeHook<Data>,
  options: Omit<ServerOptions<Data>, "upgrade"> & { readonly http2?: boolean } = {},
): Promise<string> {
  const { http2 = false, ...rest } = options;
  const server = createServer<Data>({
    message: (ws, data) => ws.send(`${JSON.stringify(ws.data)}: ${String(data)}`),
    ...rest,
    upgrade,
  });
  context.after(() => server.close({ drainMs: 0 }));
  const { port } = await server.listen({ port: 0, host: "127.0.0.1", http2 });
  return `ws://127.0.0.1:${port}/chat`;
}

/** A server beside an HTTP server that answers every request with a page. Returns its port. */
export async function beside<Data>(context: TestContext, server: Server<Data>): Promise<number> {
  const http = createHttpServer((_request, response) => response.end("a page"));
  server.attach(http);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  context.after(async () => {
    await server.close({ drainMs: 0 });
    http.close();
  });
  return (http.address() as AddressInfo).port;
}
