// The proxy of portless, HTTP/2 and TLS to the client, HTTP/1.1 to the echo server in BACKEND. Argument: the port.
import { readFileSync } from "node:fs";
import process from "node:process";
import { createProxyServer } from "portless";

const port = Number(process.argv[2]);
const pem = readFileSync("tls.pem");
createProxyServer({
  getRoutes: () => [{ hostname: "127.0.0.1", port: Number(process.env.BACKEND) }],
  proxyPort: port,
  tls: { key: pem, cert: pem },
  onError: () => undefined,
}).listen(port, "127.0.0.1");
