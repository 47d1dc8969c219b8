// Walks through the cases of the tester with this project's own endpoint, which offers permessage-deflate by default.
// Arguments: the tester's address, and for TLS and HTTP/2 the file of its certificate.
import { readFileSync } from "node:fs";
import process from "node:process";
import { connect } from "@wireproof/websocket";

const [url, ca] = process.argv.slice(2);
const http2 = ca === undefined ? {} : { http2: true, tls: { ca: readFileSync(ca) } };

/** Connects, and waits until the connection is closed, or could not be opened. */
function visit(path, onMessage) {
  return new Promise((resolve) => {
    const limits = { messageOctets: 64 * 1024 * 1024 };
    connect(url + path, { ...http2, limits, message: onMessage, close: resolve }).catch(resolve);
  });
}

let count = 0;
await visit("/getCaseCount", (ws, data) => {
  count = Number(data);
});
for (let number = 1; number <= count; number += 1) {
  await visit(`/runCase?case=${number}&agent=wireproof`, (ws, data) => {
    ws.send(data);
  });
}
await visit("/updateReports?agent=wireproof", () => undefined);
