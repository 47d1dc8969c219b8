import { Worker } from "node:worker_threads";

/**
 * A separate thread that checks whether the event loop goes round at all: nothing else would notice if it does not. After
 * `seconds` without a turn it writes the script of what was being played, says so, and ends the process.
 */
export class Watchdog {
  readonly #worker: Worker;
  readonly #beating: NodeJS.Timeout;

  constructor(seconds: number) {
    const beats = new Int32Array(new SharedArrayBuffer(4));
    this.#worker = new Worker(new URL("watchdog-thread.js", import.meta.url), {
      workerData: { beats, seconds },
    });
    this.#beating = setInterval(() => Atomics.add(beats, 0, 1), 200);
    this.#worker.unref();
    this.#beating.unref();
  }

  /** What is played from now on, and where its script would be. */
  tell(file: string, script: string): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's, which knows no origin.
    this.#worker.postMessage({ file, script });
  }

  async stop(): Promise<void> {
    clearInterval(this.#beating);
    await this.#worker.terminate();
  }
}
