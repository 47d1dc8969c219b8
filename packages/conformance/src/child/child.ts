import { spawn, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { getSystemErrorMap } from "node:util";

import { systemClock, type Timer } from "../time/clock.js";
import type { CommandLine } from "./command-line.js";
import { LineSplitter } from "./line-splitter.js";
import type { OutputRing } from "./output-ring.js";
import { forgetGroup, guardGroup, signalGroup } from "./process-group.js";

/** How a process ended. */
export interface ChildEnd {
  /** Exit status; null if a signal ended it, or if it never began. */
  readonly code: number | null;
  readonly signal: string | null;
  /** `stop` was called before it ended. */
  readonly isAsked: boolean;
  /** In words that follow its name: `ended with exit status 1`. */
  readonly how: string;
}

/** Time between SIGTERM and SIGKILL, unless the caller sets another. */
const GRACE_MS = 3000;
/** How long the pipes of a group may take to close after SIGKILL. */
const CLOSE_MS = 1000;

/**
 * A process with everything that it starts. They form a process group, which ends as a whole: when the process ends,
 * when `stop` is called, or when our own process ends. Its output goes to a ring.
 */
export class Child {
  /**
   * Resolves when it has ended, no process of its group is left (processes that left the group do not count), and all
   * output is in the ring. Never rejects.
   */
  readonly ended: Promise<ChildEnd>;
  /** Resolves as soon as its end is noticed. Other processes of its group may still run then. */
  readonly exited: Promise<void>;
  readonly #process: ChildProcess;
  readonly #graceMs: number;
  readonly #graceOver: Promise<void>;
  #endGrace: () => void = () => undefined;
  #isRunning = true;
  #isAsked = false;

  /** `graceMs`: how long it may take to end after SIGTERM, in milliseconds. */
  constructor(
    { program, args, env, cwd, lifeline }: CommandLine,
    output: OutputRing,
    graceMs: number = GRACE_MS,
  ) {
    this.#graceMs = graceMs;
    this.#graceOver = new Promise((resolve) => {
      this.#endGrace = resolve;
    });
    this.#process = spawn(program, args, {
      detached: process.platform !== "win32",
      stdio: [lifeline === true ? "pipe" : "ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
      cwd,
      windowsHide: true,
    });
    // One with a lifeline notices our end itself, and ends what it has started before it ends.
    if (this.#process.pid !== undefined && lifeline !== true) guardGroup(this.#process.pid);
    follow(this.#process.stdout, "stdout", output);
    follow(this.#process.stderr, "stderr", output);
    const exit = exitOf(this.#process);
    this.exited = exit.then(() => {
      this.#isRunning = false;
    });
    this.ended = this.#end(exit);
  }

  /** Undefined if it could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** False as soon as its end is noticed. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Sends SIGTERM to the whole group, and SIGKILL when its time is over. Resolves as `ended` does. */
  async stop(): Promise<void> {
    if (this.#isRunning && !this.#isAsked) {
      this.#isAsked = true;
      this.#signal("SIGTERM");
      const timer = systemClock.deadline(this.#graceMs, () => {
        this.#signal("SIGKILL");
        this.#endGrace();
      });
      void this.ended.then(() => timer.cancel());
    }
    await this.ended;
  }

  async #end(exit: Promise<Exit>): Promise<ChildEnd> {
    const closed = new Promise<void>((resolve) => this.#process.once("close", () => resolve()));
    const end = await exit;
    const isAsked = this.#isAsked;
    // A launcher may end long before the server that it launched has cleaned up.
    if (isAsked) await Promise.race([closed, this.#graceOver]);
    this.#signal("SIGKILL");
    await within(CLOSE_MS, closed);
    if (this.#process.pid !== undefined) forgetGroup(this.#process.pid);
    // A process that left the group may still have the other ends open.
    this.#process.stdout?.destroy();
    this.#process.stderr?.destroy();
    return { ...end, isAsked };
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#process.pid !== undefined) signalGroup(this.#process.pid, signal);
  }
}

function follow(stream: Readable | null, from: "stdout" | "stderr", output: OutputRing): void {
  const lines = new LineSplitter((text) => output.push({ from, text }));
  stream?.on("data", (chunk: Buffer) => lines.write(chunk));
  // Not `end`: it is not emitted if the stream is destroyed.
  stream?.on("close", () => lines.end());
  stream?.on("error", () => undefined);
}

type Exit = Omit<ChildEnd, "isAsked">;

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      const how = signal === null ? `ended with exit status ${code}` : `was ended by ${signal}`;
      resolve({ code, signal, how });
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      const reason =
        (error.errno === undefined ? undefined : getSystemErrorMap().get(error.errno)?.[1]) ?? "";
      resolve({ code: null, signal: null, how: `could not be started: ${reason || error.message}` });
    });
  });
}

/** Waits for an event, but no longer than this; what a busy machine takes is added. */
export async function within(limitMs: number, event: Promise<void>): Promise<void> {
  let timer: Timer | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = systemClock.deadline(limitMs, resolve);
  });
  await Promise.race([event, limit]);
  timer?.cancel();
}
