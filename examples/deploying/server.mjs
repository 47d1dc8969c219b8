// An echo server that is ready for a proxy in front of it, and for being restarted while clients are connected.
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { createServer } from "@wireproof/websocket";

const {
  PORT = "8080",
  HEALTH_PORT = "8081",
  // Networks of the proxies, with commas between them. Everybody in them can claim to be any client.
  PROXIES = "loopback",
  // How long it takes until every proxy has seen that this server is not ready any more.
  LEAVE_MS = "5000",
  // How long clients may take to close.
  DRAIN_MS = "20000",
} = process.env;

const server = createServer({
  trustProxy: { networks: PROXIES.split(","), headers: "x-forwarded-for" },
  open(ws) {
    console.log(`open ${ws.handshake.remoteAddress}`);
  },
  message(ws, data) {
    ws.send(data);
  },
});

let isReady = true;
const health = createHttpServer((request, response) => {
  // /ready: send new clients here. /live: anything else than an answer means that this process has to be restarted.
  response.statusCode = request.url === "/ready" && !isReady ? 503 : 200;
  response.end();
});

const { port } = await server.listen(Number(PORT));
health.listen(Number(HEALTH_PORT));
await once(health, "listening");
console.log(`listening on ${port} and ${health.address().port}`);

await once(process, "SIGTERM");
isReady = false;
// Proxies still send clients here until they have asked /ready again.
await setTimeout(Number(LEAVE_MS));
await server.close({ code: 1001, reason: "restart", drainMs: Number(DRAIN_MS) });
health.close();
health.closeAllConnections();
// Nothing is left that keeps the process alive: it ends with the exit code 0.
