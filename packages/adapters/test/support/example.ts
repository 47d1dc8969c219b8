/** The examples of examples/frameworks, compiled against the frameworks' own types and run as processes. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

// Seen from dist/test/support.
export const EXAMPLES: string = fileURLToPath(
  new URL("../../../../../examples/frameworks/", import.meta.url),
);
/** Tells the test on which port the example listens. */
const PRELOAD = `
  import { Server } from "node:http";
  const { emit } = Server.prototype;
  Server.prototype.emit = function (event, ...args) {
    if (event === "listening") process.send?.(this.address().port);
    return emit.call(this, event, ...args);
  };
`;

export interface Example {
  readonly port: number;
  /** Asks the process to end, and resolves with its exit code or the signal that has ended it. */
  stop(): Promise<unknown>;
}

/** Why the tests are skipped; false: they are not. */
export function skipWithoutFrameworks(): string | false {
  if (existsSync(join(EXAMPLES, "node_modules/express"))) return false;
  return "the frameworks are not installed: npm ci --ignore-scripts --prefix examples/frameworks";
}

/** Compiles all examples, into a folder from which they find the frameworks. Throws what the compiler says. */
export function compileExamples(): void {
  const tsc = join(EXAMPLES, "node_modules/typescript/bin/tsc");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, "-p", EXAMPLES], { encoding: "utf8" });
  if (status !== 0) throw new Error(`The examples do not compile:\n${stdout}${stderr}`);
}

/** Starts an example on a free port. */
export async function startExample(context: TestContext, name: string): Promise<Example> {
  const preload = `data:text/javascript,${encodeURIComponent(PRELOAD)}`;
  const child = spawn(process.execPath, ["--import", preload, `dist/${name}.js`], {
    cwd: EXAMPLES,
    env: { ...process.env, PORT: "0", NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "development" },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
  const exited = once(child, "exit");
  context.after(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  const [port] = (await Promise.race([
    once(child, "message"),
    exited.then(([code]) => {
      throw new Error(`${name} has ended with ${String(code)}:\n${output}`);
    }),
  ])) as [number];
  return {
    port,
    async stop() {
      child.kill("SIGTERM");
      const [code, signal] = (await exited) as [number | null, string | null];
      return code ?? signal;
    },
  };
}
