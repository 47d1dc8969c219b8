import type { Counts, RoleResult, StackResults } from "../matrix/results.js";
import { totalsOf } from "../matrix/role-result.js";
import { findingText } from "./findings.js";
import type { AboutStack, ChangedFinding, ChangeModel, FindingModel, RoleModel } from "./page-model.js";

interface Version {
  readonly version: string;
  readonly suite: string;
  readonly day: string;
  readonly totals: Counts;
  readonly findings: readonly string[];
}

/** The versions of each role, newest first, each with what became otherwise. */
export function changesOf(
  about: Pick<AboutStack, "folder" | "name">,
  roles: readonly RoleModel[],
  history: StackResults["history"],
): readonly ChangeModel[] {
  const changes = roles.flatMap((role) => {
    const { result } = role;
    const earlier = history
      .filter((one) => one.role === result.role && one.over === result.over)
      .sort((a, b) => b.day.localeCompare(a.day));
    const versions: readonly Version[] = [current(result), ...earlier];
    return versions.map((version, index): ChangeModel => {
      const before = versions[index + 1];
      const known = index === 0 ? role.findings : [];
      const without = (ids: readonly string[], others: readonly string[]): readonly string[] =>
        ids.filter((id) => !others.includes(id));
      return {
        folder: about.folder,
        name: about.name,
        key: role.key,
        label: role.label,
        version: version.version,
        suite: version.suite,
        day: version.day,
        totals: version.totals,
        ...(before === undefined
          ? {}
          : { before: before.version, isSameSuite: before.suite === version.suite }),
        added:
          before === undefined
            ? []
            : without(version.findings, before.findings).map((id) => changed(id, known)),
        // A run that was cut says nothing of what it did not come to.
        gone:
          before === undefined || (index === 0 && result.status !== "tested")
            ? []
            : without(before.findings, version.findings).map((id) => changed(id, [])),
      };
    });
  });
  return changes.sort((a, b) => b.day.localeCompare(a.day));
}

function current(result: RoleResult): Version {
  return {
    version: result.version,
    suite: result.suite,
    day: result.startedAt.slice(0, 10),
    totals: totalsOf(result),
    findings: result.findings.filter(({ outcome }) => outcome === "fail").map(({ id }) => id),
  };
}

function changed(id: string, known: readonly FindingModel[]): ChangedFinding {
  const found = known.find(({ finding }) => finding.id === id);
  return {
    id,
    text: findingText(id),
    ...(found === undefined ? {} : { standing: found.standing, anchor: found.anchor }),
  };
}
