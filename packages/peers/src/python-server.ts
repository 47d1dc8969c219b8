import { execFile, spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { ignore } from "./listen.js";
import type { PeerOptions, RunningPeer } from "./peer.js";

/** Where the package may be: a version manager's python3 often hides the one of the system, which has it. */
const INTERPRETERS = ["python3", "/usr/bin/python3"] as const;
/** Seen from dist/src. */
const SCRIPT = fileURLToPath(new URL("../../python/echo.py", import.meta.url));
const STDERR_KEPT_CHARACTERS = 4096;

export interface PythonServerOptions extends Omit<PeerOptions, "tls"> {
  /** Accept offers of permessage-deflate (RFC 7692). Off by default, unlike in `websockets` itself. */
  readonly perMessageDeflate?: boolean;
}

/** Whether there is a Python with the package `websockets` (Debian: python3-websockets). */
export async function isPythonServerAvailable(): Promise<boolean> {
  return (await pythonWithWebsockets()) !== undefined;
}

/** An interpreter that has the package; undefined if none does. */
export async function pythonWithWebsockets(): Promise<string | undefined> {
  for (const interpreter of INTERPRETERS) {
    if (await canImportWebsockets(interpreter)) return interpreter;
  }
  return undefined;
}

/**
 * Starts an echo server on Python's `websockets` as a child process, over plain TCP. Rejects if there is no
 * suitable Python, or with what it printed if it ends before it listens.
 */
export async function startPythonServer(options: PythonServerOptions = {}): Promise<RunningPeer> {
  const interpreter = await pythonWithWebsockets();
  if (interpreter === undefined) throw new Error("no Python with the package websockets was found");
  const host = options.host ?? "127.0.0.1";
  // A separate process group, so that wrappers around the interpreter are ended with it.
  const compression = options.perMessageDeflate === true ? ["deflate"] : [];
  const child = spawn(interpreter, [SCRIPT, host, String(options.port ?? 0), ...compression], {
    detached: isPosix(),
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.stdin.on("error", ignore);
  const port = await readPort(child);
  return {
    url: `ws://${host.includes(":") ? `[${host}]` : host}:${port}`,
    port,
    close: async () => {
      kill(child);
      await exited;
    },
  };
}

function canImportWebsockets(interpreter: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(interpreter, ["-c", "import websockets"], (error) => resolve(error === null));
  });
}

/** The port is the only line that the script prints. */
function readPort(child: ChildProcessWithoutNullStreams): Promise<number> {
  return new Promise((resolve, reject) => {
    let complaint = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(-STDERR_KEPT_CHARACTERS);
    });
    createInterface({ input: child.stdout }).once("line", (line) => resolve(Number(line)));
    child.once("error", reject);
    child.once("close", () => reject(new Error(`the Python server did not start: ${complaint.trim()}`)));
  });
}

/** Ends the process and all that it has started. An id that may belong to another process by now is left alone. */
function kill(child: ChildProcessWithoutNullStreams): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (isPosix()) process.kill(-child.pid, "SIGKILL");
  else child.kill("SIGKILL");
}

function isPosix(): boolean {
  return process.platform !== "win32";
}
