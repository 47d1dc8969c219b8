import { execFileSync } from "node:child_process";

import { certificateFiles, script, startChild } from "./child.js";
import { playMatrix } from "./matrix.js";
import { playOurClient } from "./our-client.js";
import { checkReport, startOurServer } from "./our-server.js";
import type { ClientReport } from "./our-server.js";

const python = findPython();
const skip =
  python === undefined && "there is no Python with the package websockets (Debian: python3-websockets)";

playMatrix(
  "our server and the client of Python websockets",
  async (way, context) => {
    const server = await startOurServer(context, way);
    const trust = way.isSecure ? { ca: (await certificateFiles(context)).cert } : {};
    const options = JSON.stringify({ url: server.url, deflate: way.isDeflating, ...trust });
    const line = await startChild(context, python!, [script("client.py"), options]);
    await checkReport(server, JSON.parse(line) as ClientReport, way);
  },
  { skip },
);

playMatrix(
  "our client and the server of Python websockets",
  async (way, context) => {
    const tls = way.isSecure ? await certificateFiles(context) : {};
    const options = JSON.stringify({ deflate: way.isDeflating, ...tls });
    const port = await startChild(context, python!, [script("server.py"), options]);
    const url = `${way.isSecure ? "wss" : "ws"}://127.0.0.1:${port}`;
    await playOurClient(url, way, { mayPing: true, mayFragment: true });
  },
  { skip },
);

/** A version manager's python3 often hides the one of the system, which has the package. */
function findPython(): string | undefined {
  return ["python3", "/usr/bin/python3"].find((command) => {
    try {
      execFileSync(command, ["-c", "import websockets"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}
