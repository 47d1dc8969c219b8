import type { Case } from "./case.js";
import { compareIds } from "./case-id.js";
import { SET_2026_1 } from "./sets/set-2026-1.js";

/**
 * What is scored in a release, by name: results of different years, peers and versions of the suite can be compared by
 * it, because it never changes.
 */
export interface FrozenSet {
  /** Year and running number. */
  readonly name: string;
  /** The version of the suite with which it was frozen. */
  readonly version: string;
  /** The cases that it scores. */
  readonly ids: ReadonlySet<string>;
}

/**
 * Why a frozen set does not score a case. `extension`: it is about an extension, which no endpoint has to have; `http2`: it is
 * about HTTP/2, which no endpoint has to speak; `added
 * later`: the suite did not have it; `pending`: it observed and judged nothing when the set was frozen.
 */
export type Unscored = "extension" | "http2" | "added later" | "pending";

/** What each reason means, in a sentence. */
export const UNSCORED_TEXTS: Readonly<Record<Unscored, string>> = {
  extension: "It is about permessage-deflate, an extension that no endpoint has to have.",
  http2: "It is about HTTP/2, which no endpoint has to speak.",
  "added later": "The suite did not have it when the set was frozen.",
  pending: "When the set was frozen, it observed and judged nothing: the RFCs leave open what is right.",
};

/** Every frozen set, the oldest first. */
export const FROZEN_SETS: readonly FrozenSet[] = [
  { name: "2026.1", version: "0.2.0", ids: new Set(SET_2026_1.flatMap(expand)) },
];

/** Why the set does not score the case; undefined if it does. */
export function unscoredBy({ ids, version }: FrozenSet, one: Case): Unscored | undefined {
  if (ids.has(one.id)) return undefined;
  if (one.since !== undefined && compareIds(one.since, version) > 0) return "added later";
  if (one.http2 !== undefined) return "http2";
  return isAboutExtension(one) ? "extension" : "pending";
}

/** Whether a case is about permessage-deflate, or needs it. */
export function isAboutExtension({ deflate, requirements }: Case): boolean {
  return deflate !== undefined || requirements[0].startsWith("7692-");
}

/** `5.1-3 7.1` stands for 5.1, 5.2, 5.3 and 7.1. */
function expand(line: string): readonly string[] {
  return line.split(" ").flatMap((range) => {
    const [first = "", last] = range.split("-");
    if (last === undefined) return [first];
    const family = first.slice(0, first.lastIndexOf(".") + 1);
    const from = Number(first.slice(family.length));
    return Array.from({ length: Number(last) - from + 1 }, (_, at) => `${family}${from + at}`);
  });
}
