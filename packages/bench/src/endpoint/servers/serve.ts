import { createInterface } from "node:readline";
import { setImmediate } from "node:timers/promises";
import type { ServerSetup, ServerUp, ServerUsage } from "../protocol.js";

export interface Hooks {
  /** Collects garbage now. */
  readonly collect: () => void;
  /** Messages received so far. */
  readonly messages?: () => number;
}

const COLLECTIONS = 4;

/** The part that all servers share: reads the setup, reports the port, answers questions, ends with its parent. */
export async function serve(
  start: (setup: ServerSetup) => Promise<ServerUp>,
  hooks: Hooks = { collect: collectInNode },
): Promise<void> {
  let isUp = false;
  for await (const line of createInterface({ input: process.stdin })) {
    if (!isUp) {
      isUp = true;
      send(await start(JSON.parse(line) as ServerSetup));
      continue;
    }
    if (line === "settle") await settle(hooks);
    send(usage(hooks));
  }
  process.exit(0);
}

/** In a process that was started with --expose-gc; otherwise nothing. */
export function collectInNode(): void {
  globalThis.gc?.();
}

/** What was just freed may hold other things that can be freed in the next turn. */
async function settle({ collect }: Hooks): Promise<void> {
  for (let round = 0; round < COLLECTIONS; round++) {
    collect();
    await setImmediate();
  }
}

function usage({ messages }: Hooks): ServerUsage {
  const { user, system } = process.cpuUsage();
  const counted = messages === undefined ? {} : { messages: messages() };
  return { cpuMicros: user + system, rssBytes: process.memoryUsage().rss, ...counted };
}

function send(answer: ServerUp | ServerUsage): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
