import type { GridResults, GridScenario } from "../matrix/results.js";
import { citedRequirement } from "./findings.js";
import type {
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

export function gridModel(grid: GridResults, stacks: readonly StackModel[]): GridModel {
  const names = new Map(stacks.map(({ folder, name }) => [folder, name]));
  const sides = (versions: Readonly<Record<string, string>>): readonly PairSide[] =>
    Object.entries(versions)
      .map(([folder, version]) => ({ folder, name: names.get(folder) ?? folder, version }))
      // Only of a stack that has a page.
      .filter(({ folder }) => names.has(folder))
      .sort((a, b) => a.name.localeCompare(b.name, "en"));
  const servers = sides(grid.servers);
  const stored = new Map(grid.pairs.map((pair) => [`${pair.client} ${pair.server}`, pair.scenarios]));
  const reviewed = reviewedFaults(stacks);
  const clients = sides(grid.clients).map((client) => ({
    ...client,
    pairs: servers.map((server): PairModel | null => {
      const scenarios = stored.get(`${client.folder} ${server.folder}`);
      return scenarios === undefined ? null : pairModel(client, server, scenarios, grid.scenarios, reviewed);
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
  reviewed: ReadonlySet<string>,
): PairModel {
  const scenarios = stored.map((one): ScenarioModel => {
    const info = one.requirement === undefined ? null : citedRequirement(one.requirement);
    const blamed = sidesOf(one).map((side) => (side === "client" ? client : server).folder + side[0]);
    return {
      ...one,
      title: titles[one.scenario] ?? one.scenario,
      offences: (one.offences ?? []).map((offence) => ({
        side: offence.side,
        info: citedRequirement(offence.requirement),
        because: offence.because,
      })),
      ...(info === null ? {} : { info }),
      isReviewed: blamed.length > 0 && blamed.every((side) => reviewed.has(`${side} ${one.requirement}`)),
    };
  });
  const failed = scenarios.filter(({ outcome }) => outcome === "fails");
  const blamed = failed.filter((one) => sidesOf(one).length > 0);
  return {
    client,
    server,
    state: stateOf(scenarios, failed),
    failed: failed.length,
    isReviewed: blamed.length > 0 && blamed.every((one) => one.isReviewed),
    scenarios,
  };
}

function stateOf(all: readonly ScenarioModel[], failed: readonly ScenarioModel[]): PairState {
  if (failed.length > 0) {
    const sides = new Set(failed.flatMap(sidesOf));
    if (sides.size === 2) return "both";
    return sides.has("client") ? "client" : sides.has("server") ? "server" : "unknown";
  }
  if (all.some(({ offences }) => offences.length > 0)) return "offences";
  return all.every(({ outcome }) => outcome === "unsupported") ? "unsupported" : "works";
}

function sidesOf({
  outcome,
  fault,
}: Pick<GridScenario, "outcome" | "fault">): readonly ("client" | "server")[] {
  if (outcome !== "fails" || fault === null || fault === undefined) return [];
  return fault === "both" ? ["client", "server"] : [fault];
}

/** Folder, first letter of the role, and requirement of each fault that somebody looked at in a run of the suite. */
function reviewedFaults(stacks: readonly StackModel[]): ReadonlySet<string> {
  return new Set(
    stacks.flatMap(({ folder, roles }) =>
      roles.flatMap(({ result, findings }) =>
        findings
          .filter(({ standing }) => standing === "fault")
          .map(({ finding }) => `${folder}${result.role[0]} ${finding.requirement}`),
      ),
    ),
  );
}

function mentionsOf(pairs: readonly PairModel[]): ReadonlyMap<string, readonly GridMention[]> {
  const found = new Map<string, GridMention[]>();
  for (const { client, server, scenarios } of pairs)
    for (const { scenario, outcome, fault, info = null, because, offences } of scenarios) {
      const failure =
        outcome === "fails" && fault ? [{ side: fault, info, because: because ?? "It failed." }] : [];
      for (const { side, info: broken, because: why } of [...failure, ...offences]) {
        if (broken === null) continue;
        const mention = { client, server, scenario, side, because: why };
        found.set(broken.id, [...(found.get(broken.id) ?? []), mention]);
      }
    }
  return found;
}
