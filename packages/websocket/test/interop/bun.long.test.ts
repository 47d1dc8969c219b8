import { certificate } from "../client/raw-server.js";
import { interopBinary, script, skipWithout, startChild } from "./child.js";
import { playMatrix } from "./matrix.js";
import { playOurClient } from "./our-client.js";
import { checkReport, startOurServer } from "./our-server.js";
import type { ClientReport } from "./our-server.js";

const bun = interopBinary(
  "@oven/bun-linux-x64/bin/bun",
  "@oven/bun-linux-aarch64/bin/bun",
  "@oven/bun-darwin-aarch64/bin/bun",
  "@oven/bun-darwin-x64/bin/bun",
);
const skip = skipWithout(bun, "Bun");

playMatrix(
  "our server and the client of Bun",
  async (way, context) => {
    const server = await startOurServer(context, way);
    const trust = way.isSecure ? [(await certificate()).cert] : [];
    const line = await startChild(context, bun!, [script("runtime-client.mjs"), server.url, ...trust]);
    await checkReport(server, JSON.parse(line) as ClientReport, way);
  },
  { skip },
);

playMatrix(
  "our client and the server of Bun",
  async (way, context) => {
    const tls = way.isSecure ? await certificate() : {};
    const options = JSON.stringify({ deflate: way.isDeflating, ...tls });
    const port = await startChild(context, bun!, [script("bun-server.mjs"), options]);
    await playOurClient(`${way.isSecure ? "wss" : "ws"}://127.0.0.1:${port}`, way, { mayPing: true });
  },
  { skip },
);
