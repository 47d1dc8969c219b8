import { readdirSync, readlinkSync } from "node:fs";

/** Whatever keeps a process busy after everything has ended: sockets, listeners and processes; timers are let be. */
const KINDS = ["TCPSocketWrap", "TCPServerWrap", "PipeWrap", "PipeServerWrap", "TLSWrap", "ProcessWrap"];

/** How many there are of each kind. */
export function busyThings(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>([["open socket", openSockets()]]);
  for (const kind of process.getActiveResourcesInfo())
    if (KINDS.includes(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** Sockets that are not read count as well, which the list of Node leaves out; 0 where this is not known. */
function openSockets(): number {
  try {
    return readdirSync(FILES).filter(isSocket).length;
  } catch {
    return 0;
  }
}

const FILES = "/proc/self/fd";

function isSocket(name: string): boolean {
  try {
    return readlinkSync(`${FILES}/${name}`).startsWith("socket:");
  } catch {
    // Closed meanwhile, such as the folder itself.
    return false;
  }
}

/** Those that are more than before, such as "2 TCPSocketWrap"; "" when there are none. */
export function leftBehind(before: ReadonlyMap<string, number>): string {
  return [...busyThings()]
    .map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)] as const)
    .filter(([, more]) => more > 0)
    .map(([kind, more]) => `${more} ${kind}`)
    .join(", ");
}
