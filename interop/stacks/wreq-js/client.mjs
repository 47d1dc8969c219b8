// Walks through the cases of the tester with the WebSocket of wreq-js. Argument: the tester's address.
import process from "node:process";
import { WebSocket } from "wreq-js";

const url = process.argv[2];
const options = { maxFrameSize: 64 * 1024 * 1024, maxMessageSize: 64 * 1024 * 1024 };

/** Connects, and waits until the connection is closed. */
function visit(path, onMessage) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url + path, options);
    socket.addEventListener("message", ({ data }) => onMessage(data, socket));
    socket.addEventListener("close", resolve);
  });
}

let count = 0;
await visit("/getCaseCount", (data) => {
  count = Number(data);
});
for (let number = 1; number <= count; number += 1) {
  await visit(`/runCase?case=${number}&agent=wreq-js`, (data, socket) => socket.send(data));
}
await visit("/updateReports?agent=wreq-js", () => undefined);
process.exit(0);
