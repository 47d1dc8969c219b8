import { ENDING_PROBES } from "./ending-probes.js";
import { FRAME_PROBES } from "./frame-probes.js";
import { OPENING_PROBES } from "./opening-probes.js";
import { NotOpened, unknown, type Probe, type Seen } from "./probe.js";
import { REFUSAL_PROBES } from "./refusal-probes.js";
import type { Rig } from "./rig.js";

/** Every probe, in the order in which they are played and shown. */
export const PROBES: readonly Probe[] = [
  ...OPENING_PROBES,
  ...FRAME_PROBES,
  ...REFUSAL_PROBES,
  ...ENDING_PROBES,
];

/** What came of one probe, as results have it. */
export interface ProbeOutcome extends Seen {
  readonly name: string;
  readonly requirement?: string;
}

/** Plays probes through the proxy of a rig, one after the other. */
export async function playProbes(
  rig: Rig,
  probes: readonly Probe[],
  signal: AbortSignal,
): Promise<readonly ProbeOutcome[]> {
  const outcomes: ProbeOutcome[] = [];
  for (const { name, requirement, play } of probes) {
    if (signal.aborted) break;
    rig.log.push(`--- ${name}`);
    const seen = await play(rig).catch((error: unknown): Seen => {
      if (error instanceof NotOpened) return unknown(error.message);
      throw error;
    });
    rig.log.push(`--- ${seen.outcome}: ${seen.seen}`);
    await rig.clear();
    outcomes.push({ name, ...seen, ...(requirement === undefined ? {} : { requirement }) });
  }
  return outcomes;
}
