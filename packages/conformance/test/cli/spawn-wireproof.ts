import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

const BIN = new URL("../../../bin/", import.meta.url);

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called with everything standard output has said so far, whenever there is more. */
  readonly onStdout?: (soFar: string, child: ChildProcess) => void;
  /** As `onStdout`, for standard error. */
  readonly onStderr?: (soFar: string, child: ChildProcess) => void;
}

/** Runs `wireproof` as users do, and returns what it said and its exit code. */
export function wireproof(args: readonly string[], options: SpawnOptions = {}): Promise<Outcome> {
  return spawnBin("wireproof", args, options);
}

/** Runs `wstest` as users do. */
export function wstest(args: readonly string[], options: SpawnOptions = {}): Promise<Outcome> {
  return spawnBin("wstest", args, options);
}

function spawnBin(name: string, args: readonly string[], options: SpawnOptions): Promise<Outcome> {
  const { NO_COLOR: _no, FORCE_COLOR: _force, GITHUB_ACTIONS: _github, ...inherited } = process.env;
  // Coverage is for the code that runs in the processes of tests. Empty: c8 would add it again where it is absent.
  const env = { ...inherited, NODE_V8_COVERAGE: "", ...options.env };
  const child = spawn(process.execPath, [fileURLToPath(new URL(`${name}.js`, BIN)), ...args], {
    env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    options.onStdout?.(stdout, child);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    options.onStderr?.(stderr, child);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
