// Starts workerd, and sends it the request with which its walk through the cases begins. Argument: the tester's address.
import { spawn } from "node:child_process";
import { request } from "node:http";
import { createInterface } from "node:readline";
import process from "node:process";

const program = "node_modules/@cloudflare/workerd-linux-64/bin/workerd";
const args = ["serve", "client.capnp", "--socket-addr", "http=127.0.0.1:0", "--control-fd=3"];
const workerd = spawn(program, args, { stdio: ["ignore", "inherit", "inherit", "pipe"] });
workerd.on("exit", (code) => process.exit(code ?? 0));
// It tells on that channel, in JSON, at which port it listens.
createInterface({ input: workerd.stdio[3] }).on("line", (line) => {
  const { event, port } = JSON.parse(line);
  if (event !== "listen") return;
  const path = `/?tester=${encodeURIComponent(process.argv[2])}`;
  request({ host: "127.0.0.1", port, path }, () => workerd.kill()).end();
});
