import { serve } from "@hono/node-server";
import { honoWebSocket } from "@wireproof/adapters/hono";
import { Hono } from "hono";
import { getSignedCookie, setSignedCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";

const SECRET = "change me";

const app = new Hono();
app.post("/login/:user", async (c) => {
  await setSignedCookie(c, "user", c.req.param("user"), SECRET, { httpOnly: true, sameSite: "Lax" });
  return c.body(null);
});

const withUser = createMiddleware<{ Variables: { user: string } }>(async (c, next) => {
  const user = await getSignedCookie(c, SECRET, "user");
  if (!user) return c.text("Log in first.", 401);
  c.set("user", user);
  await next();
});

const { upgradeWebSocket, server } = honoWebSocket<{ user: string }>(app);
app.get(
  "/chat",
  withUser,
  upgradeWebSocket((c) => ({
    data: { user: c.get("user") },
    onMessage: ({ data }, ws) =>
      ws.send(`${ws.raw?.data.user}: ${typeof data === "string" ? data : "octets"}`),
  })),
);

const http = serve({ fetch: app.fetch, port: Number(process.env["PORT"] ?? 3000), hostname: "127.0.0.1" });
server.attach(http);
process.once("SIGTERM", () => {
  http.close();
  void server.close();
});
