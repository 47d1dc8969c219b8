import type { GridResults, GridReview, GridScenario } from "../matrix/results.js";
import { citedRequirement } from "./findings.js";
import type {
  BlamedSide,
  GridClientPage,
  GridMention,
  GridPage,
  PairModel,
  PairSide,
  PairState,
  ScenarioModel,
  StackModel,
} from "./page-model.js";

/** The grid, a page for each client, and which requirements were broken in which pairs. */
export interface GridModel {
  readonly pages: readonly [GridPage, ...GridClientPage[]];
  readonly mentions: ReadonlyMap<string, readonly GridMention[]>;
}

/** `reviews`: what people say of the grid, by the folder of the stack. */
export function gridModel(
  grid: GridResults,
  stacks: readonly StackModel[],
  reviews: ReadonlyMap<string, readonly GridReview[]>,
): GridModel {
  const names = new Map(stacks.map(({ folder, name }) => [folder, name]));
  const sides = (versions: Readonly<Record<string, string>>): readonly PairSide[] =>
    Object.entries(versions)
      .map(([folder, version]) => ({ folder, name: names.get(folder) ?? folder, version }))
      // Only of a stack that has a page.
      .filter(({ folder }) => names.has(folder))
      .sort((a, b) => a.name.localeCompare(b.name, "en"));
  const servers = sides(grid.servers);
  const stored = new Map(grid.pairs.map((pair) => [`${pair.client} ${pair.server}`, pair.scenarios]));
  const standings = new Standings(reviews, stacks);
  const clients = sides(grid.clients).map((client) => ({
    ...client,
    pairs: servers.map((server): PairModel | null => {
      const scenarios = stored.get(`${client.folder} ${server.folder}`);
      return scenarios === undefined ? null : pairModel(client, server, scenarios, grid.scenarios, standings);
    }),
  }));
  const pages = clients.map(({ pairs, ...client }): GridClientPage => ({
    kind: "grid-client",
    client,
    pairs: pairs.filter((pair) => pair !== null),
  }));
  return {
    pages: [{ kind: "grid", day: grid.day, scenarios: grid.scenarios, servers, clients }, ...pages],
    mentions: mentionsOf(pages.flatMap(({ pairs }) => pairs)),
  };
}

function pairModel(
  client: PairSide,
  server: PairSide,
  stored: readonly GridScenario[],
  titles: Readonly<Record<string, string>>,
  standings: Standings,
): PairModel {
  const of = { client, server };
  const scenarios = stored.map((one): ScenarioModel => {
    const info = one.requirement === undefined ? null : citedRequirement(one.requirement);
    const blamed = sidesOf(one).map((side) => {
      const own =
        one.outcome === "fails" ? one.offences?.find((offence) => offence.side === side) : undefined;
      return standings.of(of[side], side, one.scenario, own?.requirement ?? one.requirement);
    });
    const left = blamed.filter(({ standing }) => standing !== "cleared");
    return {
      ...one,
      title: titles[one.scenario] ?? one.scenario,
      offences: (one.offences ?? []).map(({ side, requirement, because }) => ({
        ...standings.of(of[side], side, one.scenario, requirement),
        info: citedRequirement(requirement),
        because,
      })),
      ...(info === null ? {} : { info }),
      blamed,
      accused: left.length === 2 ? "both" : (left[0]?.side ?? null),
      isReviewed: left.length > 0 && left.every(({ standing }) => standing === "fault"),
    };
  });
  const failed = scenarios.filter(({ outcome }) => outcome === "fails");
  const accusing = failed.filter(({ accused }) => accused !== null);
  return {
    client,
    server,
    state: stateOf(scenarios, failed),
    failed: failed.length,
    isReviewed: accusing.length > 0 && accusing.every((one) => one.isReviewed),
    scenarios,
  };
}

function stateOf(all: readonly ScenarioModel[], failed: readonly ScenarioModel[]): PairState {
  if (failed.length > 0) {
    const sides = new Set(failed.map(({ accused }) => accused));
    if (sides.has("both") || (sides.has("client") && sides.has("server"))) return "both";
    return sides.has("client") ? "client" : sides.has("server") ? "server" : "unknown";
  }
  const isBroken = all.some(({ offences }) => offences.some(({ standing }) => standing !== "cleared"));
  if (isBroken) return "offences";
  return all.every(({ outcome }) => outcome === "unsupported") ? "unsupported" : "works";
}

function sidesOf({
  outcome,
  fault,
}: Pick<GridScenario, "outcome" | "fault">): readonly ("client" | "server")[] {
  if (outcome !== "fails" || fault === null || fault === undefined) return [];
  return fault === "both" ? ["client", "server"] : [fault];
}

/** What people made of what a side broke. */
class Standings {
  readonly #reviews: ReadonlyMap<string, readonly GridReview[]>;
  /** Folder, role and requirement of each fault that somebody looked at in a run of the suite. */
  readonly #ofSuite: ReadonlySet<string>;

  constructor(reviews: ReadonlyMap<string, readonly GridReview[]>, stacks: readonly StackModel[]) {
    this.#reviews = reviews;
    this.#ofSuite = new Set(
      stacks.flatMap(({ folder, roles }) =>
        roles.flatMap(({ result, findings }) =>
          findings
            .filter(({ standing }) => standing === "fault")
            .map(({ finding }) => `${folder} ${result.role} ${finding.requirement}`),
        ),
      ),
    );
  }

  /** A review of another version accuses nobody, but what it clears stays clear. */
  of(stack: PairSide, side: "client" | "server", scenario: string, requirement?: string): BlamedSide {
    const about = (this.#reviews.get(stack.folder) ?? [])
      .filter((one) => one.role === side && one.requirement === (requirement ?? null))
      .filter(({ scenarios }) => scenarios.includes(scenario));
    const review = about.find(({ version }) => version === stack.version) ?? about[0];
    if (review !== undefined && review.fault !== "stack") return { side, standing: "cleared", review };
    if (review?.version === stack.version) return { side, standing: "fault", review };
    const isInSuite = this.#ofSuite.has(`${stack.folder} ${side} ${requirement}`);
    return { side, standing: isInSuite ? "fault" : "unreviewed" };
  }
}

function mentionsOf(pairs: readonly PairModel[]): ReadonlyMap<string, readonly GridMention[]> {
  const found = new Map<string, GridMention[]>();
  for (const { client, server, scenarios } of pairs)
    for (const { scenario, accused, info = null, because = "It failed.", offences } of scenarios) {
      const failure = accused === null ? [] : [{ side: accused, info, because }];
      const held = offences.filter(({ standing }) => standing !== "cleared");
      for (const { side, info: broken, because: why } of [...failure, ...held]) {
        if (broken === null) continue;
        const mention = { client, server, scenario, side, because: why };
        found.set(broken.id, [...(found.get(broken.id) ?? []), mention]);
      }
    }
  return found;
}
