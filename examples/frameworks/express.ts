import { createServer as createHttpServer } from "node:http";

import { behind } from "@wireproof/adapters/middleware";
import { createServer } from "@wireproof/websocket";
import express, { type Request } from "express";
import session from "express-session";

declare module "express-session" {
  interface SessionData {
    user: string;
  }
}

const sessions = session({ secret: "change me", resave: false, saveUninitialized: false });

const app = express();
app.use(sessions);
app.post("/login/:user", (request, response) => {
  request.session.user = request.params.user;
  response.end();
});
const http = createHttpServer(app);

const websocket = createServer<{ user: string }>({
  path: "/chat",
  upgrade: behind(sessions, ({ session: { user } }: Request) =>
    user === undefined ? { status: 401 } : { data: { user } },
  ),
  message: (ws, data) => ws.send(`${ws.data.user}: ${String(data)}`),
}).attach(http);

http.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1");
process.once("SIGTERM", () => {
  http.close();
  void websocket.close();
});
