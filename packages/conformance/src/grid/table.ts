import type { GridResults, GridScenario } from "../matrix/results.js";
import type { GridProgram } from "./grid-server.js";
import type { Scenario } from "./scenarios.js";

interface Programs {
  readonly clients: readonly GridProgram[];
  readonly servers: readonly GridProgram[];
}

interface Stack {
  readonly version: string;
  readonly digest: string;
}

/**
 * What is known of every pair. A program that has changed takes all its pairs with it: a result is never shown with the
 * version of a program with which it was not seen. Stacks that are not part of this run stay as they are.
 */
export class GridTable {
  readonly #pairs = new Map<string, Map<string, GridScenario>>();
  readonly #clients = new Map<string, Stack>();
  readonly #servers = new Map<string, Stack>();

  constructor(stored: GridResults | undefined, { clients, servers }: Programs) {
    if (stored !== undefined) this.#read(stored, clients, servers);
    for (const { stack, version, digest } of clients) this.#clients.set(stack, { version, digest });
    for (const { stack, version, digest } of servers) this.#servers.set(stack, { version, digest });
  }

  has(client: string, server: string, scenario: string): boolean {
    return this.#pairs.get(keyOf(client, server))?.has(scenario) === true;
  }

  set(client: string, server: string, result: GridScenario): void {
    const key = keyOf(client, server);
    const pair = this.#pairs.get(key) ?? new Map<string, GridScenario>();
    this.#pairs.set(key, pair.set(result.scenario, result));
  }

  /** In the order of names and of `scenarios`; without stacks that have no pair. */
  results(day: string, suite: string, scenarios: readonly Scenario[]): GridResults {
    const pairs = [...this.#clients.keys()].toSorted().flatMap((client) =>
      [...this.#servers.keys()].toSorted().flatMap((server) => {
        const known = this.#pairs.get(keyOf(client, server));
        const results = scenarios.flatMap(({ name }) => known?.get(name) ?? []);
        return results.length === 0 ? [] : [{ client, server, scenarios: results }];
      }),
    );
    const clients = stacksOf(this.#clients, new Set(pairs.map(({ client }) => client)));
    const servers = stacksOf(this.#servers, new Set(pairs.map(({ server }) => server)));
    return {
      day,
      suite,
      clients: mapped(clients, ({ version }) => version),
      servers: mapped(servers, ({ version }) => version),
      programs: {
        clients: mapped(clients, ({ digest }) => digest),
        servers: mapped(servers, ({ digest }) => digest),
      },
      scenarios: Object.fromEntries(scenarios.map(({ name, says }) => [name, says])),
      pairs,
    };
  }

  #read(
    { clients, servers, programs, pairs }: GridResults,
    ...now: [readonly GridProgram[], readonly GridProgram[]]
  ): void {
    const [isClient, isServer] = [
      isSame(clients, programs?.clients ?? {}, now[0]),
      isSame(servers, programs?.servers ?? {}, now[1]),
    ];
    for (const [stack, version] of Object.entries(clients))
      this.#clients.set(stack, { version, digest: programs?.clients[stack] ?? "" });
    for (const [stack, version] of Object.entries(servers))
      this.#servers.set(stack, { version, digest: programs?.servers[stack] ?? "" });
    for (const { client, server, scenarios } of pairs) {
      if (!isClient(client) || !isServer(server)) continue;
      for (const one of scenarios) this.set(client, server, one);
    }
  }
}

/** Whether a stack is the one of which results are stored, or is not part of this run. */
function isSame(
  versions: Readonly<Record<string, string>>,
  digests: Readonly<Record<string, string>>,
  now: readonly GridProgram[],
): (stack: string) => boolean {
  const programs = new Map(now.map((one) => [one.stack, one]));
  return (stack) => {
    const program = programs.get(stack);
    return (
      program === undefined || (program.version === versions[stack] && program.digest === digests[stack])
    );
  };
}

function stacksOf(
  stacks: ReadonlyMap<string, Stack>,
  wanted: ReadonlySet<string>,
): readonly (readonly [string, Stack])[] {
  return [...stacks].filter(([name]) => wanted.has(name)).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function mapped(
  stacks: readonly (readonly [string, Stack])[],
  of: (stack: Stack) => string,
): Record<string, string> {
  return Object.fromEntries(stacks.map(([name, stack]) => [name, of(stack)]));
}

function keyOf(client: string, server: string): string {
  return JSON.stringify([client, server]);
}
