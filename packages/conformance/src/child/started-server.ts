import type { PeerProcess, ProcessEnd, ProcessOutput } from "../run/peer-process.js";
import type { OutputLine } from "../run/event.js";
import { addressText, firstTaken, untilAccepted, type Address } from "./accepting.js";
import { Child } from "./child.js";
import type { CommandLine } from "./command-line.js";
import { OutputRing } from "./output-ring.js";

export interface StartedServerOptions {
  /** The command as the user typed it. */
  readonly command: string;
  /** The same command, parsed. */
  readonly line: CommandLine;
  /** All addresses at which it has to listen. */
  readonly addresses: readonly Address[];
  /** How long it may take until it accepts connections at all addresses, in milliseconds. */
  readonly waitMs: number;
}

/** Characters of output that are kept. */
const OUTPUT_KEPT = 8192;
/** How often a server that keeps ending is started. */
const MOST_STARTS = 100;
/** How many starts in a row may fail: the server ends before a connection to it was opened. */
const MOST_IN_VAIN = 3;

/** A server that is started for a run, and started again when it has ended too early. */
export class StartedServer implements PeerProcess {
  readonly command: string;
  readonly waitMs: number;
  onEnd: ((end: ProcessEnd) => void) | null = null;
  readonly #line: CommandLine;
  readonly #addresses: readonly Address[];
  readonly #output: OutputRing = new OutputRing(OUTPUT_KEPT);
  #taken = 0;
  #child: Child | undefined;
  /** Settles when the child has ended and `onEnd` was called. */
  #reported: Promise<void> = Promise.resolve();
  #starting: Promise<string | null> | undefined;
  /** Position in the output when the child was started. */
  #begin = 0;
  /** It has accepted connections, since this start or an earlier one. */
  #hasAccepted = false;
  #starts = 0;
  #inVain = 0;
  /** It runs, but at the last check it did not accept connections. */
  #isDeaf = false;
  #isStopped = false;

  constructor({ command, line, addresses, waitMs }: StartedServerOptions) {
    this.command = command;
    this.waitMs = waitMs;
    this.#line = line;
    this.#addresses = addresses;
  }

  /** Why it must not be started, in a clause: another program listens at one of its addresses. Null if none does. */
  async conflict(): Promise<string | null> {
    const taken = await firstTaken(this.#addresses);
    if (taken === undefined) return null;
    return `something already listens at ${addressText(taken)} and would be tested instead of the command`;
  }

  async up(signal: AbortSignal): Promise<string | null> {
    this.#starting ??= this.#up(signal).finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async settled(signal: AbortSignal): Promise<void> {
    if (this.#child?.isRunning === true) {
      const left = await this.#untilAccepted(signal);
      this.#isDeaf = left.length > 0;
    }
    if (this.#child?.isRunning === false) await this.#reported;
  }

  connected(): void {
    this.#inVain = 0;
  }

  takeOutput(): ProcessOutput {
    const output = this.#output.since(this.#taken);
    this.#taken = this.#output.mark;
    return output;
  }

  lastLines(count: number): readonly OutputLine[] {
    return this.#output.since(Math.max(this.#begin, this.#output.mark - count)).lines;
  }

  /** Resolves when the process that runs now has ended, or when the signal is aborted. At once if none runs. */
  async ended(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([this.#child?.ended, aborted]);
  }

  /** Whether a process runs. */
  get isRunning(): boolean {
    return this.#child?.isRunning === true;
  }

  /** Ends it and everything that it has started, and starts it never again. Resolves when nothing is left of it. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#child?.stop();
  }

  async #up(signal: AbortSignal): Promise<string | null> {
    for (;;) {
      if (signal.aborted || this.#isStopped) return "the run was interrupted";
      if (this.#child?.isRunning === true && !this.#isDeaf) return null;
      const hasRun = this.#starts > 0;
      if (this.#child?.isRunning !== true) {
        await this.#reported;
        const because = this.#refusal() ?? (await this.conflict());
        if (because !== null) return `The command is not started${hasRun ? " again" : ""}: ${because}.`;
        this.#start();
      }
      const because = await this.#accepting(signal);
      // If the first start fails, its message is enough.
      if (because === null || !hasRun || this.#child?.isRunning === true) return because;
    }
  }

  #refusal(): string | null {
    if (this.#inVain >= MOST_IN_VAIN) {
      return `it ended ${MOST_IN_VAIN} times in a row before a connection was opened`;
    }
    return this.#starts < MOST_STARTS ? null : `it was started ${MOST_STARTS} times and always ended`;
  }

  #start(): void {
    this.#starts++;
    this.#inVain++;
    this.#isDeaf = false;
    this.#begin = this.#output.mark;
    const child = new Child(this.#line, this.#output);
    this.#child = child;
    this.#reported = child.ended.then((end) => {
      // If it has never accepted connections, `up` returns the reason.
      if (!end.isAsked && this.#hasAccepted) this.onEnd?.(end);
    });
  }

  async #accepting(signal: AbortSignal): Promise<string | null> {
    const child = this.#child;
    const left = await this.#untilAccepted(signal);
    if (signal.aborted) return "the run was interrupted";
    if (child === undefined || !child.isRunning) return this.#endedEarly(child);
    this.#isDeaf = left.length > 0;
    const [first] = left;
    if (first === undefined) {
      this.#hasAccepted = true;
      return null;
    }
    return `The command runs, but nothing accepted connections at ${addressText(first)} within ${this.waitMs / 1000} s.`;
  }

  /** Waits for all addresses, but no longer than the child runs. */
  async #untilAccepted(signal: AbortSignal): Promise<readonly Address[]> {
    const gone = new AbortController();
    void this.#child?.exited.then(() => gone.abort());
    return untilAccepted(this.#addresses, this.waitMs, AbortSignal.any([signal, gone.signal]));
  }

  async #endedEarly(child: Child | undefined): Promise<string> {
    const end = await child?.ended;
    await this.#reported;
    const where = this.#addresses.map(addressText).join(" and ");
    const hint = end?.code === 0 ? "; it must stay in the foreground" : "";
    return `The command ${end?.how ?? "was not started"} before it accepted connections at ${where}${hint}.`;
  }
}
