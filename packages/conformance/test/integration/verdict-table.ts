import assert from "node:assert/strict";
import { selectCases } from "../../src/case/select.js";
import { CASES } from "../../src/cases/index.js";
import type { Case } from "../../src/case/case.js";
import type { CaseEnd } from "../../src/run/event.js";
import type { Verdict } from "../../src/judge/verdict.js";
import { FRAMING_TO_CLOSING } from "./groups.js";

/** What a peer gets: a pair of words, `outcome/closing`, and the patterns of the cases that get it. */
export type VerdictTable = Readonly<Record<string, string>>;

/** The cases that the patterns choose; a pattern that fits none is a mistake in the test. */
export function casesOf(patterns: string): readonly Case[] {
  const selection = selectCases(CASES, { include: [patterns], exclude: [] });
  assert.ok(selection.ok, `unknown pattern in ${patterns}`);
  return selection.cases;
}

/** Patterns of the cases that the first patterns choose and the second ones do not. */
export function without(patterns: string, others: string): string {
  const unwanted = new Set(casesOf(others));
  return casesOf(patterns)
    .filter((one) => !unwanted.has(one))
    .map(({ id }) => id)
    .join();
}

/** Sections 1–7 and 10: everything but load and compression. */
export const BASIC: readonly Case[] = casesOf(FRAMING_TO_CLOSING);

/** Case by case, in catalogue order. Throws if a case stands in two rows. */
export function expand(table: VerdictTable): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const [pair, patterns] of Object.entries(table)) {
    for (const { id } of casesOf(patterns)) {
      assert.ok(!pairs.has(id), `${id} stands in two rows`);
      pairs.set(id, pair);
    }
  }
  return new Map(CASES.flatMap(({ id }) => (pairs.has(id) ? [[id, pairs.get(id) ?? ""] as const] : [])));
}

/** How often each word stands before the slash (0) or behind it (1). */
export function countWords(pairs: Iterable<string>, position: 0 | 1): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const pair of pairs) {
    const word = pair.split("/")[position] ?? "";
    counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
}

/** Verdicts as `outcome/closing`, in catalogue order whatever the order of play was. */
export function pairsOf(
  verdicts: ReadonlyMap<string, Verdict>,
  words: (verdict: Verdict) => string,
): ReadonlyMap<string, string> {
  return new Map(
    CASES.flatMap(({ id }) => {
      const verdict = verdicts.get(id);
      return verdict === undefined ? [] : [[id, words(verdict)] as const];
    }),
  );
}

/** Whether a result says that the peer did something wrong. */
export function isAccused({ verdict: { outcome, closing } }: Pick<CaseEnd, "verdict">): boolean {
  const isOpen = outcome === "pass" || outcome === "unimplemented" || outcome === "informational";
  return !isOpen || (closing !== "ok" && closing !== "not-applicable");
}

/**
 * What a peer gets that does everything right, in our own words. Where the opening handshake decides, and where the end is
 * open, nothing is demanded of the closing.
 */
export function conformingPair({ expect, inspects, url }: Case): string {
  const { informational, opening, endIsOpen } = expect;
  if (informational === true) return "informational/not-applicable";
  const isOpening = opening !== undefined && (opening.end !== "opened" || opening.reply !== undefined);
  const isOpen = isOpening || inspects !== undefined || url !== undefined || endIsOpen === true;
  return `pass/${isOpen ? "not-applicable" : "ok"}`;
}

/** A verdict in our own words. */
export function ownWords({ outcome, closing }: Verdict): string {
  return `${outcome}/${closing}`;
}
