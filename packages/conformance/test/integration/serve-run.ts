import type { TestContext } from "node:test";
import type { Walk, WalkOptions } from "@wireproof/peers";
import type { Case } from "../../src/case/case.js";
import type { RunEvent } from "../../src/run/event.js";
import { serve, type ServeOptions } from "../../src/serve/serve.js";
import { finished, type Finished } from "./play-run.js";

export interface ServeRunOptions extends Omit<ServeOptions, "cases" | "port"> {
  /** Connections of the client at the same time; 4 if absent. */
  readonly connections?: number;
  /** Certificates that the client trusts. */
  readonly ca?: string;
}

/** Lets a client walk through the cases of a server that ends behind it. Wire entries are not kept. */
export async function serveRun(
  context: Pick<TestContext, "after">,
  walk: Walk,
  cases: readonly Case[],
  options: ServeRunOptions = {},
): Promise<Finished> {
  const { connections = 4, ca, ...rest } = options;
  const server = await serve({ ...rest, cases, port: 0 });
  context.after(() => server.stop());
  const walking: WalkOptions = {
    url: server.url.replace("127.0.0.1", "localhost"),
    agent: "client",
    connections,
    report: "shutdownOnComplete=true",
    ...(ca === undefined ? {} : { ca }),
  };
  const walked = walk(walking);
  const events: RunEvent[] = [];
  for await (const event of server.events) {
    if (event.type !== "wire") events.push(event);
  }
  await walked;
  return finished(events);
}
