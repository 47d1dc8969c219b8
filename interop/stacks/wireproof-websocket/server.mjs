// Echo server on this project's own endpoint, which has permessage-deflate by default.
// Arguments: the port, and for TLS and HTTP/2 a file with the key and the certificate.
import { readFileSync } from "node:fs";
import { createSecureServer } from "node:http2";
import process from "node:process";
import { createServer } from "@wireproof/websocket";

// The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
const SCENARIOS = "open text binary fragmented deflate ping subprotocol close-client close-server".split(" ");
const scenario = process.env.WIREPROOF_SCENARIO ?? "open";
if (!SCENARIOS.includes(scenario)) process.exit(127);

const [port, pem] = process.argv.slice(2);
const server = createServer({
  limits: { messageOctets: 64 * 1024 * 1024 },
  ...(scenario === "subprotocol" && { protocols: ["chat.v2"] }),
  message(ws, data) {
    if (scenario === "close-server") ws.close(3001, "server done");
    else ws.send(data);
  },
});
if (pem === undefined) {
  await server.listen(Number(port), "127.0.0.1");
} else {
  const tls = readFileSync(pem);
  const http = createSecureServer({ key: tls, cert: tls });
  server.attach(http);
  http.listen(Number(port), "127.0.0.1");
}
