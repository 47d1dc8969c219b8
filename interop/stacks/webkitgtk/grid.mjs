// Plays a scenario of the interop grid in WebKitGTK, in a window that nobody sees. Argument: the server's address.
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { serveGridPage } from "./grid-page.mjs";
import { scenarios } from "./scenarios.mjs";

const scenario = process.env.WIREPROOF_SCENARIO;
// Browsers have no Pings for pages.
if (!Object.hasOwn(scenarios, scenario) || scenario === "ping") process.exit(127);
const { address, done } = await serveGridPage(process.argv[2], scenario);
// Xvfb says at 3 which display is its own.
const screen = spawn("Xvfb", ["-displayfd", "3"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
const dark = once(screen, "exit").then(() => "Xvfb ended before the scenario was over");
const complaint = await Promise.race([browse(), dark]);
screen.kill();
await dark;
if (complaint !== "") console.error(complaint);
process.exit(complaint === "" ? 0 : 1);

/** Resolves when the scenario is over, with what went wrong, or nothing. */
async function browse() {
  const [number] = await once(screen.stdio[3], "data");
  const env = { ...process.env, DISPLAY: `:${String(number).trim()}` };
  const browser = spawn("/usr/bin/python3", ["browser.py", address], { stdio: "ignore", env });
  const ended = once(browser, "exit").then(() => "WebKitGTK ended before the scenario was over");
  const outcome = await Promise.race([done, ended]);
  browser.kill();
  await ended;
  return outcome;
}
