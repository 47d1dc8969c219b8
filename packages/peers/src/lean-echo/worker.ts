/** A process that serves connections which another one has accepted. It ends with that one. */
import type { Socket } from "node:net";

import { ignore } from "../listen.js";
import { serveLeanEcho } from "./serve.js";
import { ownUsage } from "./usage.js";
import type { WorkerNews, WorkerOrder } from "./workers.js";

process.on("message", (order: WorkerOrder, socket?: Socket) => {
  if (order === "usage") tell({ usage: ownUsage() });
  else if (socket === undefined) tell("over");
  else serve(socket);
});
process.on("disconnect", () => process.exit());
tell("up");

function serve(socket: Socket): void {
  socket.on("error", ignore);
  socket.once("close", () => tell("over"));
  // Answers are small and often two in a row: Nagle's algorithm would hold back the second.
  socket.setNoDelay(true);
  serveLeanEcho(socket);
  socket.resume();
}

function tell(news: WorkerNews): void {
  // The other process may go away at any moment; then nobody wants to know.
  if (process.connected) process.send?.(news, undefined, undefined, ignore);
}
