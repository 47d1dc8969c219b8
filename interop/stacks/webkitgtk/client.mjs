// Opens the page in WebKitGTK, in a window that nobody sees. Arguments: the tester's address, and the name to go by.
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { servePage } from "./page.mjs";

const [url, agent] = process.argv.slice(2);
const { address, done } = await servePage(url, agent);
// Xvfb says at 3 which display is its own.
const screen = spawn("Xvfb", ["-displayfd", "3"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
screen.on("exit", () => process.exit(0));
const [number] = await once(screen.stdio[3], "data");
const env = { ...process.env, DISPLAY: `:${String(number).trim()}` };
const browser = spawn("/usr/bin/python3", ["browser.py", address], { stdio: "ignore", env });
browser.on("exit", () => screen.kill());
await done;
browser.kill();
