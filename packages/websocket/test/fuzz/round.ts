import { scriptFile, scriptText } from "./finding.js";
import type { Finding } from "./finding.js";
import type { Harness } from "./harness.js";
import { playPlans } from "./play-plans.js";
import { Random } from "./random.js";
import type { Watchdog } from "./watches/watchdog.js";

export interface RoundOptions {
  readonly harnesses: readonly Harness[];
  readonly seed: number;
  readonly fault?: string | undefined;
  /** The part of each harness's plans that is played, from 0 to 1. */
  readonly share: number;
  /** Where scripts go. */
  readonly folder: string;
  readonly mayGoOn: () => boolean;
  readonly watchdog: Watchdog;
}

/** What one harness did in a round. */
export interface HarnessTotals {
  plans: number;
  octets: number;
  stallMs: number;
  heldMib: number;
}

/** In so many slices, all harnesses by turns, so that a round that is cut short has played something of each. */
const SLICES = 4;

/** Plays the plans that this seed makes, the same whenever it is given. Returns the first thing that was wrong. */
export async function playRound(
  options: RoundOptions,
  totals: Map<string, HarnessTotals>,
): Promise<Finding | undefined> {
  for (let slice = 0; slice < SLICES; slice += 1)
    for (const harness of options.harnesses) {
      if (!options.mayGoOn()) return undefined;
      const found = await playSlice(harness, slice, options, totals);
      if (found !== undefined) return found;
    }
  return undefined;
}

async function playSlice(
  harness: Harness,
  slice: number,
  { seed, fault, share, folder, watchdog }: RoundOptions,
  totals: Map<string, HarnessTotals>,
): Promise<Finding | undefined> {
  const { name } = harness;
  const size = Math.ceil((harness.plans * share) / SLICES);
  const plans = Array.from({ length: size }, (_, at) => {
    const index = slice * size + at;
    return harness.plan(Random.for(seed, `${name}/${index}`), index);
  });
  const finding: Finding = { harness: name, seed, fault, problem: "not yet", plans };
  // Of the core, so much at once would take long to write down, and nothing else is going on there.
  watchdog.tell(scriptFile(folder, finding), scriptText(finding));
  const { octets, sight, problem, culprit } = await playPlans(harness, plans, fault);
  if (problem !== undefined) return { ...finding, problem, plans: culprit === undefined ? plans : [culprit] };
  const before = totals.get(name) ?? { plans: 0, octets: 0, stallMs: 0, heldMib: 0 };
  totals.set(name, {
    plans: before.plans + plans.length,
    octets: before.octets + octets,
    stallMs: Math.max(before.stallMs, sight?.stallMs ?? 0),
    heldMib: Math.max(before.heldMib, sight?.heldMib ?? 0),
  });
  return undefined;
}
