/** Echo server on Bun.serve. Prints its port, and serves until standard input ends. */
import process from "node:process";

const { deflate, key, cert } = JSON.parse(process.argv[2]);
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  ...(key === undefined ? {} : { tls: { key, cert } }),
  fetch(request, server) {
    const headers = { "Sec-WebSocket-Protocol": "chat" };
    if (!server.upgrade(request, { headers })) return new Response("no upgrade", { status: 400 });
  },
  websocket: {
    perMessageDeflate: deflate,
    message(socket, message) {
      if (message === "!close") socket.close(4001, "bye ✓");
      else if (message === "!ping") socket.ping("hello");
      else socket.send(message, deflate);
    },
    pong(socket, payload) {
      socket.send(`!pong ${payload}`);
    },
  },
});
console.log(server.port);
for await (const _ of process.stdin);
process.exit(0);
