import type { Case } from "./case.js";
import { nearest } from "./nearest.js";
import { compareIds, familyOf, sectionOf } from "./case-id.js";

export interface SelectionPatterns {
  /** Patterns of cases to take; all cases if there is none. */
  readonly include: readonly string[];
  /** Patterns of cases to leave out again. */
  readonly exclude: readonly string[];
}

export type Selection =
  | { readonly ok: true; readonly cases: readonly Case[] }
  | { readonly ok: false; readonly unknown: readonly UnknownPattern[] };

/** A pattern that matches no case, and the patterns nearest to it that match some. */
export interface UnknownPattern {
  readonly pattern: string;
  readonly suggestions: readonly string[];
}

/** Named sets of cases; `autobahn` is what the original suite has. */
export const SETS: ReadonlyMap<string, (id: string) => boolean> = new Map([
  ["autobahn", (id: string) => AUTOBAHN_SECTIONS.has(sectionOf(id))],
  ["all", () => true],
]);

const AUTOBAHN_SECTIONS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 13]);

/** Those of the cases that can be asked of such a peer, in the order in which they are. */
export function casesFor(peer: "client" | "server", cases: readonly Case[]): readonly Case[] {
  return cases.filter((one) => one.peer === undefined || one.peer === peer);
}

/**
 * The cases that the patterns choose, in catalogue order and each once. A pattern is a glob over a whole id, in
 * which `*` stands for any text and everything else for itself; a string may hold several, separated by commas.
 */
export function selectCases(cases: readonly Case[], { include, exclude }: SelectionPatterns): Selection {
  const ids = cases.map(({ id }) => id);
  const wanted = patternsOf(include);
  const unwanted = patternsOf(exclude);
  const unknown = [...new Set([...wanted, ...unwanted])].filter((pattern) => !ids.some(matcher(pattern)));
  if (unknown.length > 0) {
    return {
      ok: false,
      unknown: unknown.map((pattern) => ({ pattern, suggestions: suggest(pattern, ids) })),
    };
  }
  const isWanted = wanted.length === 0 ? () => true : anyOf(wanted);
  const isUnwanted = anyOf(unwanted);
  return { ok: true, cases: ordered(cases.filter(({ id }) => isWanted(id) && !isUnwanted(id))) };
}

/** Empty items, such as behind a last comma, count for nothing. */
function patternsOf(lists: readonly string[]): readonly string[] {
  return lists.flatMap((list) => list.split(",")).flatMap((item) => item.trim() || []);
}

function anyOf(patterns: readonly string[]): (id: string) => boolean {
  const matchers = patterns.map(matcher);
  return (id) => matchers.some((matches) => matches(id));
}

/**
 * Tries the parts between the asterisks from left to right, each at the first place where it fits: linear,
 * unlike a regular expression, whatever the pattern is.
 */
function matcher(pattern: string): (id: string) => boolean {
  const [head = "", ...rest] = pattern.split("*");
  const tail = rest.pop();
  if (tail === undefined) return (id) => id === pattern;
  return (id) => {
    if (!id.startsWith(head) || !id.endsWith(tail) || id.length < head.length + tail.length) return false;
    let at = head.length;
    for (const part of rest) {
      const found = id.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= id.length - tail.length;
  };
}

function ordered(cases: readonly Case[]): readonly Case[] {
  return [...new Map(cases.map((value) => [value.id, value])).values()].sort((a, b) =>
    compareIds(a.id, b.id),
  );
}

/** A family or section named without its asterisk comes first; then what differs least. */
function suggest(pattern: string, ids: readonly string[]): readonly string[] {
  const bare = `${pattern.replace(/[.*]+$/, "")}.*`;
  if (ids.some(matcher(bare))) return [bare];
  const globs = ids.flatMap((id) => [`${sectionOf(id)}.*`, `${familyOf(id)}.*`]);
  return nearest(pattern, [...new Set([...ids, ...globs])]);
}
