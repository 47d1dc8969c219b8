import { readFileSync } from "node:fs";
import { constants } from "node:os";

const SIGHUP_BIT = 1;
/** Shells report a process that a signal ended with this number plus that of the signal. */
const SIGNAL_BASE = 128;

/** Leaders of the groups that we have started and that may still have members. */
const leaders = new Set<number>();
let isGuarded = false;

/** From now on the group is ended when this process ends, unless SIGKILL ends it. */
export function guardGroup(leader: number): void {
  leaders.add(leader);
  if (isGuarded) return;
  isGuarded = true;
  process.on("exit", () => {
    for (const one of leaders) signalGroup(one, "SIGKILL");
  });
  // Without this, closing the terminal would end us and leave the groups running. With nohup, we shall survive it.
  if (!ignoresHangUp()) process.on("SIGHUP", () => process.exit(SIGNAL_BASE + constants.signals.SIGHUP));
}

/** The group is gone. Another group may get its id from now on. */
export function forgetGroup(leader: number): void {
  leaders.delete(leader);
}

/** Signals every process of a group. If no process is left, that is not an error. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    // Windows has no process groups: only the leader can be ended.
    process.kill(process.platform === "win32" ? leader : -leader, signal);
  } catch {
    // No process is left that we may signal.
  }
}

function ignoresHangUp(): boolean {
  try {
    const mask = /^SigIgn:\s*([\da-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
    return (Number.parseInt(mask.slice(-1), 16) & SIGHUP_BIT) !== 0;
  } catch {
    return false;
  }
}
