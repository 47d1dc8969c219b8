/**
 * Makes the load under which no verdict may change: N full runs of the suite at the same time, each against an echo
 * server of its own, again and again. Processes that only burn CPU are no such load: the scheduler prefers processes that
 * sleep most of the time, as the peers of a run do.
 *
 *     node scripts/load.mjs N [--for SECONDS]
 *
 * It ends after that time, or when it is interrupted; nothing that it has started is left.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const WIREPROOF = fileURLToPath(new URL("../packages/conformance/bin/wireproof.js", import.meta.url));

/** Starts N runs in a loop. Resolves, when each is under way, with what stops them. */
export async function startLoad(count) {
  const folder = mkdtempSync(join(tmpdir(), "wireproof-load-"));
  const children = new Set();
  let isOver = false;
  const start = (args, stdout) => {
    const child = spawn(process.execPath, [WIREPROOF, ...args], { stdio: ["ignore", stdout, "ignore"] });
    children.add(child);
    child.once("exit", () => children.delete(child));
    return child;
  };
  const loop = async (out) => {
    const server = start(["echo", "--port", "0"], "pipe");
    const [line] = await once(createInterface({ input: server.stdout }), "line");
    const url = /wss?:\/\/\S+/.exec(line)?.[0];
    const again = () => {
      if (isOver) return;
      const run = start(["test", url, "--insecure", "--out", out, "--reporter", "json"], "ignore");
      run.once("exit", again);
    };
    again();
  };
  await Promise.all(Array.from({ length: count }, (_, index) => loop(join(folder, String(index)))));
  return async () => {
    isOver = true;
    const exits = [...children].map((child) => once(child, "exit"));
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(exits);
    rmSync(folder, { recursive: true, force: true });
  };
}

function once(emitter, name) {
  return new Promise((resolve) => emitter.once(name, (...args) => resolve(args)));
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { for: { type: "string", default: "0" } },
  });
  const [count, seconds] = [Number(positionals[0]), Number(values.for)];
  if (!Number.isInteger(count) || count < 1 || count > 100 || !(seconds >= 0)) {
    console.error("usage: node scripts/load.mjs N [--for SECONDS], N from 1 to 100");
    process.exitCode = 2;
    return;
  }
  const stop = await startLoad(count);
  console.log(`${count} runs of the suite are under way, again and again; Ctrl-C ends them`);
  const end = new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, resolve);
    if (seconds > 0) setTimeout(resolve, 1000 * seconds);
  });
  const alive = setInterval(() => undefined, 60_000);
  await end;
  clearInterval(alive);
  await stop();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
