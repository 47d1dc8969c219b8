// Walks through the cases of the tester with the npm package websocket (WebSocket-Node).
// Argument: the tester's address.
const { client: WebSocketClient } = require("websocket");

const url = process.argv[2];
const options = { maxReceivedFrameSize: 64 * 1024 * 1024, maxReceivedMessageSize: 64 * 1024 * 1024 };

/** Connects, and waits until the connection is closed or could not be opened. */
function visit(path, onMessage) {
  return new Promise((resolve) => {
    const client = new WebSocketClient(options);
    client.on("connectFailed", resolve);
    client.on("connect", (connection) => {
      connection.on("error", () => undefined);
      connection.on("message", (message) => onMessage(message, connection));
      connection.on("close", resolve);
    });
    client.connect(url + path);
  });
}

function echo(message, connection) {
  if (message.type === "utf8") connection.sendUTF(message.utf8Data);
  else connection.sendBytes(message.binaryData);
}

async function main() {
  let count = 0;
  await visit("/getCaseCount", ({ utf8Data }) => {
    count = Number(utf8Data);
  });
  for (let number = 1; number <= count; number += 1) {
    await visit(`/runCase?case=${number}&agent=websocket-node`, echo);
  }
  await visit("/updateReports?agent=websocket-node", () => undefined);
  process.exit(0);
}

void main();
