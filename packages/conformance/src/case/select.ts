import type { Case } from "./case.js";
import { compareIds, sectionOf } from "./case-id.js";
import { FROZEN_SETS } from "./frozen-sets.js";
import { matcherOf, suggest, type CaseMatcher } from "./pattern.js";

/**
 * Which cases are chosen.
 *
 * @example
 * ```ts
 * import type { SelectionPatterns } from "wireproof";
 *
 * const patterns: SelectionPatterns = { include: ["7.*", "5.*"], exclude: ["7.13.*"] };
 * console.assert(patterns.include.length === 2);
 * ```
 */
export interface SelectionPatterns {
  /** Patterns of cases to take; all cases if there is none. */
  readonly include: readonly string[];
  /** Patterns of cases to leave out again. */
  readonly exclude: readonly string[];
}

/**
 * The chosen cases, or the patterns that match none.
 *
 * @example
 * ```ts
 * import { cases, selectCases, type Selection } from "wireproof";
 *
 * const selection: Selection = selectCases(cases, { include: ["1.1.*"], exclude: [] });
 * console.assert(selection.ok && selection.cases.length > 0);
 * ```
 */
export type Selection =
  | { readonly ok: true; readonly cases: readonly Case[] }
  | { readonly ok: false; readonly unknown: readonly UnknownPattern[] };

/**
 * A pattern that matches no case, and the patterns nearest to it that match some.
 *
 * @example
 * ```ts
 * import { cases, selectCases, type UnknownPattern } from "wireproof";
 *
 * const selection = selectCases(cases, { include: ["7.1"], exclude: [] });
 * const unknown: readonly UnknownPattern[] = selection.ok ? [] : selection.unknown;
 * console.assert(unknown[0]?.suggestions.includes("7.1.*"));
 * ```
 */
export interface UnknownPattern {
  /** As it was given. */
  readonly pattern: string;
  /** Patterns that match at least one case, the nearest first. */
  readonly suggestions: readonly string[];
}

/**
 * Named sets of cases, as functions of an id: `autobahn` is what the original suite has; a year and a number, such as
 * `2026.1`, is what is scored in that release, and never changes; `all` is everything.
 *
 * @example
 * ```ts
 * import { cases, SETS } from "wireproof";
 *
 * const isInOriginal = SETS.get("autobahn");
 * console.assert(cases.filter(({ id }) => isInOriginal?.(id)).length < cases.length);
 * ```
 */
export const SETS: ReadonlyMap<string, (id: string) => boolean> = new Map([
  ["autobahn", (id: string) => AUTOBAHN_SECTIONS.has(sectionOf(id))],
  ...FROZEN_SETS.map(({ name, ids }) => [name, (id: string) => ids.has(id)] as const),
  ["all", () => true],
]);

/** The version of the suite that has the cases without a `since`. */
export const FIRST_VERSION = "0.1.0";

const AUTOBAHN_SECTIONS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 13]);

/** How the peers of a run are reached, and what they do: it decides which cases can be played. */
export interface Circumstances {
  /** They send Pings by themselves. Default false. */
  readonly pings?: boolean;
  /** Connections are streams of HTTP/2 (RFC 8441). Default false. */
  readonly http2?: boolean;
}

/** The cases that this kind of peer can be tested with, in their order. */
export function casesFor(
  peer: "client" | "server",
  cases: readonly Case[],
  { pings = false, http2 = false }: Circumstances = {},
): readonly Case[] {
  return cases.filter(
    (one) =>
      (one.peer ?? peer) === peer &&
      (pings || one.keepalive !== true) &&
      (http2 ? one.http2 !== undefined || !isOverHttp1(one) : one.http2 === undefined),
  );
}

/** Whether a case writes or inspects an opening handshake of HTTP/1.1, which HTTP/2 does not have. */
function isOverHttp1({ request, answer, url, inspects }: Case): boolean {
  return [request, answer, url, inspects].some((own) => own !== undefined);
}

/**
 * The cases that the patterns choose, in catalogue order and each once. A pattern is a glob over a whole id, in
 * which `*` stands for any text and everything else for itself; or `requirement:` and a glob over the ids of the
 * requirements of a case; or `section:` and a number; or words, each of which begins a word of the title or of the name
 * of the section. A string may hold several patterns, separated by commas.
 *
 * @param cases - Where to choose from.
 * @param patterns - What to take, all if there is none, and what to leave out again.
 * @returns The cases; or the patterns that match none of them, with suggestions.
 *
 * @example
 * ```ts
 * import { cases, selectCases } from "wireproof";
 *
 * const selection = selectCases(cases, { include: ["7.*"], exclude: ["7.1.*,7.3.1"] });
 * console.assert(selection.ok && !selection.cases.some(({ id }) => id.startsWith("7.1.")));
 * ```
 */
export function selectCases(cases: readonly Case[], { include, exclude }: SelectionPatterns): Selection {
  const wanted = patternsOf(include);
  const unwanted = patternsOf(exclude);
  const unknown = [...new Set([...wanted, ...unwanted])].filter((pattern) => !cases.some(matcherOf(pattern)));
  if (unknown.length > 0) {
    return {
      ok: false,
      unknown: unknown.map((pattern) => ({ pattern, suggestions: suggest(pattern, cases) })),
    };
  }
  const isWanted = wanted.length === 0 ? () => true : anyOf(wanted);
  const isUnwanted = anyOf(unwanted);
  return { ok: true, cases: ordered(cases.filter((one) => isWanted(one) && !isUnwanted(one))) };
}

/** Empty items, such as behind a last comma, count for nothing. */
function patternsOf(lists: readonly string[]): readonly string[] {
  return lists.flatMap((list) => list.split(",")).flatMap((item) => item.trim() || []);
}

function anyOf(patterns: readonly string[]): CaseMatcher {
  const matchers = patterns.map(matcherOf);
  return (one) => matchers.some((matches) => matches(one));
}

function ordered(cases: readonly Case[]): readonly Case[] {
  return [...new Map(cases.map((value) => [value.id, value])).values()].sort((a, b) =>
    compareIds(a.id, b.id),
  );
}
