import { certificate } from "../client/raw-server.js";
import { certificateFiles, interopBinary, script, skipWithout, startChild } from "./child.js";
import { playMatrix } from "./matrix.js";
import { playOurClient } from "./our-client.js";
import { checkReport, startOurServer } from "./our-server.js";
import type { ClientReport } from "./our-server.js";

const deno = interopBinary("@deno/linux-x64-glibc/deno");
const skip = skipWithout(deno, "Deno");
const RUN = ["run", "--no-config", "--no-lock", "--allow-all", "--quiet"];
const ENV = { DENO_NO_UPDATE_CHECK: "1" };

playMatrix(
  "our server and the client of Deno",
  async (way, context) => {
    const server = await startOurServer(context, way);
    const trust = way.isSecure ? ["--cert", (await certificateFiles(context)).cert] : [];
    const args = [...RUN, ...trust, script("runtime-client.mjs"), server.url];
    const line = await startChild(context, deno!, args, ENV);
    await checkReport(server, JSON.parse(line) as ClientReport, way);
  },
  { skip, cannotDeflate: true },
);

playMatrix(
  "our client and the server of Deno",
  async (way, context) => {
    const tls = way.isSecure ? await certificate() : {};
    const args = [...RUN, script("deno-server.mjs"), JSON.stringify(tls)];
    const port = await startChild(context, deno!, args, ENV);
    await playOurClient(`${way.isSecure ? "wss" : "ws"}://127.0.0.1:${port}`, way);
  },
  { skip, cannotDeflate: true },
);
