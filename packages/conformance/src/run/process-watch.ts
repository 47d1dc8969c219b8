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
  /** Resolves after one turn of the event loop, when what came through pipes was read. */
  readonly turn: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Lines of output that a `peer-exit` event repeats. */
const LAST_LINES = 20;
/** How often to check again a peer that accepts connections and does not answer. */
const MAX_ROUNDS = 3;

/**
 * Follows the process of one peer through its cases: emits what it prints, how it ends, and which cases were in flight
 * at its end. A case whose connection was lost counts as in flight until it is known whether the process still runs.
 */
export class ProcessWatch {
  readonly #options: WatchOptions;
  /** Cases in flight. */
  readonly #inFlight = new Set<string>();
  #after: string | null = null;
  #losses = 0;

  constructor(options: WatchOptions) {
    this.#options = options;
    options.process.onEnd = (end) => this.#onEnd(end);
  }

  /** How often the peer was lost so far. */
  get losses(): number {
    return this.#losses;
  }

  /** Starts the process unless it runs. Null, or one sentence that says why it cannot be started. */
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

  /** A case had no connection, so this case did not end the process. */
  async caseNotConnected(id: string): Promise<void> {
    this.#inFlight.delete(id);
    await this.connectionLost();
  }

  /** A case is over. Resolves when all events of the process that concern the case were emitted. */
  async caseEnded(id: string, record: CaseRecord): Promise<void> {
    if (record.handshake.opened) this.#options.process.connected();
    if (hasLostPeer(record)) await this.connectionLost();
    await this.#options.turn();
    this.#flush();
    this.#inFlight.delete(id);
    this.#after = id;
  }

  /** A connection was lost. Resolves when it is known whether the process ended, too. */
  async connectionLost(): Promise<void> {
    const { process, signal, isAnswering } = this.#options;
    if (signal.aborted || (await isAnswering())) return;
    const before = this.#losses;
    for (let round = 0; round < MAX_ROUNDS && this.#losses === before; round++) {
      await process.settled(signal);
      // A process that is about to end may still accept a connection: only an answer proves that it runs.
      if (this.#losses === before && (await isAnswering())) break;
    }
    // The process may have been started again in the meantime.
    if (this.#losses === before) this.#losses++;
  }

  /** Emits nothing more. */
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

/** True if the peer ended a connection without a closing handshake, as happens when its process ends. */
export function hasLostPeer({ handshake, close }: CaseRecord): boolean {
  return !handshake.opened || (!close.clean && close.tcp !== "ended-by-tester");
}
