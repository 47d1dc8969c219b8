import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

import { certificate } from "../client/raw-server.js";

const STDERR_KEPT_CHARACTERS = 4096;
/** Seen from dist/test/interop. */
const INTEROP = new URL("../../../../../interop/node_modules/", import.meta.url);

/** The path of a script in `peers`, which is not compiled. */
export function script(name: string): string {
  return fileURLToPath(new URL(`../../../test/interop/peers/${name}`, import.meta.url));
}

/** The path of an executable of the folder `interop`; undefined where it is not installed for this platform. */
export function interopBinary(...candidates: readonly string[]): string | undefined {
  return candidates.map((path) => fileURLToPath(new URL(path, INTEROP))).find((path) => existsSync(path));
}

/** Why tests are skipped without this executable; false: they are not. */
export function skipWithout(binary: string | undefined, what: string): string | false {
  return binary === undefined ? `${what} is not installed: npm ci --ignore-scripts --prefix interop` : false;
}

/** Starts a process that ends with the test, and resolves with the first line that it prints. */
export function startChild(
  context: TestContext,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = spawn(command, args, { env: { ...process.env, ...env } });
  context.after(() => end(child));
  return new Promise((resolve, reject) => {
    let complaint = "";
    child.stdin.on("error", () => {});
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(-STDERR_KEPT_CHARACTERS);
    });
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("error", reject);
    child.once("close", () => reject(new Error(`${command} has printed nothing: ${complaint.trim()}`)));
  });
}

/** The certificate of the tests as two files, until the test ends. */
export async function certificateFiles(context: TestContext): Promise<{ cert: string; key: string }> {
  const { cert, key } = await certificate();
  const folder = mkdtempSync(join(tmpdir(), "wireproof-interop-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key, { mode: 0o600 });
  return files;
}

async function end(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}
