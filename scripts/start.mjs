/**
 * The main job in one line: builds what is out of date, then tests the server at the URL that was given or, without
 * one, the built-in secure echo server, which it starts on a free loopback port with a certificate minted there and
 * then. All other arguments go to `wireproof test`.
 */
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const WIREPROOF = path("../packages/conformance/dist/src/cli/main.js");

const projects = ["packages/conformance/src", "packages/peers/src"];
const built = spawnSync(process.execPath, [path("build.mjs"), ...projects], { stdio: "inherit" });
if (built.status !== 0) process.exit(built.status ?? 1);

const given = process.argv.slice(2);
const namesPeer = given.some((argument) => /^[a-z]+:\/\//i.test(argument)) || given.includes("--help");
const server = namesPeer ? null : await startServer();
const target = server === null ? [] : [server.url, "--insecure"];

const child = spawn(process.execPath, [WIREPROOF, "test", ...target, ...given], { stdio: "inherit" });
// The child writes its reports and decides when this is over. Ctrl-C in a terminal reaches it without our help, and
// a second signal would make it stop without reports.
process.on("SIGINT", () => {
  if (!process.stdin.isTTY) child.kill("SIGINT");
});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code, signal) => {
  void server?.close();
  process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
});

async function startServer() {
  const { mintCertificate, startEchoServer } = await import("../packages/peers/dist/src/index.js");
  const running = await startEchoServer({
    tls: await mintCertificate(),
    perMessageDeflate: true,
    // Case 9.3.1 sends 65,536.
    maxFragments: 100_000,
  });
  console.log(`Built-in secure echo server at ${running.url}`);
  return running;
}
