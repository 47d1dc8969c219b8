import { fork } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Job, Report } from "./own-endpoint.js";

const SCRIPT = fileURLToPath(new URL("own-endpoint.js", import.meta.url));

/** What the endpoint runs on. */
export interface Runtime {
  /** The path of a Node. */
  readonly binary: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Gives a process of the endpoint, which ends with the test, a job, and resolves with its report. */
export async function startOwnEndpoint(
  context: Pick<TestContext, "after">,
  { binary, args = [], env }: Runtime,
  job: Job,
): Promise<Report> {
  // Coverage is for the code that runs here. Empty: what is absent would be handed down.
  const environment = { ...process.env, NODE_V8_COVERAGE: "", ...env };
  const child = fork(SCRIPT, { execPath: binary, execArgv: [...args], env: environment });
  const ended = once(child, "exit");
  context.after(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  child.send(job);
  const [answer] = await Promise.race([once(child, "message"), ended]);
  if (typeof answer !== "object" || answer === null) throw new Error(`the endpoint has ended with ${answer}`);
  return answer as Report;
}
