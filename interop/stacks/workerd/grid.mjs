// Plays a scenario of the interop grid in workerd: starts it, and sends it the request with which it begins. Argument: the
// server's address.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import process from "node:process";
import { scenarios } from "./scenarios.mjs";

const scenario = process.env.WIREPROOF_SCENARIO;
// Its WebSocket sends no Pings.
if (!Object.hasOwn(scenarios, scenario) || scenario === "ping") process.exit(127);
const program = "node_modules/@cloudflare/workerd-linux-64/bin/workerd";
const args = ["serve", "grid.capnp", "--socket-addr", "http=127.0.0.1:0", "--control-fd=3"];
const workerd = spawn(program, args, { stdio: ["ignore", "ignore", "inherit", "pipe"] });
const ended = once(workerd, "exit").then(() => "workerd ended before the scenario was over");
const complaint = await Promise.race([ask(), ended]);
workerd.kill();
await ended;
if (complaint !== "") console.error(complaint);
process.exit(complaint === "" ? 0 : 1);

/** Resolves when the scenario is over, with what went wrong, or nothing. */
async function ask() {
  // It tells on that channel, in JSON, at which port it listens.
  for await (const line of createInterface({ input: workerd.stdio[3] })) {
    const { event, port } = JSON.parse(line);
    if (event !== "listen") continue;
    const query = new URLSearchParams({ server: process.argv[2], scenario });
    const response = await fetch(`http://127.0.0.1:${port}/?${query}`);
    return response.text();
  }
  return ended;
}
