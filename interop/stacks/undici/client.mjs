// Walks through the cases of the tester with the WebSocket of undici. Arguments: the tester's address, and for TLS and HTTP/2
// the file of its certificate.
import { readFileSync } from "node:fs";
import process from "node:process";
import { Agent, WebSocket } from "undici";

const [url, ca] = process.argv.slice(2);
const dispatcher =
  ca === undefined ? new Agent() : new Agent({ allowH2: true, connect: { ca: readFileSync(ca) } });

/** Connects, and waits until the connection is closed. */
function visit(path, onMessage) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url + path, { dispatcher });
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
  await visit(`/runCase?case=${number}&agent=undici`, (data, socket) => socket.send(data));
}
await visit("/updateReports?agent=undici", () => undefined);
process.exit(0);
