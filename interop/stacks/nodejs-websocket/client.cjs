// Walks through the cases of the tester with the npm package nodejs-websocket. Argument: the tester's address.
const ws = require("nodejs-websocket");

ws.setMaxBufferLength(64 * 1024 * 1024);
const url = process.argv[2];

/** Connects, and waits until the connection is closed or could not be opened. */
function visit(path, onText, onBinary) {
  return new Promise((resolve) => {
    const connection = ws.connect(url + path);
    connection.on("error", resolve);
    connection.on("close", resolve);
    connection.on("text", (text) => onText(text, connection));
    connection.on("binary", (stream) => {
      const pieces = [];
      stream.on("data", (piece) => pieces.push(piece));
      stream.on("end", () => onBinary(Buffer.concat(pieces), connection));
    });
  });
}

async function main() {
  let count = 0;
  await visit("/getCaseCount", (text) => {
    count = Number(text);
  });
  for (let number = 1; number <= count; number += 1) {
    await visit(
      `/runCase?case=${number}&agent=nodejs-websocket`,
      (text, connection) => connection.sendText(text),
      (octets, connection) => connection.sendBinary(octets),
    );
  }
  await visit("/updateReports?agent=nodejs-websocket", () => undefined);
  process.exit(0);
}

void main();
