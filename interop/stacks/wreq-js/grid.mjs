// Plays a scenario of the interop grid with the WebSocket of wreq-js. Argument: the server's address.
import process from "node:process";
import { WebSocket } from "wreq-js";
import { scenarios } from "./scenarios.mjs";

globalThis.WebSocket = WebSocket;
const scenario = process.env.WIREPROOF_SCENARIO;
// It has no Pings of the application and no permessage-deflate.
if (!Object.hasOwn(scenarios, scenario) || ["ping", "deflate"].includes(scenario)) process.exit(127);
try {
  await scenarios[scenario](process.argv[2]);
  process.exit(0);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
