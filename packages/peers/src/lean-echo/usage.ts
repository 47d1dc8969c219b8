import type { RunningPeer } from "../peer.js";

/** CPU time in microseconds and memory in KiB, as Node gives them. */
export interface ProcessUsage extends NodeJS.CpuUsage {
  readonly maxRssKiB: number;
}

export interface LeanEchoServer extends RunningPeer {
  /** What this process and all workers have used since their start. Rejects once the server is closed. */
  usage(): Promise<ProcessUsage>;
}

/** Of this process, since its start. */
export function ownUsage(): ProcessUsage {
  return { ...process.cpuUsage(), maxRssKiB: process.resourceUsage().maxRSS };
}

/** Of several processes together. */
export function addedUp(usages: readonly ProcessUsage[]): ProcessUsage {
  return usages.reduce((sum, usage) => ({
    user: sum.user + usage.user,
    system: sum.system + usage.system,
    maxRssKiB: sum.maxRssKiB + usage.maxRssKiB,
  }));
}
