/**
 * An echo server in a separate process, which a message can end: `node crashing-server.js PORT LENGTH`. It prints what
 * it is about to do and ends with an uncaught exception when a message of LENGTH octets arrives. With `greedy` behind
 * LENGTH it ends because it asks for more memory than there is.
 *
 * Must be caught by a tester that started it: the case that sends such a message fails, no other one does, and the
 * report says which it was and what the server printed.
 */
import { WebSocketServer } from "ws";

import { ignore } from "./listen.js";

const [port, deadlyLength] = process.argv.slice(2).map(Number);
const isGreedy = process.argv[4] === "greedy";

const server = new WebSocketServer({ host: "127.0.0.1", port: port ?? 0 });
server.on("listening", () => console.log("listening"));
server.on("connection", (socket) => {
  socket.on("error", ignore);
  socket.on("message", (data: Buffer, isBinary) => {
    if (data.length === deadlyLength) {
      if (isGreedy) console.log(new ArrayBuffer(2 ** 50).byteLength);
      console.error(`a message of ${data.length} octets: \u001b[31mthis is the end`);
      throw new RangeError("no room for it");
    }
    socket.send(data, { binary: isBinary }, ignore);
  });
});
