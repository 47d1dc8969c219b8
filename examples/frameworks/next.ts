import { Server, createServer as createHttpServer } from "node:http";

import { createServer } from "@wireproof/websocket";
import next from "next";

// Next.js listens for the upgrades of a server by itself, and ends those for paths of its pages. This one has none.
const httpServer = new Server();
const app = next({ dev: process.env.NODE_ENV !== "production", dir: "next", httpServer });
await app.prepare();
const handle = app.getRequestHandler();
const http = createHttpServer((request, response) => void handle(request, response));

/** By their sessions: in an application, those of its store. */
const users = new Map([["s3cret", "ada"]]);
const websocket = createServer<{ user: string }>({
  upgrade({ path, headers }) {
    if (path !== "/chat") return { status: 404 };
    const [, session = ""] = /(?:^|; )session=(\w+)/.exec(headers.cookie ?? "") ?? [];
    const user = users.get(session);
    return user === undefined ? { status: 401 } : { data: { user } };
  },
  message: (ws, data) => ws.send(`${ws.data.user}: ${String(data)}`),
});
http.on("upgrade", (request, socket, head) => {
  // In development, pages are told of changes over a WebSocket of Next.js, which listens from the first page on.
  const isOfNext = request.url?.startsWith("/_next/") === true;
  if (!isOfNext || !httpServer.emit("upgrade", request, socket, head))
    websocket.handleUpgrade(request, socket, head);
});

http.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1");
process.once("SIGTERM", () => {
  http.close();
  void websocket
    .close()
    .then(() => app.close())
    .finally(() => process.exit());
});
