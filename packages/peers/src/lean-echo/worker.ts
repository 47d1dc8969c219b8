/** A process that serves connections which another one has accepted. It ends with that one. */
import type { Socket } from "node:net";

import { ignore } from "../listen.js";
import { serveLeanEcho } from "./serve.js";
import { ownUsage } from "./usage.js";
import type { WorkerMessage, WorkerCommand } from "./workers.js";

process.on("message", (command: WorkerCommand, socket?: Socket) => {
  if (command === "usage") send({ usage: ownUsage() });
  else if (socket === undefined) send("over");
  else serve(socket);
});
process.on("disconnect", () => process.exit());
send("up");

function serve(socket: Socket): void {
  socket.on("error", ignore);
  socket.once("close", () => send("over"));
  // Answers are small and often two in a row: Nagle's algorithm would hold back the second.
  socket.setNoDelay(true);
  serveLeanEcho(socket);
  socket.resume();
}

function send(message: WorkerMessage): void {
  // The other process may end at any moment; then the message has no receiver.
  if (process.connected) process.send?.(message, undefined, undefined, ignore);
}
