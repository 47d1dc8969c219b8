import { fileURLToPath } from "node:url";

import { Child } from "../child/child.js";
import { OutputRing } from "../child/output-ring.js";
import { systemClock } from "../time/clock.js";
import { ProcessesBelow } from "./processes.js";

/** What a stack may have. */
export interface Limits {
  /** For the whole run; what a busy machine loses is added, at most as much again. */
  readonly seconds: number;
  /** Of all its processes together. */
  readonly mebibytes: number;
  readonly processes: number;
}

/** How a run of the suite ended. */
export interface SuiteEnd {
  /** Why a limit ended it, in a sentence; undefined if none did. */
  readonly cut: string | undefined;
  /** The last line that it printed on standard error, or how it ended. */
  readonly said: string;
}

const WIREPROOF = fileURLToPath(new URL("../../../bin/wireproof.js", import.meta.url));
const LIFELINE = new URL("lifeline.js", import.meta.url).href;
/** How long the suite may take to end what it has started and to write down what it knows, in milliseconds. */
const GRACE_MS = 30_000;
/** How often the processes of a stack are looked at, in milliseconds: one look takes 3 ms with 200 processes. */
const LOOK_EVERY_MS = 250;
const MEBIBYTE = 1024 * 1024;
const PRINTED = 4000;

/**
 * Runs a command of the suite in a process of its own, and watches what it has started: that is the stack. Memory is
 * watched from outside, since a limit on addresses (RLIMIT_AS) ends runtimes that reserve more than they use, such as those
 * of Java, Go and JavaScript, and a limit on processes (RLIMIT_NPROC) counts all of the user's.
 * When a limit is exceeded, or the signal is aborted, the suite is interrupted: it writes down what it knows.
 */
export async function runSuite(
  args: readonly string[],
  cwd: string,
  limits: Limits,
  signal: AbortSignal,
): Promise<SuiteEnd> {
  const output = new OutputRing(PRINTED);
  const line = {
    program: process.execPath,
    args: ["--import", LIFELINE, WIREPROOF, ...args],
    env: {},
    cwd,
    lifeline: true,
  };
  const child = new Child(line, output, GRACE_MS);
  const below = new ProcessesBelow(child.pid ?? 0);
  let cut: string | undefined;
  const stop = (): void => void child.stop();
  const exceed = (sentence: string): void => {
    cut ??= sentence;
    stop();
  };
  const limitMs = limits.seconds * 1000;
  const late = (): void => exceed(`The limit of ${limits.seconds} s was over.`);
  const timer = systemClock.deadline(limitMs, late, limitMs);
  const looks = setInterval(() => {
    const because = exceeded(below, limits);
    if (because === undefined) return;
    // It had the time since the last look to end by itself.
    if (cut !== undefined) below.kill();
    exceed(because);
  }, LOOK_EVERY_MS);
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  const { how } = await child.ended;
  clearInterval(looks);
  timer.cancel();
  signal.removeEventListener("abort", stop);
  below.kill();
  const said = output
    .since(0)
    .lines.findLast(({ from }) => from === "stderr")
    ?.text.trim();
  return { cut, said: said === undefined || said === "" ? `wireproof ${how}` : said };
}

function exceeded(below: ProcessesBelow, { mebibytes, processes }: Limits): string | undefined {
  const usage = below.usage(mebibytes * MEBIBYTE);
  if (usage.octets > mebibytes * MEBIBYTE) return `It took more than ${mebibytes} MiB of memory.`;
  return usage.processes > processes ? `It started more than ${processes} processes.` : undefined;
}
