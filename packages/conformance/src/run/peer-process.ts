import type { OutputLine } from "./event.js";

/**
 * How the process of a peer ended.
 *
 * @example
 * ```ts
 * import type { ProcessEnd } from "wireproof";
 *
 * const end: ProcessEnd = { code: 1, signal: null, how: "ended with exit status 1" };
 * console.assert(end.code === 1);
 * ```
 */
export interface ProcessEnd {
  /** Exit status; null if a signal ended it. */
  readonly code: number | null;
  /** Name of the signal that ended it, such as `SIGKILL`; null if none did. */
  readonly signal: string | null;
  /** Words to follow its name: `ended with exit status 1`. */
  readonly how: string;
}

/**
 * What a process printed, oldest line first.
 *
 * @example
 * ```ts
 * import type { ProcessOutput } from "wireproof";
 *
 * const output: ProcessOutput = { lines: [{ from: "stdout", text: "listening" }], omitted: 0 };
 * console.assert(output.lines[0]?.text === "listening");
 * ```
 */
export interface ProcessOutput {
  /** The lines, oldest first. */
  readonly lines: readonly OutputLine[];
  /** Number of lines before these that were not kept. */
  readonly omitted: number;
}

/**
 * The process of the peers, where the run starts it: it may end in the middle, and is started again.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { cases, run, type PeerProcess } from "wireproof";
 *
 * // A server in this process stands for one that is started.
 * const server = createServer({ message: (ws, data) => ws.send(data) });
 * const { port } = await server.listen(0, "127.0.0.1");
 * const peer: PeerProcess = {
 *   command: "node server.js",
 *   waitMs: 10_000,
 *   onEnd: null,
 *   up: () => Promise.resolve(null),
 *   settled: () => Promise.resolve(),
 *   connected: () => undefined,
 *   takeOutput: () => ({ lines: [], omitted: 0 }),
 *   lastLines: () => [],
 * };
 * const urls = [`ws://127.0.0.1:${port}`];
 * for await (const event of run({ urls, cases: cases.slice(0, 1), process: peer }))
 *   if (event.type === "run-end") console.assert(event.totals.notRun === 0);
 * await server.close();
 * ```
 */
export interface PeerProcess {
  /** Its command as the user wrote it, for the record. */
  readonly command: string;
  /** Milliseconds that it may take to accept connections. */
  readonly waitMs: number;
  /** Called when it has ended unexpectedly and all its output was read; null for no callback. The run sets it. */
  onEnd: ((end: ProcessEnd) => void) | null;
  /**
   * Starts it unless it runs. Calls at the same time share one start.
   *
   * @param signal - Gives up waiting.
   * @returns A promise that resolves when all its addresses accept connections, with null, or with a sentence that says why
   * they do not.
   */
  up(signal: AbortSignal): Promise<string | null>;
  /**
   * Waits for a process that did not answer.
   *
   * @param signal - Gives up waiting.
   * @returns A promise that resolves when it has ended (after `onEnd`), or accepts connections again, or `waitMs` have
   * passed.
   */
  settled(signal: AbortSignal): Promise<void>;
  /** Called when a connection was opened: the start has succeeded. */
  connected(): void;
  /**
   * Takes the output.
   *
   * @returns What was printed since the last call.
   */
  takeOutput(): ProcessOutput;
  /**
   * Looks at the end of the output.
   *
   * @param count - Number of lines, 0 or more.
   * @returns The last lines that were printed, taken or not.
   */
  lastLines(count: number): readonly OutputLine[];
}
