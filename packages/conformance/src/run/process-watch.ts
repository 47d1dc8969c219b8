import type { CaseRecord } from "../record/record.js";
import type { RunEvent } from "./event.js";
import type { PeerProcess, ProcessEnd } from "./peer-process.js";

export interface WatchOptions {
  readonly process: PeerProcess;
  /** Key of the peer in this run. */
  readonly peer: string;
  readonly url: string;
  readonly emit: (event: RunEvent) => void;
  /** Whether the peer answers an opening handshake at this moment. */
  readonly isAnswering: () => Promise<boolean>;
  /** Resolves when the event loop has turned once, and what came through pipes was read. */
  readonly turn: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Lines of output that the event of an end repeats. */
const LAST_LINES = 20;
/** How often a peer that accepts connections without an answer is asked again. */
const MAX_ROUNDS = 3;

/**
 * Follows the process of one peer through its cases: tells what it prints and how it ends, and which cases were in
 * flight then. A case whose connection was lost stays in flight until it is known whether the process is there.
 */
export class ProcessWatch {
  readonly #options: WatchOptions;
  /** Cases in flight, and whether they have reached the peer as far as is known. */
  readonly #inFlight = new Set<string>();
  #after: string | null = null;
  #losses = 0;

  constructor(options: WatchOptions) {
    this.#options = options;
    options.process.onEnd = (end) => this.#onEnd(end);
  }

  /** How often the peer was found gone so far. */
  get losses(): number {
    return this.#losses;
  }

  /** Brings the peer up if it is not; null, or one sentence that says why it cannot be. */
  async up(): Promise<string | null> {
    const because = await this.#options.process.up(this.#options.signal);
    this.#flush();
    return because;
  }

  /** A case begins. */
  caseStarted(id: string): void {
    this.#flush();
    this.#inFlight.add(id);
  }

  /** A case found no connection: it was not this case that ended the process. */
  async caseNotConnected(id: string): Promise<void> {
    this.#inFlight.delete(id);
    await this.connectionLost();
  }

  /** A case is over. Resolves when everything about it that concerns the process was told. */
  async caseEnded(id: string, record: CaseRecord): Promise<void> {
    if (record.handshake.opened) this.#options.process.connected();
    if (hasLostPeer(record)) await this.connectionLost();
    await this.#options.turn();
    this.#flush();
    this.#inFlight.delete(id);
    this.#after = id;
  }

  /** A connection was lost: resolves when it is known whether the process was lost, too. */
  async connectionLost(): Promise<void> {
    const { process, signal, isAnswering } = this.#options;
    if (signal.aborted || (await isAnswering())) return;
    const before = this.#losses;
    for (let round = 0; round < MAX_ROUNDS && this.#losses === before; round++) {
      await process.settled(signal);
      // A process that is about to end may have accepted one more connection: only an answer proves anything.
      if (this.#losses === before && (await isAnswering())) break;
    }
    // Whoever started it may have started it again himself.
    if (this.#losses === before) this.#losses++;
  }

  /** Nothing more is told. */
  close(): void {
    this.#options.process.onEnd = null;
  }

  #onEnd(end: ProcessEnd): void {
    const { process, peer, url, emit } = this.#options;
    this.#losses++;
    this.#flush();
    emit({
      type: "peer-exit",
      peer,
      url,
      code: end.code,
      signal: end.signal,
      because: `The command ${end.how}.`,
      cases: [...this.#inFlight],
      after: this.#after,
      output: process.lastLines(LAST_LINES),
    });
  }

  #flush(): void {
    const { process, peer, emit } = this.#options;
    const { lines, omitted } = process.takeOutput();
    if (lines.length > 0 || omitted > 0) emit({ type: "peer-output", peer, lines, omitted });
  }
}

/** True if the peer let go of a connection without a closing handshake, as one does whose process has ended. */
export function hasLostPeer({ handshake, close }: CaseRecord): boolean {
  return !handshake.opened || (!close.clean && close.tcp !== "ended-by-tester");
}
