import type { GridResults, GridReview, GridScenario } from "../matrix/results.js";
import { citedRequirement } from "./findings.js";
import type {
  BrokenModel,
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
  const scenarios = stored.map((one): ScenarioModel => {
    const broken = brokenIn(one).map(({ side, requirement, because }) => ({
      ...standings.of(side === "client" ? client : server, side, one.scenario, requirement),
      side,
      requirement,
      info: citedRequirement(requirement),
      because,
    }));
    const left = one.outcome === "fails" ? broken.filter(isHeld) : [];
    return {
      ...one,
      title: titles[one.scenario] ?? one.scenario,
      broken,
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
  if (all.some(({ broken }) => broken.some(isHeld))) return "offences";
  return all.every(({ outcome }) => outcome === "unsupported") ? "unsupported" : "works";
}

type Broken = Pick<BrokenModel, "side" | "requirement" | "because">;

/** Why a scenario failed, of each side that is at fault; or what did not matter, if it worked. */
function brokenIn(one: GridScenario): readonly Broken[] {
  const { outcome, fault, requirement = null, because = "It failed.", offences = [] } = one;
  if (outcome !== "fails" || fault === null || fault === undefined) return offences;
  const sides = fault === "both" ? (["client", "server"] as const) : [fault];
  // Where both sent what they may never send, the second one is there with its own requirement.
  return sides.map((side) => offences.find((own) => own.side === side) ?? { side, requirement, because });
}

/** It was not cleared. */
function isHeld({ standing }: Pick<BrokenModel, "standing">): boolean {
  return standing !== "cleared";
}

/** What people made of what a side broke. */
class Standings {
  readonly #reviews: ReadonlyMap<string, readonly GridReview[]>;
  /** Folder, role, version and requirement of each fault that somebody looked at in a run of the suite over HTTP/1.1. */
  readonly #ofSuite: ReadonlySet<string>;

  constructor(reviews: ReadonlyMap<string, readonly GridReview[]>, stacks: readonly StackModel[]) {
    this.#reviews = reviews;
    this.#ofSuite = new Set(
      stacks.flatMap(({ folder, roles }) =>
        roles
          .filter(({ result }) => result.over === "http1")
          .flatMap(({ result, findings }) =>
            findings
              .filter(({ standing }) => standing === "fault")
              .map(({ finding }) => `${folder} ${result.role} ${result.version} ${finding.requirement}`),
          ),
      ),
    );
  }

  /** A review of another version accuses nobody, but what it clears stays clear. */
  of(
    { folder, version }: PairSide,
    side: "client" | "server",
    scenario: string,
    requirement: string | null,
  ): Pick<BrokenModel, "standing" | "review"> {
    const about = (this.#reviews.get(folder) ?? [])
      .filter((one) => one.role === side && one.requirement === requirement)
      .filter(({ scenarios }) => scenarios.includes(scenario));
    const review = about.find((one) => one.version === version) ?? about[0];
    if (review !== undefined && review.fault !== "stack") return { standing: "cleared", review };
    if (review?.version === version) return { standing: "fault", review };
    const isInSuite = this.#ofSuite.has(`${folder} ${side} ${version} ${requirement}`);
    return { standing: isInSuite ? "fault" : "unreviewed" };
  }
}

function mentionsOf(pairs: readonly PairModel[]): ReadonlyMap<string, readonly GridMention[]> {
  const found = new Map<string, GridMention[]>();
  for (const { client, server, scenarios } of pairs)
    for (const { scenario, broken } of scenarios) {
      const held = new Map<string, GridMention>();
      for (const { side, info, because } of broken.filter(isHeld)) {
        if (info === null) continue;
        const isByBoth = held.has(info.id) && held.get(info.id)?.side !== side;
        held.set(info.id, { client, server, scenario, side: isByBoth ? "both" : side, because });
      }
      for (const [id, mention] of held) found.set(id, [...(found.get(id) ?? []), mention]);
    }
  return found;
}
