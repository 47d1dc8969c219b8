import type { Target } from "../net/target.js";
import type { ProbeContext } from "../tester/probe.js";
import { timeouts } from "../tester/timeouts.js";
import type { PeerOptions, Settings } from "./run-options.js";

/** How a peer of a run is reached, and how long it may take. */
export function probeContext(
  settings: Settings,
  target: Target,
  peerOptions: PeerOptions,
  signal: AbortSignal,
): ProbeContext {
  const { profile, clock, timeoutScale, options } = settings;
  return {
    target,
    profile,
    clock,
    timeouts: { ...timeouts(profile, timeoutScale, options.loadSilenceSeconds), ...peerOptions.timeouts },
    ...(peerOptions.testerOptions === undefined ? {} : { testerOptions: peerOptions.testerOptions }),
    signal,
  };
}
