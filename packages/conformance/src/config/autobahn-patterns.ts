import type { Case } from "../case/case.js";
import { nearest } from "../case/nearest.js";
import { SETS } from "../case/select.js";
import { compareIds, sectionOf } from "../case/case-id.js";
import { quote } from "../report/escape.js";
import { SpecError } from "./spec-error.js";

/** The lists of a spec file that choose cases. */
export interface SpecSelection {
  readonly cases: readonly string[];
  readonly exclude: readonly string[];
  /** `*` matches every case, not only those of the original. */
  readonly everything: boolean;
}

/**
 * The cases that a spec file chooses, by the rules of the original, in the order of ids. A pattern with `*` is a
 * regular expression that is anchored at its start only, in which `.` matches itself and `*` any text. A pattern
 * without `*` is an id. Cases that the original does not have are chosen only by patterns that begin with their
 * section. Throws a SpecError for an unknown id.
 */
export function specCases(catalogue: readonly Case[], selection: SpecSelection): readonly Case[] {
  const ids = catalogue.map(({ id }) => id);
  const wanted = expand(selection.cases, ids, selection.everything);
  // An excluded pattern matches every case, also those that the original does not have.
  const unwanted = expand(selection.exclude, ids, true);
  const chosen = new Set([...wanted].filter((id) => !unwanted.has(id)));
  const known = new Set(ids);
  const unknown = [...chosen].filter((id) => !known.has(id));
  if (unknown.length > 0) throw new SpecError(unknown.map((id) => unknownCase(id, ids)).join("; "));
  return catalogue
    .filter(({ id }) => chosen.has(id))
    .toSorted((first, second) => compareIds(first.id, second.id));
}

/** `exclude-agent-cases`: patterns of agents, each with patterns of the cases that are not played with them. */
export type AgentExclusions = Readonly<Record<string, readonly string[]>>;

/** Whether a case is excluded for an agent. These patterns are anchored at both ends. Throws a SpecError. */
export function agentExclusion(exclusions: AgentExclusions): (agent: string, id: string) => boolean {
  const rules = Object.entries(exclusions).map(([agent, cases]) => ({
    agent: expression(agent, "$"),
    cases: cases.map((pattern) => expression(pattern, "$")),
  }));
  return (name, id) =>
    rules.some(({ agent, cases }) => agent.test(name) && cases.some((pattern) => pattern.test(id)));
}

function expand(patterns: readonly string[], ids: readonly string[], everything: boolean): Set<string> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    if (pattern.includes("*")) for (const id of matching(pattern, ids, everything)) found.add(id);
    else found.add(pattern);
  }
  return found;
}

function matching(pattern: string, ids: readonly string[], everything: boolean): readonly string[] {
  const isOriginal = SETS.get("autobahn") ?? (() => true);
  const named = /^(\d+)\./.exec(pattern)?.[1];
  const matches = expression(pattern, "");
  return ids.filter(
    (id) => matches.test(id) && (everything || isOriginal(id) || String(sectionOf(id)) === named),
  );
}

/** All other characters keep their meaning in a regular expression, so that `1[1-4].*` works. */
function expression(pattern: string, end: "" | "$"): RegExp {
  const source = pattern.replaceAll(".", "\\.").replaceAll("*", ".*");
  try {
    return new RegExp(`^(?:${source})${end}`);
  } catch {
    throw new SpecError(`the pattern ${quote(pattern)} is not a regular expression`);
  }
}

function unknownCase(id: string, ids: readonly string[]): string {
  if (id.trim() === "") return "the list cases has an empty item";
  const family = `${id.replace(/\.+$/, "")}.`;
  const hint = ids.some((known) => known.startsWith(family)) ? `${family}*` : nearest(id, ids)[0];
  return `there is no case ${quote(id)}${hint === undefined ? "" : ` (did you mean ${quote(hint)}?)`}`;
}
