import { readdirSync, readFileSync } from "node:fs";

/**
 * CPU time that all threads of a process have used, in microseconds; null where the system does not report it. Linux
 * does, to the nanosecond; threads that have ended are not counted.
 */
export function cpuMicrosOf(processId: number): number | null {
  const tasks = `/proc/${processId}/task`;
  let nanos = 0;
  try {
    for (const task of readdirSync(tasks)) nanos += runNanos(`${tasks}/${task}/schedstat`);
  } catch {
    return null;
  }
  return nanos === 0 ? null : nanos / 1000;
}

/** The first of the three numbers. A thread may have ended since it was listed. */
function runNanos(file: string): number {
  try {
    return Number(readFileSync(file, "latin1").split(" ", 1)[0]);
  } catch {
    return 0;
  }
}
