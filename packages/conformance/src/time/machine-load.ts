import { closeSync, openSync, readSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";

/** How busy the machine is, as far as its system says so. All of it since the system or the process began. */
export interface MachineLoad {
  /** Milliseconds during which some process waited for a processor; null where the system does not count them. */
  readonly pressureMs: number | null;
  /** Milliseconds during which our own thread was ready to run and waited for a processor; null likewise. */
  readonly ownWaitMs: number | null;
  /** Processes and threads that want to run at this moment. */
  readonly runnable: number;
  /** Processors that they share. */
  readonly processors: number;
}

/**
 * Reads how busy the machine is: from /proc and the control group on Linux, otherwise from the load average. It takes
 * about 40 µs.
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

/** Of the whole machine, and of the container that we are in: its limit makes its processes wait, too. */
const PRESSURE_FILES = ["/proc/pressure/cpu", "/sys/fs/cgroup/cpu.pressure"];

/** Open files by path; null for one that is not there. The content is made anew for each read at its beginning. */
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
