import type { GridResults, GridScenario } from "../matrix/results.js";
import type { Clock } from "../time/clock.js";
import { GridServer, type GridProgram, type GridServerProgram } from "./grid-server.js";
import { judgeScenario } from "./judge.js";
import { playScenario } from "./play-scenario.js";
import { GridTable } from "./table.js";
import { SCENARIOS, type Scenario } from "./scenarios.js";
import { forEachOf } from "../matrix/workers.js";

export interface GridOptions {
  readonly clients: readonly GridProgram[];
  readonly servers: readonly GridServerProgram[];
  readonly scenarios: readonly Scenario[];
  /** What is known from before; what has not changed is not played again, unless `again` is set. */
  readonly stored: GridResults | undefined;
  readonly again: boolean;
  /** Servers that run at the same time. Each has its clients one after the other. */
  readonly jobs: number;
  readonly clock: Clock;
  readonly suite: string;
  /** When it is aborted, what was played to its end is kept. */
  readonly signal: AbortSignal;
  /** Is called when a server is done with a scenario: what is known by then. */
  readonly save: (results: GridResults) => void;
  readonly onEnd: (end: GridJobEnd) => void;
}

/** One server in one scenario, with all clients that had to be played. */
export interface GridJobEnd {
  readonly server: string;
  readonly scenario: string;
  readonly results: readonly { readonly client: string; readonly result: GridScenario }[];
  /** Why clients are left out, in a clause; null if none is. */
  readonly because: string | null;
}

interface Job {
  readonly server: GridServerProgram;
  readonly scenario: Scenario;
  readonly clients: readonly GridProgram[];
}

/** Plays every client against every server, and returns how many scenarios were played. */
export async function runGrid(options: GridOptions): Promise<number> {
  const { clients, servers, scenarios, stored, again, jobs, clock, suite, signal, save, onEnd } = options;
  const table = new GridTable(stored, { clients, servers });
  const waiting: Job[] = servers.flatMap((server) =>
    scenarios.flatMap((scenario) => {
      const open = clients.filter(({ stack }) => again || !table.has(stack, server.stack, scenario.name));
      return open.length === 0 ? [] : [{ server, scenario, clients: open }];
    }),
  );
  let played = 0;
  await forEachOf(waiting, jobs, signal, async (job, either) => {
    const end = await runJob(job, { clock, signal: either });
    for (const { client, result } of end.results) table.set(client, end.server, result);
    played += end.results.length;
    save(table.results(clock.date().slice(0, 10), suite, SCENARIOS));
    onEnd(end);
  });
  return played;
}

async function runJob(
  { server: program, scenario, clients }: Job,
  { clock, signal }: Pick<GridOptions, "clock" | "signal">,
): Promise<GridJobEnd> {
  const server = new GridServer(program, scenario);
  const results: { client: string; result: GridScenario }[] = [];
  const done = (because: string | null): GridJobEnd => ({
    server: program.stack,
    scenario: scenario.name,
    results,
    because,
  });
  try {
    let because: string | null = null;
    for (const client of clients) {
      const start = await server.up(signal);
      if (start.outcome === "failed") return done(`the server's program ${start.because}`);
      let result: GridScenario = {
        scenario: scenario.name,
        outcome: "unsupported",
        because: "the server's program says that it cannot do this",
      };
      if (start.outcome === "up") {
        const { path } = program;
        const played = await playScenario({ client, server, path, scenario, clock, signal });
        if (typeof played === "string") {
          because = `${client.stack}: ${played}`;
          continue;
        }
        result = judgeScenario(scenario, played);
      }
      if (signal.aborted) return done("the run was interrupted");
      results.push({ client: client.stack, result });
    }
    return done(because);
  } finally {
    await server.stop();
  }
}
