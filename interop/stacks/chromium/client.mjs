// Opens the page in Chromium, without a window. Arguments: the tester's address, and the name to go by.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { servePage } from "./page.mjs";

const [url, agent] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), "wireproof-chromium-"));
const { address, done } = await servePage(url, agent);
const args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors"];
const browser = spawn("chromium", [...args, `--user-data-dir=${profile}`, address], { stdio: "ignore" });
browser.on("exit", () => {
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
});
await done;
browser.kill();
