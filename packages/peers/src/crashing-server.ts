/**
 * An echo server in a separate process, which a message can end: `node crashing-server.js PORT LENGTH`. It prints what
 * it is about to do and ends with an uncaught exception when a message of LENGTH octets arrives.
 *
 * Must be caught by a tester that started it: the case that sends such a message fails, no other one does, and the
 * report says which it was and what the server printed.
 */
import { WebSocketServer } from "ws";

import { ignore } from "./listen.js";

const [port, deadlyLength] = process.argv.slice(2).map(Number);

const server = new WebSocketServer({ host: "127.0.0.1", port: port ?? 0 });
server.on("listening", () => console.log("listening"));
server.on("connection", (socket) => {
  socket.on("error", ignore);
  socket.on("message", (data: Buffer, isBinary) => {
    if (data.length === deadlyLength) {
      console.error(`a message of ${data.length} octets: \u001b[31mthis is the end`);
      throw new RangeError("no room for it");
    }
    socket.send(data, { binary: isBinary }, ignore);
  });
});
