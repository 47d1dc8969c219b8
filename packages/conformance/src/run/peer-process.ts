import type { OutputLine } from "./event.js";

/** How the process of a peer ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** In words that follow its name: `ended with exit status 1`. */
  readonly how: string;
}

/** What a process printed, oldest line first. */
export interface ProcessOutput {
  readonly lines: readonly OutputLine[];
  /** Lines before these that were not kept. */
  readonly omitted: number;
}

/** The process of the peers, where the run starts it: it may end in the middle, and is started again. */
export interface PeerProcess {
  /** Its command as the user wrote it, for the record. */
  readonly command: string;
  /** How long it may take to accept connections, in milliseconds. */
  readonly waitMs: number;
  /** Called when it has ended, everything that it printed included, and nobody asked it to. */
  onEnd: ((end: ProcessEnd) => void) | null;
  /**
   * Starts it unless it runs, and resolves when all its addresses accept connections: with null, or with a sentence
   * that says why they do not. Calls at the same time share one start. The signal gives up waiting.
   */
  up(signal: AbortSignal): Promise<string | null>;
  /**
   * To be called when it did not answer: resolves when it has ended (after `onEnd`), or accepts connections again, or
   * `waitMs` have passed.
   */
  settled(signal: AbortSignal): Promise<void>;
  /** To be called when a connection was opened: starting it was not in vain. */
  proved(): void;
  /** What was printed since the last call. */
  takeOutput(): ProcessOutput;
  /** The last lines that were printed, taken or not. */
  lastLines(count: number): readonly OutputLine[];
}
