import { readdirSync, readFileSync } from "node:fs";

/**
 * CPU time that all threads of a process and of its children have used, in microseconds; null where the system does not
 * report it. Linux does, to the nanosecond; threads that have ended are not counted.
 */
export function cpuMicrosOf(processId: number): number | null {
  const nanos = nanosOf(processId);
  return nanos === 0 ? null : nanos / 1000;
}

/** 0 where it is not reported, or the process has ended. */
function nanosOf(processId: number): number {
  const tasks = `/proc/${processId}/task`;
  let nanos = 0;
  try {
    for (const task of readdirSync(tasks)) {
      nanos += runNanos(`${tasks}/${task}/schedstat`);
      for (const child of childrenOf(`${tasks}/${task}/children`)) nanos += nanosOf(child);
    }
  } catch {
    // It has ended, or this is another system.
  }
  return nanos;
}

/** The processes that a thread has started. Not every kernel tells. */
function childrenOf(file: string): readonly number[] {
  try {
    return readFileSync(file, "latin1")
      .split(" ")
      .filter((id) => id !== "")
      .map(Number);
  } catch {
    return [];
  }
}

/** The first of the three numbers. A thread may have ended since it was listed. */
function runNanos(file: string): number {
  try {
    return Number(readFileSync(file, "latin1").split(" ", 1)[0]);
  } catch {
    return 0;
  }
}
