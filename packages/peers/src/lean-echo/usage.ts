/** CPU time in microseconds and memory in KiB, as Node gives them. */
export interface ProcessUsage extends NodeJS.CpuUsage {
  readonly maxRssKiB: number;
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
