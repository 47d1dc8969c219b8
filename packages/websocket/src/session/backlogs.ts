import { flushNow } from "../transport/wake.js";

/** A connection over which octets wait to be sent. */
export interface Backlogged {
  /** Octets that wait. Shared memory counts once for all connections with the same `seen`. */
  ownOctets(seen: Set<Uint8Array>): number;
  /** All octets that wait. */
  readonly backlogOctets: number;
  /** Whether it may be failed for the sake of all: its policy is "close". */
  readonly mayGiveUp: boolean;
  /** Fails the connection and forgets what waits. */
  giveUp(): void;
}

/**
 * What waits to be sent over all connections of a process. Below the limit nothing is counted exactly: the sum grows
 * with what is sent, and does not fall when it has gone. Only when the sum is above a limit is the backlog of each
 * connection counted. So a message costs one addition, and there is at most one count for every few megabytes.
 */
export class Backlogs {
  readonly #all = new Set<Backlogged>();
  /** At most so much waits. */
  #mostOctets = 0;
  #countedOctets = 0;
  #countedAt = -Infinity;

  enter(one: Backlogged): void {
    this.#all.add(one);
  }

  leave(one: Backlogged): void {
    this.#all.delete(one);
  }

  /**
   * So much was sent. If all backlogs together are above `limitOctets`, the connections with the largest are failed.
   */
  add(octets: number, limitOctets: number): void {
    this.#mostOctets += octets;
    if (this.#mostOctets > limitOctets && this.#isDue(limitOctets)) this.#relieve(limitOctets);
  }

  /**
   * Whether a connection with such a backlog has to wait: it has to if its backlog is larger than what is left of the
   * limit. So the largest are stopped first, and connections without a backlog never.
   */
  isFullFor(backlogOctets: number, limitOctets: number): boolean {
    if (backlogOctets === 0 || backlogOctets <= limitOctets - this.#mostOctets) return false;
    if (this.#isDue(limitOctets)) this.#count();
    return backlogOctets > limitOctets - this.#mostOctets;
  }

  /** At most once in so many octets, or milliseconds, since a count visits each connection. */
  #isDue(limitOctets: number): boolean {
    const isMuchMore = this.#mostOctets - this.#countedOctets > limitOctets / STEPS;
    return isMuchMore || performance.now() - this.#countedAt > STALE_MS;
  }

  #count(): void {
    // What was not written yet does not wait for a peer.
    flushNow();
    const seen = new Set<Uint8Array>();
    let octets = 0;
    for (const one of this.#all) octets += one.ownOctets(seen);
    this.#mostOctets = octets;
    this.#countedOctets = octets;
    this.#countedAt = performance.now();
  }

  #relieve(limitOctets: number): void {
    this.#count();
    if (this.#mostOctets <= limitOctets) return;
    const waiting = [...this.#all]
      .filter((one) => one.mayGiveUp)
      .map((one) => ({ one, octets: one.backlogOctets }))
      .filter(({ octets }) => octets > 0)
      .toSorted((a, b) => b.octets - a.octets);
    const wanted = limitOctets * RELIEVED;
    for (let at = 0; at < waiting.length && this.#mostOctets > wanted;) {
      // As many as are enough if no memory is shared. If it is, more have to go.
      let excess = this.#mostOctets - wanted;
      for (; excess > 0 && at < waiting.length; at++) {
        excess -= waiting[at]!.octets;
        waiting[at]!.one.giveUp();
      }
      this.#count();
    }
  }
}

const STEPS = 64;
const STALE_MS = 100;
/** So much of the limit may still wait afterwards, so that the next message does not fail others again. */
const RELIEVED = 3 / 4;

/** The backlogs of this process. */
export const backlogs: Backlogs = new Backlogs();
