import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { certificate } from "../client/raw-server.js";
import { script } from "./child.js";
import { checkReport, startOurServer } from "./our-server.js";
import type { ClientReport } from "./our-server.js";

const FIREFOX = ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find((path) => existsSync(path));
const skip = FIREFOX === undefined ? "Firefox is not installed (Debian: firefox-esr)" : false;

const SHA256 = "OID.2.16.840.1.101.3.4.2.1";
/** A new profile must not open pages of its own, and nobody is there to answer questions. */
const PREFERENCES = [
  'user_pref("browser.aboutwelcome.enabled", false);',
  'user_pref("datareporting.policy.dataSubmissionEnabled", false);',
  'user_pref("app.update.enabled", false);',
];

test("our server and Firefox, over HTTP/2", { skip, timeout: 600_000 }, async (context) => {
  const way = { isSecure: true, isDeflating: true };
  const { playClient } = (await import(script("web-client.mjs"))) as { playClient: () => unknown };
  // The page comes over HTTP/2, so Firefox knows the setting when it opens a WebSocket, and it says itself what it saw.
  const page = `<!doctype html><script type="module">
    const play = ${playClient.toString()};
    const make = (url) => new WebSocket(url, ["other", "chat"]);
    const report = await play(make, \`wss://\${location.host}\`).catch((error) => String(error));
    await fetch("/", { method: "POST", body: JSON.stringify(report) });
  </script>`;
  const server = await startOurServer(context, way, true, page);
  await openFirefox(context, server.url.replace(/^wss/, "https"));
  await checkReport(server, (await server.posted) as ClientReport, way);
  assert.deepEqual(server.versions, ["2.0", "2.0"]);
});

/** Firefox with a profile of its own, in which the certificate of the tests was accepted by hand, until the test ends. */
async function openFirefox(context: TestContext, url: string): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), "wireproof-firefox-"));
  const { fingerprint256 } = new X509Certificate((await certificate()).cert);
  writeFileSync(
    join(profile, "cert_override.txt"),
    `${new URL(url).host}:\t${SHA256}\t${fingerprint256}\t\n`,
  );
  writeFileSync(join(profile, "user.js"), PREFERENCES.join("\n"));
  const args = ["--headless", "--no-remote", "--profile", profile, url];
  // In a group of its own: its content processes end with it.
  const browser = spawn(FIREFOX ?? "", args, {
    stdio: "ignore",
    detached: true,
    env: { ...process.env, HOME: profile },
  });
  const gone = once(browser, "exit");
  context.after(async () => {
    if (browser.pid !== undefined && browser.exitCode === null) process.kill(-browser.pid, "SIGKILL");
    await gone;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });
}
