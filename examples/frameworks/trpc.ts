import { createServer as createHttpServer } from "node:http";

import { initTRPC } from "@trpc/server";
import { getWSConnectionHandler } from "@trpc/server/adapters/ws";
import { trpcHandlers } from "@wireproof/adapters/trpc";
import { createServer } from "@wireproof/websocket";

interface Session {
  user: string;
}

const t = initTRPC.context<Session>().create();
const router = t.router({
  whoami: t.procedure.query(({ ctx }) => ctx.user),
  count: t.procedure.subscription(async function* () {
    for (let count = 1; count <= 3; count++) yield count;
  }),
});
export type AppRouter = typeof router;

/** By their tokens: in an application, those that it has given out. */
const users = new Map([["Bearer s3cret", "ada"]]);
const http = createHttpServer((_request, response) => response.end("a page"));
const websocket = createServer<Session>({
  ...trpcHandlers<Session>((ws) =>
    // `wss` is for applyWSSHandler alone.
    getWSConnectionHandler({ router, createContext: () => ws.data, wss: undefined as never }),
  ),
  path: "/trpc",
  // Or `behind(sessions, …)`, as with Express.
  upgrade({ headers }) {
    const user = users.get(headers.authorization ?? "");
    return user === undefined ? { status: 401 } : { data: { user } };
  },
}).attach(http);

http.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1");
process.once("SIGTERM", () => {
  http.close();
  void websocket.close();
});
