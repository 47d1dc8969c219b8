// Walks through the cases of the tester with the standard WebSocket of Node, Bun or Deno.
// Arguments: the tester's address, and the name to go by.
import process from "node:process";

const [url, agent] = process.argv.slice(2);

/** Connects, and waits until the connection is closed. */
function visit(path, onMessage) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url + path);
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => onMessage(data, socket));
    socket.addEventListener("close", resolve);
  });
}

let count = 0;
await visit("/getCaseCount", (data) => {
  count = Number(data);
});
for (let number = 1; number <= count; number += 1) {
  await visit(`/runCase?case=${number}&agent=${agent}`, (data, socket) => socket.send(data));
}
await visit(`/updateReports?agent=${agent}`, () => undefined);
process.exit(0);
