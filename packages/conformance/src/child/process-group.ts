import { readFileSync } from "node:fs";
import { constants } from "node:os";

const SIGHUP_BIT = 1;
/** Exit code of a process that a signal ended, as shells report it. */
const SIGNAL_BASE = 128;

/** Leaders of the groups that we have started and that may have members. */
const leaders = new Set<number>();
let isGuarded = false;

/** From now on the group is ended when this process ends, whatever ends it but SIGKILL. */
export function guardGroup(leader: number): void {
  leaders.add(leader);
  if (isGuarded) return;
  isGuarded = true;
  process.on("exit", () => {
    for (const one of leaders) signalGroup(one, "SIGKILL");
  });
  // A terminal that is closed would end us without a word to groups of other sessions; nohup asks to be spared.
  if (!ignoresHangUp()) process.on("SIGHUP", () => process.exit(SIGNAL_BASE + constants.signals.SIGHUP));
}

/** The group is gone; its id may belong to somebody else from now on. */
export function forgetGroup(leader: number): void {
  leaders.delete(leader);
}

/** Signals every process of a group; that nobody is left is not an error. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    // There are no groups on Windows: only the leader can be ended there.
    process.kill(process.platform === "win32" ? leader : -leader, signal);
  } catch {
    // Nobody is left, or nobody whom we may signal.
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
