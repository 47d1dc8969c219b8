import cookie from "@fastify/cookie";
import session from "@fastify/session";
import { behindFastify } from "@wireproof/adapters/fastify";
import { createServer } from "@wireproof/websocket";
import Fastify, { type FastifyRequest } from "fastify";

declare module "fastify" {
  interface Session {
    user?: string;
  }
}

const app = Fastify();
await app.register(cookie);
await app.register(session, { secret: "change me: 32 characters or more", cookie: { secure: false } });
app.post<{ Params: { user: string } }>("/login/:user", async (request) => {
  request.session.user = request.params.user;
  return "";
});

const websocket = createServer<{ user: string }>({
  // A route as others: with hooks, plugins and parameters.
  upgrade: behindFastify(app, { url: "/chat" }, ({ session: { user } }: FastifyRequest) =>
    user === undefined ? { status: 401 } : { data: { user } },
  ),
  message: (ws, data) => ws.send(`${ws.data.user}: ${String(data)}`),
}).attach(app.server);
app.addHook("preClose", () => websocket.close());

await app.listen({ port: Number(process.env["PORT"] ?? 3000), host: "127.0.0.1" });
process.once("SIGTERM", () => void app.close());
