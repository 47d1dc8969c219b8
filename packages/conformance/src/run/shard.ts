import type { Case } from "../case/case.js";
import { SANITY_CASES } from "./sanity.js";

/**
 * A part of a run that was divided: shards of the same cases can be played on several machines, and merged.
 *
 * @example
 * ```ts
 * import { cases, run, type Shard } from "wireproof";
 *
 * const shard: Shard = { index: 2, of: 5 };
 * for await (const event of run({ urls: [], cases, shard }))
 *   if (event.type === "run") console.assert(event.config.shard?.index === 2);
 * ```
 */
export interface Shard {
  /** Which part, from 1. */
  readonly index: number;
  /** How many parts there are. */
  readonly of: number;
}

/**
 * The cases of a shard: every so many of the catalogue, so that each shard has some of the long ones. The cases that say
 * whether it is of use to play the others are in each of them.
 */
export function shardOf(cases: readonly Case[], { index, of }: Shard): readonly Case[] {
  const mine = new Set(cases.filter((_, position) => position % of === index - 1));
  return cases.filter((one) => mine.has(one) || (mine.size > 0 && SANITY_CASES.includes(one.id)));
}
