import { closeSync, openSync, readSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";

/** How busy the machine is, as far as its system shows it. Both times count from the start of the system or process. */
export interface MachineLoad {
  /** Milliseconds during which some process waited for a processor; null if the system does not count them. */
  readonly pressureMs: number | null;
  /** Milliseconds during which our own thread waited for a processor; null if the system does not count them. */
  readonly ownWaitMs: number | null;
  /** Processes and threads that are ready to run now. */
  readonly runnable: number;
  /** Processors that they share. */
  readonly processors: number;
}

/**
 * Reads how busy the machine is: on Linux from /proc and the control group, otherwise from the load average. One call
 * takes about 40 µs.
 */
export function readMachineLoad(): MachineLoad {
  const pressures = PRESSURE_FILES.flatMap((path) => totalOf(textOf(path)) ?? []);
  const waited = numberAt(textOf("/proc/self/schedstat"), 1);
  const runnable = Number(/ (\d+)\/\d+ /.exec(textOf("/proc/loadavg") ?? "")?.[1] ?? loadavg()[0]);
  return {
    pressureMs: pressures.length === 0 ? null : Math.max(...pressures) / 1000,
    ownWaitMs: waited === null ? null : waited / 1e6,
    runnable: Number.isFinite(runnable) ? runnable : 0,
    processors: PROCESSORS,
  };
}

const PROCESSORS = availableParallelism();

/** Of the whole machine, and of our container: its CPU limit makes processes wait, too. */
const PRESSURE_FILES = ["/proc/pressure/cpu", "/sys/fs/cgroup/cpu.pressure"];

/** Open files by path; null for a file that does not exist. Each read from the beginning gets the current content. */
const files = new Map<string, number | null>();
const buffer: Buffer = Buffer.alloc(512);

function textOf(path: string): string | null {
  const known = files.get(path);
  if (known === null) return null;
  try {
    const file = known ?? openSync(path, "r");
    files.set(path, file);
    return buffer.toString("latin1", 0, readSync(file, buffer, 0, buffer.length, 0));
  } catch {
    if (known !== undefined) closeSync(known);
    files.set(path, null);
    return null;
  }
}

/** Microseconds: `some avg10=0.00 avg60=0.00 avg300=0.00 total=104683794`. */
function totalOf(text: string | null): number | null {
  const found = /^some .*total=(\d+)/m.exec(text ?? "")?.[1];
  return found === undefined ? null : Number(found);
}

function numberAt(text: string | null, index: number): number | null {
  const found = Number(text?.trim().split(" ")[index] ?? Number.NaN);
  return Number.isFinite(found) ? found : null;
}
