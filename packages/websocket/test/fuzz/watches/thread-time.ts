import { openSync, readSync } from "node:fs";

/**
 * How long this thread has run, in ms. Not the clock, which goes on while a busy machine works for others, and where it can
 * be had not the time of the process, in which the thread pool and collectors of garbage work at the same time.
 */
const threadMs: () => number = ofNewNode() ?? ofLinux() ?? ofProcess;

function ofNewNode(): (() => number) | undefined {
  const { threadCpuUsage } = process as { threadCpuUsage?: () => { user: number; system: number } };
  if (threadCpuUsage === undefined) return undefined;
  return () => {
    const { user, system } = threadCpuUsage.call(process);
    return (user + system) / 1000;
  };
}

/** The first number is what the thread has run in ns, counted at each tick of the scheduler. */
function ofLinux(): (() => number) | undefined {
  const text = Buffer.alloc(64);
  try {
    const file = openSync("/proc/thread-self/schedstat", "r");
    const read = (): number => {
      readSync(file, text, 0, text.length, 0);
      return Number.parseInt(text.toString("latin1"), 10) / 1e6;
    };
    return read() > 0 ? read : undefined;
  } catch {
    return undefined;
  }
}

function ofProcess(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

let excusedMs = 0;

/** What the fuzzer itself has to do, such as comparing what came with what should have: the endpoint is not to blame for it. */
export function aside<T>(work: () => T): T {
  const before = threadMs();
  try {
    return work();
  } finally {
    excusedMs += threadMs() - before;
  }
}

/** How long this thread has run, without what was aside. */
export function blamedMs(): number {
  return threadMs() - excusedMs;
}
