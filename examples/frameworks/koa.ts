import { createServer as createHttpServer } from "node:http";

import { behindKoa } from "@wireproof/adapters/koa";
import { createServer } from "@wireproof/websocket";
import Koa from "koa";
import session from "koa-session";

const app = new Koa();
app.keys = ["change me"];
app.use(session(app));
app.use(async (ctx, next) => {
  // The upgrade hook is what comes next for a WebSocket.
  if (ctx.get("upgrade") === "websocket") return next();
  const [, page, user] = ctx.path.split("/");
  if (ctx.method !== "POST" || page !== "login" || ctx.session === null) return next();
  ctx.session["user"] = user;
  ctx.status = 200;
});
const http = createHttpServer(app.callback());

const websocket = createServer<{ user: string }>({
  path: "/chat",
  upgrade: behindKoa(app, ({ session }) => {
    const user: unknown = session?.["user"];
    return typeof user === "string" ? { data: { user } } : { status: 401 };
  }),
  message: (ws, data) => ws.send(`${ws.data.user}: ${String(data)}`),
}).attach(http);

http.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1");
process.once("SIGTERM", () => {
  http.close();
  void websocket.close();
});
