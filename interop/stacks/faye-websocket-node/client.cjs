// Walks through the cases of the tester with the npm packages faye-websocket and permessage-deflate.
// Argument: the tester's address.
const { Client } = require("faye-websocket");
const deflate = require("permessage-deflate");

const url = process.argv[2];
const OPTIONS = { maxLength: 64 * 1024 * 1024, extensions: [deflate] };

/** Connects, and waits until the connection is closed. */
function visit(path, onMessage) {
  return new Promise((resolve) => {
    const connection = new Client(url + path, [], OPTIONS);
    connection.on("error", () => undefined);
    connection.on("message", ({ data }) => onMessage(data, connection));
    connection.on("close", resolve);
  });
}

async function main() {
  let count = 0;
  await visit("/getCaseCount", (data) => {
    count = Number(data);
  });
  for (let number = 1; number <= count; number += 1) {
    await visit(`/runCase?case=${number}&agent=faye-websocket`, (data, connection) => connection.send(data));
  }
  await visit("/updateReports?agent=faye-websocket", () => undefined);
  process.exit(0);
}

void main();
