/** Whatever keeps a process busy after everything has ended: sockets, listeners and processes; timers are let be. */
const KINDS = ["TCPSocketWrap", "TCPServerWrap", "PipeWrap", "PipeServerWrap", "TLSWrap", "ProcessWrap"];

/** How many there are of each kind. */
export function busyThings(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo())
    if (KINDS.includes(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** Those that are more than before, such as "2 TCPSocketWrap"; "" when there are none. */
export function leftBehind(before: ReadonlyMap<string, number>): string {
  return [...busyThings()]
    .map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)] as const)
    .filter(([, more]) => more > 0)
    .map(([kind, more]) => `${more} ${kind}`)
    .join(", ");
}
