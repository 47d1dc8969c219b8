// Walks through the cases of the tester with this project's drop-in for the npm package ws, which offers
// permessage-deflate by default.
// Argument: the tester's address.
const WebSocket = require("ws");

const url = process.argv[2];

/** Connects, and waits until the connection is closed. */
function visit(path, onMessage) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url + path);
    socket.on("error", () => undefined);
    socket.on("message", (message, isBinary) => onMessage(message, isBinary, socket));
    socket.on("close", resolve);
  });
}

async function main() {
  let count = 0;
  await visit("/getCaseCount", (message) => {
    count = Number(message);
  });
  for (let number = 1; number <= count; number += 1) {
    await visit(`/runCase?case=${number}&agent=wireproof-ws`, (message, isBinary, socket) =>
      socket.send(message, { binary: isBinary }),
    );
  }
  await visit("/updateReports?agent=wireproof-ws", () => undefined);
}

void main();
