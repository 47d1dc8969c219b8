/**
 * Runs a server and starts it again when it is told to, as `node --watch` does after a change:
 * `node supervisor.js PORT CONTROL`. It connects to CONTROL, says its name, and obeys: `sound` and `broken` end the server and
 * start it again as that, `end` ends it and then the supervisor.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { mutants, startEchoServer } from "@wireproof/peers";

const [port = "0", control = "", how = ""] = process.argv.slice(2);

if (control === "serve") {
  const options = { port: Number(port) };
  await (how === "broken" ? mutants.sloppy.start(options) : startEchoServer(options));
} else await supervise();

async function supervise(): Promise<void> {
  const line = connect(Number(control), "127.0.0.1", () => line.write("supervisor\n"));
  line.on("error", () => process.exit(1));
  let server = start("broken");
  for await (const command of createInterface({ input: line })) {
    server.kill();
    await once(server, "exit");
    if (command === "end") process.exit(0);
    server = start(command);
  }
}

function start(kind: string): ChildProcess {
  return spawn(process.execPath, [fileURLToPath(import.meta.url), port, "serve", kind], { stdio: "inherit" });
}
