// Opens the page in Firefox, without a window. Arguments: the tester's address, the name to go by, and for TLS the file of
// the tester's certificate.
import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { servePage } from "./page.mjs";

const SHA256 = "OID.2.16.840.1.101.3.4.2.1";

const [url, agent, ca] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), "wireproof-firefox-"));
if (ca !== undefined) {
  const { fingerprint256 } = new X509Certificate(readFileSync(ca));
  // As if somebody had clicked "Accept the Risk and Continue".
  writeFileSync(
    join(profile, "cert_override.txt"),
    `${new URL(url).host}:\t${SHA256}\t${fingerprint256}\t\n`,
  );
}
const preference = "network.websocket.delay-failed-reconnects";
writeFileSync(join(profile, "user.js"), `user_pref("${preference}", false);\n`);
const { address, done } = await servePage(url, agent);
const args = ["--headless", "--no-remote", "--profile", profile, address];
const browser = spawn("firefox-esr", args, { stdio: "ignore", env: { ...process.env, HOME: profile } });
browser.on("exit", () => {
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
});
await done;
browser.kill();
