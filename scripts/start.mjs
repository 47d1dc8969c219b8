/**
 * The main job in one line: builds what is out of date, then tests the server at the URL that was given or, without
 * one, the built-in secure echo server (`wireproof echo --tls`), which it starts on a free loopback port with a
 * certificate minted there and then. All other arguments go to `wireproof test`.
 */
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const WIREPROOF = path("../packages/conformance/dist/src/cli/main.js");

const built = spawnSync(process.execPath, [path("build.mjs"), "packages/conformance/src"], {
  stdio: "inherit",
});
if (built.status !== 0) process.exit(built.status ?? 1);

const given = process.argv.slice(2);
const namesPeer = given.some((argument) => /^[a-z]+:\/\//i.test(argument)) || given.includes("--help");
const server = namesPeer ? undefined : await startServer();
const target = server === undefined ? [] : [server.url, "--insecure"];

const child = spawn(process.execPath, [WIREPROOF, "test", ...target, ...given], { stdio: "inherit" });
// The child writes its reports and decides when this is over. Ctrl-C in a terminal reaches it without our help, and
// a second signal would make it stop without reports.
process.on("SIGINT", () => {
  if (!process.stdin.isTTY) child.kill("SIGINT");
});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code, signal) => {
  server?.process.kill("SIGTERM");
  process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
});

/** In a process of its own, so that tester and server do not take each other's time. */
async function startServer() {
  const echo = spawn(process.execPath, [WIREPROOF, "echo", "--tls", "--port", "0"], {
    stdio: ["ignore", "pipe", "pipe"],
    // A Ctrl-C of the terminal is for the tester, which still needs the server to end its cases.
    detached: true,
  });
  process.on("exit", () => echo.kill("SIGTERM"));
  let complaint = "";
  echo.stderr.on("data", (chunk) => {
    complaint += chunk;
  });
  let said = "";
  for await (const chunk of echo.stdout) {
    said += chunk;
    if (said.includes("\n")) break;
  }
  const url = /wss:\/\/\S+/.exec(said)?.[0];
  if (url === undefined) {
    process.stderr.write(complaint);
    process.exit(echo.exitCode ?? 1);
  }
  console.log(`Built-in secure echo server at ${url}`);
  return { url, process: echo };
}
