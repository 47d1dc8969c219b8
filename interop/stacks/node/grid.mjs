// Plays a scenario of the interop grid with the standard WebSocket of Node, Bun or Deno.
// Arguments: the server's address, and names of scenarios that this runtime cannot do.
import process from "node:process";
import { scenarios } from "./scenarios.mjs";

const [url, ...unsupported] = process.argv.slice(2);
const scenario = process.env.WIREPROOF_SCENARIO;
if (!Object.hasOwn(scenarios, scenario) || unsupported.includes(scenario)) process.exit(127);
try {
  await scenarios[scenario](url);
  process.exit(0);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
