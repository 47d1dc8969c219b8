import { Child, within } from "../child/child.js";
import { endWithin } from "../child/end-within.js";
import { parseCommandLine } from "../child/command-line.js";
import { OutputRing } from "../child/output-ring.js";
import type { Clock } from "../time/clock.js";
import type { GridProgram, GridServer } from "./grid-server.js";
import type { ClientEnd, Played } from "./played.js";
import { passiveProxy } from "./proxy.js";
import { SCENARIO_VARIABLE, type Scenario } from "./scenarios.js";
import { TalkLog, usableMs } from "./talk.js";

export interface ScenarioOptions {
  readonly client: GridProgram;
  readonly server: GridServer;
  /** Path of the server's URL. */
  readonly path: string;
  readonly scenario: Scenario;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long the client has, in milliseconds that it can use; 20,000 if absent. */
  readonly limitMs?: number;
}

const LIMIT_MS = 20_000;
/** How long the server may take to end the connection once the client's program has ended. */
const SETTLE_MS = 1000;
/** Connections of one client that are read; no scenario needs more than one. */
const MOST_TALKS = 16;
const OUTPUT_KEPT = 8192;
const IGNORED = { octets: (): void => undefined, ended: (): void => undefined };

/**
 * Plays one scenario between a client and a server that runs, and says what was seen. A text says why the client's program
 * could not be started.
 */
export async function playScenario(options: ScenarioOptions): Promise<Played | string> {
  const { clock, server, client, path, limitMs = LIMIT_MS } = options;
  const startedAtMs = usableMs(clock);
  const logs: TalkLog[] = [];
  const proxy = await passiveProxy({
    serverPort: server.port,
    clock,
    onConnection: () => {
      if (logs.length === MOST_TALKS) return IGNORED;
      const log = new TalkLog(clock, startedAtMs);
      logs.push(log);
      return log;
    },
  });
  const finish = (): void => {
    for (const log of logs) log.finish();
  };
  try {
    const url = `ws://127.0.0.1:${proxy.port}${path}`;
    // What a program does when it is ended is not its own doing.
    const end = await runClient(client, url, { ...options, limitMs, startedAtMs, onLate: finish });
    if (end === null) return "the client's program could not be started";
    await within(SETTLE_MS, proxy.settled());
    finish();
    const serverEnded = await server.early();
    return { client: end, serverEnded, talks: logs.map((log) => log.finish()), path, limitMs };
  } finally {
    finish();
    await proxy.close();
  }
}

interface RunOptions extends ScenarioOptions {
  readonly limitMs: number;
  readonly startedAtMs: number;
  readonly onLate: () => void;
}

async function runClient(
  { start, folder }: GridProgram,
  url: string,
  { scenario, clock, signal, limitMs, startedAtMs, onLate }: RunOptions,
): Promise<ClientEnd | null> {
  const line = parseCommandLine(start.replaceAll("{url}", url));
  const env = { ...line.env, [SCENARIO_VARIABLE]: scenario.name };
  const output = new OutputRing(OUTPUT_KEPT);
  const child = new Child({ ...line, env, cwd: folder }, output);
  let atMs = limitMs;
  void child.exited.then(() => {
    atMs = usableMs(clock) - startedAtMs;
  });
  const { code, how, isLate } = await endWithin(child, { clock, limitMs, signal, onLate });
  if (child.pid === undefined) return null;
  const said =
    output
      .since(0)
      .lines.findLast(({ text }) => text.trim() !== "")
      ?.text.trim() ?? "";
  return {
    code: isLate ? null : code,
    how: isLate ? `did not end within ${limitMs / 1000} s` : how,
    atMs,
    isLate,
    said,
  };
}
