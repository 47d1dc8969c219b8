// Echo server on this project's own endpoint, which has permessage-deflate by default.
// Arguments: the port, and for TLS and HTTP/2 a file with the key and the certificate.
import { readFileSync } from "node:fs";
import process from "node:process";
import { createServer } from "@wireproof/websocket";

// The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
const SCENARIOS = "open text binary fragmented deflate ping subprotocol close-client close-server".split(" ");
const scenario = process.env.WIREPROOF_SCENARIO ?? "open";
if (!SCENARIOS.includes(scenario)) process.exit(127);

const [port, pem] = process.argv.slice(2);
const tls = pem === undefined ? undefined : { key: readFileSync(pem), cert: readFileSync(pem) };
const server = createServer({
  ...(tls && { tls }),
  origin: "any",
  limits: { messageOctets: 64 * 1024 * 1024 },
  ...(scenario === "subprotocol" && { protocols: ["chat.v2"] }),
  message(ws, data) {
    if (scenario === "close-server") ws.close(3001, "server done");
    else ws.send(data);
  },
});
await server.listen({ port: Number(port), host: "127.0.0.1", http2: tls !== undefined });
