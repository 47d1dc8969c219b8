// A proxy with an echo server behind it, on the drop-in of this project for the npm package ws, so that what goes wrong is
// the proxy's. Arguments: the command that starts the proxy; it finds the port of the echo server in BACKEND.
import { spawn } from "node:child_process";
import process from "node:process";
import { WebSocketServer } from "ws";

const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: true });
server.on("connection", (socket) => {
  socket.on("error", () => undefined);
  socket.on("message", (message, isBinary) => socket.send(message, { binary: isBinary }));
});
server.on("listening", () => {
  const [command, ...args] = process.argv.slice(2);
  const env = { ...process.env, BACKEND: String(server.address().port) };
  const proxy = spawn(command, args, { stdio: "inherit", env });
  proxy.on("error", (error) => {
    console.error(error.message);
    process.exit(1);
  });
  proxy.on("exit", (code) => process.exit(code ?? 1));
  process.on("SIGTERM", () => proxy.kill());
});
