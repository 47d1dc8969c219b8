// Plays a scenario of the interop grid in Chromium, without a window. Argument: the server's address.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { serveGridPage } from "./grid-page.mjs";
import { scenarios } from "./scenarios.mjs";

const scenario = process.env.WIREPROOF_SCENARIO;
// Browsers have no Pings for pages.
if (!Object.hasOwn(scenarios, scenario) || scenario === "ping") process.exit(127);
const profile = mkdtempSync(join(tmpdir(), "wireproof-chromium-"));
const { address, done } = await serveGridPage(process.argv[2], scenario);
const args = ["--headless=new", "--no-sandbox", "--disable-gpu"];
const browser = spawn("chromium", [...args, `--user-data-dir=${profile}`, address], { stdio: "ignore" });
const ended = once(browser, "exit").then(() => "Chromium ended before the scenario was over");
const complaint = await Promise.race([done, ended]);
browser.kill();
await ended;
// Its processes write into the profile for a moment longer.
await rm(profile, { recursive: true, force: true, maxRetries: 10 });
if (complaint !== "") console.error(complaint);
process.exit(complaint === "" ? 0 : 1);
