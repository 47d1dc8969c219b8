import { Child, type ChildEnd } from "../child/child.js";
import type { CommandLine } from "../child/command-line.js";
import { OutputRing } from "../child/output-ring.js";
import type { OutputLine, PeerOutput } from "../run/event.js";

/** Characters of output that are kept. */
const OUTPUT_KEPT = 8192;
/** How many last lines of output the event of its end contains. */
const LAST_LINES = 20;

/** One process of a client. */
export class ClientProcess {
  readonly #output = new OutputRing(OUTPUT_KEPT);
  readonly #child: Child;
  #taken = 0;
  /** How it ended; null while it is not known. */
  end: ChildEnd | null = null;
  /** Resolves when `end` and the whole output are known. */
  readonly ended: Promise<ChildEnd>;
  /** Resolves as soon as its end is noticed. */
  readonly exited: Promise<void>;

  constructor(line: CommandLine, graceMs?: number) {
    this.#child = new Child(line, this.#output, graceMs);
    this.exited = this.#child.exited;
    this.ended = this.#child.ended.then((end) => {
      this.end = end;
      return end;
    });
  }

  get isRunning(): boolean {
    return this.#child.isRunning;
  }

  /** Ends it and everything that it has started. */
  async stop(): Promise<ChildEnd> {
    await this.#child.stop();
    return this.ended;
  }

  /** The output since the last call, as an event; empty if there is none. */
  takeOutput(peer: string): readonly PeerOutput[] {
    const { lines, omitted } = this.#output.since(this.#taken);
    this.#taken = this.#output.mark;
    return lines.length === 0 && omitted === 0 ? [] : [{ type: "peer-output", peer, lines, omitted }];
  }

  /** The last lines, taken or not. */
  get lastLines(): readonly OutputLine[] {
    return this.#output.since(Math.max(0, this.#output.mark - LAST_LINES)).lines;
  }
}
