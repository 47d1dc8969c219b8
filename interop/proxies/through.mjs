// Walks through the cases of the tester with the client of this project's drop-in for the npm package ws, which speaks
// HTTP/1.1 to a proxy, which speaks HTTP/2 to the tester. What goes wrong is the proxy's.
// Arguments: the tester's address, the name to go by, and the command that starts the proxy; it finds the port at which to
// listen in PORT, and the tester's in TESTER.
import { spawn } from "node:child_process";
import { connect, createServer } from "node:net";
import process from "node:process";
import { setInterval } from "node:timers/promises";
import WebSocket from "ws";

const KNOCK_MS = 50;

const [url, agent, command, ...args] = process.argv.slice(2);
const port = await freePort();
const env = { ...process.env, PORT: String(port), TESTER: new URL(url).port };
const proxy = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"], env });
proxy.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
proxy.on("exit", (code) => process.exit(code ?? 1));

let count = 0;
await listening();
await visit("/getCaseCount", (data) => {
  count = Number(data);
});
for (let number = 1; number <= count; number += 1) {
  await visit(`/runCase?case=${number}&agent=${agent}`, (data, isBinary, socket) =>
    socket.send(data, { binary: isBinary }),
  );
}
await visit(`/updateReports?agent=${agent}`, () => undefined);
proxy.removeAllListeners("exit").on("exit", () => process.exit(0));
proxy.kill();

/** Knocks until the proxy listens, which it does not say. */
async function listening() {
  for await (const _ of setInterval(KNOCK_MS)) if (await isListening()) return;
}

function isListening() {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

/** Connects, and waits until the connection is closed. */
function visit(path, onMessage) {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
    socket.on("message", (data, isBinary) => onMessage(data, isBinary, socket));
    socket.on("error", () => undefined);
    socket.on("close", resolve);
  });
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port: free } = server.address();
      server.close(() => resolve(free));
    });
  });
}
